"""Markdown with YAML front matter → RawArticle.

Pure. Front matter takes the keys of a JSON record and the names that site generators use for them;
every scalar stays the text it was. A section of related links is read as such and leaves the body.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined, to_text
from feedsvc.load.record import read_optional
from feedsvc.load.text import ends_page, looks_like_date, opens_related, related_links, split_lines
from feedsvc.model import BodyFormat, Document, Marks, RawArticle, RawLink, Unread

FRONT_MATTER_CHARS = 64 * 1024  # PyYAML reads about 200 kB a second

# As Jekyll, Hugo, Eleventy and their like spell the keys of a record; earlier names win.
NAMES_BY_KEY = {
    "published": ("published", "date"),
    "updated": ("updated", "lastmod", "last_modified_at", "modified"),
    "summary": ("summary", "description", "excerpt"),
    "language": ("language", "lang"),
    "tags": ("tags", "categories", "keywords"),
    "url": ("url", "permalink", "link", "canonical_url"),
}

_BLOCKS = MarkdownIt("commonmark")
_BLOCKS.core.ruler.enableOnly(["normalize", "block"])
_INLINE = MarkdownIt("commonmark")
INLINE_CHARS = 2000  # its time grows with the square of the length, and no title is longer

_AROUND_DATES = " -–—·•|:;,*_"


class _TextLoader(yaml.BaseLoader):
    """Leaves every scalar as text: no dates, numbers or booleans are made of them."""

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        return joined(str(super().construct_scalar(node)))


def parse_markdown(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one article. Raises UnreadableDocument for an empty file and for broken front matter."""
    lines = split_lines(to_text(document.body, document.media_type))
    if not any(map(str.strip, lines)):
        raise UnreadableDocument("the file is empty")
    front, names, lines = _front_matter(lines)
    tokens = _BLOCKS.parse("\n".join(lines))
    related, section = _related(tokens, lines, marks)
    title = _text(front, "title") or _first_heading(tokens, marks)
    heading = _repeated_heading(tokens, title)
    article = read_optional(front, title, _text(front, "published") or None, ref="")
    kept = (line for at, line in enumerate(lines) if at not in section and at not in heading)
    yield replace(
        article,
        date_origin=article.date_origin and f"front matter {names['published']}",
        updated_origin=article.updated_origin and f"front matter {names['updated']}",
        url=article.url or document.url,
        body="\n".join(kept).strip("\n"),
        body_format=BodyFormat.MARKDOWN,
        related=article.related or related,
    )


def _front_matter(lines: list[str]) -> tuple[dict[str, object], dict[str, str], list[str]]:
    """The front matter under our own keys, what it calls those, and the lines after it."""
    if lines[0].rstrip() != "---":
        return {}, {}, lines
    closing = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if closing is None:
        return {}, {}, lines
    found = _load_yaml("\n".join(lines[1:closing]))
    told = ((key, next(filter(found.get, names), "")) for key, names in NAMES_BY_KEY.items())
    named = {key: name for key, name in told if name}
    return found | {key: found[name] for key, name in named.items()}, named, lines[closing + 1 :]


def _load_yaml(text: str) -> dict[str, object]:
    if len(text) > FRONT_MATTER_CHARS:
        raise UnreadableDocument(f"front matter is longer than {FRONT_MATTER_CHARS} characters")
    try:
        found = yaml.load(text, Loader=_TextLoader)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 2}" if error.problem_mark else ""
        raise UnreadableDocument(f"front matter is not valid YAML{line}: {error.problem}") from error
    # Beside its own errors PyYAML lets out those of int() and chr(), and RecursionError.
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise UnreadableDocument(f"front matter is not valid YAML: {str(error).split(chr(10))[0]}") from error
    if not isinstance(found, dict | None):
        raise UnreadableDocument("front matter must hold keys and values")
    return found or {}


def _related(tokens: list[Token], lines: list[str], marks: Marks) -> tuple[tuple[RawLink, ...], range]:
    """The links of the last related section and its lines; none of either where it holds something else."""
    openings = (at for at in _paragraphs(tokens) if opens_related(tokens[at].content.strip("*_"), marks))
    opening = max(openings, default=None)
    if opening is None:
        return (), range(0)
    closing = next((at for at in _paragraphs(tokens) if at > opening and _closes(tokens, opening, at, marks)), None)
    start, end = _first_line(tokens[opening]), len(lines)
    if closing is not None and not _ends_page(tokens[closing], marks):
        end = _first_line(tokens[closing])
    inner_end = len(lines) if closing is None else _first_line(tokens[closing])
    inner = [line.strip() for line in lines[start + 1 : inner_end]]
    links = _items(tokens[opening:closing], marks) or _loose_links(inner, marks)
    return links, range(start, end) if links or not any(inner) else range(0)


def _paragraphs(tokens: list[Token]) -> Iterator[int]:
    """Where the texts of top-level headings and paragraphs are."""
    return (at for at, token in enumerate(tokens) if token.type == "inline" and token.level == 1)


def _closes(tokens: list[Token], opening: int, at: int, marks: Marks) -> bool:
    heading = tokens[at - 1].type == "heading_open"
    return _ends_page(tokens[at], marks) or (heading and tokens[at - 1].tag <= _rank(tokens[opening - 1]))


def _rank(block: Token) -> str:
    return block.tag if block.type == "heading_open" else "h6"  # any heading ends what a paragraph opened


def _ends_page(token: Token, marks: Marks) -> bool:
    return ends_page(token.content.split("\n", 1)[0].strip(), marks)


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _items(tokens: list[Token], marks: Marks) -> tuple[RawLink, ...]:
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    texts = (text.content for item, _, text in triples if item.type == "list_item_open" and text.type == "inline")
    return tuple(link for link in (_link(text, marks) for text in texts) if link.title or link.url)


def _loose_links(lines: list[str], marks: Marks) -> tuple[RawLink, ...]:
    """Links with stamps of their own lines, as on a scraped page; plain prose gives none."""
    links = [replace(_link(link.title, marks), published=link.published) for link in related_links(lines, marks)]
    return tuple(links) if any(link.url or link.published for link in links) else ()


def _link(text: str, marks: Marks) -> RawLink:
    """Read `[title](url) date`, in whatever order, or a bare title."""
    url: str | None = None
    inside, outside = "", ""
    within = False
    for token in _inline(text):
        if token.type == "link_open" and url is None:
            url, within = str(token.attrGet("href") or ""), True
        elif token.type == "link_close":
            within = False
        elif within:
            inside += _shown(token)
        else:
            outside += _shown(token)
    if url is None:
        return RawLink(" ".join(outside.split()))
    rest = " ".join(outside.split()).strip(_AROUND_DATES)
    rest = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
    return RawLink(" ".join(inside.split()), url or None, rest if looks_like_date(rest, marks.date_language) else None)


def _inline(text: str) -> list[Token]:
    children = _INLINE.parseInline(text)[0].children if len(text) <= INLINE_CHARS else None
    return children or [Token("text", "", 0, content=text)]


def _shown(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _headings(tokens: list[Token]) -> Iterator[tuple[Token, str]]:
    """Top-level headings with their text."""
    for at in _paragraphs(tokens):
        if tokens[at - 1].type == "heading_open":
            yield tokens[at - 1], " ".join("".join(map(_shown, _inline(tokens[at].content))).split())


def _first_heading(tokens: list[Token], marks: Marks) -> str:
    titles = (text for heading, text in _headings(tokens) if heading.tag == "h1")
    return next((title for title in titles if not opens_related(title, marks)), "")


def _repeated_heading(tokens: list[Token], title: str) -> range:
    """The lines of the first heading where it says the title once more."""
    heading, text = next(_headings(tokens), (None, ""))
    return range(*heading.map) if heading and heading.map and text == " ".join(title.split()) else range(0)


def _text(front: Mapping[str, object], key: str) -> str:
    value = front.get(key)
    return value if isinstance(value, str) else ""
