"""The command that shows what would be read of one file or URL. It changes nothing and needs no store."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from feedsvc.cli.base import cli, print_json
from feedsvc.cli.trial import WANTED, Trial
from feedsvc.datewords.cldr import known_language
from feedsvc.errors import BadSettings, SourceFailed, UnreadableDocument, UnreadableRecord
from feedsvc.load import MEDIA_TYPES, PARSERS, parse
from feedsvc.load.fetch import LINES, MAX_DOCUMENT_BYTES
from feedsvc.load.pages.html import parse_html, read_page
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document, RawArticle, Unread
from feedsvc.normalise.article import Reading, normalise
from feedsvc.normalise.text import clean
from feedsvc.reader import rules_of
from feedsvc.settings import DEFAULT_CONFIG, SourceSettings, load_settings

SOME_SET_ASIDE = 1
TRIED = "try"  # the source of what no source of the settings has
SNIFFED_BYTES = 512

SURE_TYPES = PARSERS.keys() - {"text/plain"}  # which servers also call what they do not know

# Where the fields of a format come from that has each of them in one place.
ORIGIN_BY_TYPE = {"text/plain": "the page's layout", "text/markdown": "front matter or text"}


@cli.command("try")
@click.argument("target", metavar="FILE|URL")
@click.option("--source", "name", help="Read it as this source of the settings would: its zone, marks and selectors.")
@click.option("--date-language", "language", callback=lambda *given: _language(given[-1]), help="As the setting.")
@click.option("--config", type=click.Path(path_type=Path), envvar="FEEDSVC_CONFIG", default=DEFAULT_CONFIG)
@click.option("--records", type=click.IntRange(1, 1000), default=3, show_default=True, help="How many at most.")
@click.option("--private", is_flag=True, help="The URL may be on this machine or a private network.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def try_(
    target: str, name: str | None, language: str, config: Path, records: int, private: bool, as_json: bool
) -> None:
    """Show what would be read of FILE or URL, from where in it, and what is missing."""
    source = _source(name, config) if name else None
    document = _fetched(target, private) if "://" in target else _file(Path(target))
    trials = list(islice(_trials(document, source, language), records + 1))
    for number, trial in enumerate(trials[:records]):
        if as_json:
            print_json(trial.row())
            continue
        click.echo("\n" * bool(number) + "\n".join(trial.lines()))
    if len(trials) > records and not as_json:
        click.echo("\nand more; --records shows more of them")
    if any(trial.set_aside for trial in trials[:records]):
        sys.exit(SOME_SET_ASIDE)


def _source(name: str, config: Path) -> SourceSettings:
    settings = load_settings(config)
    source = next((one for one in settings.sources if one.name == name), None)
    if source is None:
        names = ", ".join(one.name for one in settings.sources)
        raise BadSettings(str(config), [f"sources: there is none named {name!r}, only {names}"])
    return source


def _language(tag: str | None) -> str:
    try:
        if tag:
            known_language(tag)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return tag or ""


def _trials(document: Document, source: SourceSettings | None, language: str) -> Iterator[Trial]:
    """Each article of a document as it would be read, or why it would not."""
    rules = rules_of(source) if source else PageRules()
    if language:
        rules = replace(rules, marks=replace(rules.marks, date_language=language))
    reading = Reading(ZoneInfo(source.time_zone if source else "UTC"), date_language=rules.marks.date_language)
    essence = _essence(document.media_type)
    try:
        if PARSERS.get(essence) is parse_html:
            page = read_page(document, rules)
            found = Unread("", page.undated, page.article) if page.undated else page.article
            yield _trial(found, document, reading, page.origins)
            return
        origins = dict.fromkeys(WANTED, ORIGIN_BY_TYPE[essence]) if essence in ORIGIN_BY_TYPE else {}
        for found in parse(document, rules):
            yield _trial(found, document, reading, origins)
    except UnreadableDocument as error:
        yield Trial("", set_aside=clean(error.reason))


def _trial(found: RawArticle | Unread, document: Document, reading: Reading, origins: Mapping[str, str]) -> Trial:
    raw = found.article if isinstance(found, Unread) else found
    dates = {"published": raw.date_origin, "updated": raw.updated_origin} if raw else {}
    origins = {**origins, **{name: where for name, where in dates.items() if where}}
    if isinstance(found, Unread):
        return Trial(found.ref, found.article, None, clean(found.reason), origins)
    try:
        return Trial(found.ref, found, normalise(found, document, reading), "", origins)
    except UnreadableRecord as error:
        return Trial(found.ref, found, None, clean(error.reason), origins)


# Documents


def _file(path: Path) -> Document:
    """Raises SourceFailed for a file that cannot be read, or is larger than a source's may be."""
    try:
        if not path.is_file():
            raise SourceFailed(str(path), "there is no such file")
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        media_type = MEDIA_TYPES.get(path.suffix.lower(), "")
        with path.open("rb") as file:
            body = file.read(MAX_DOCUMENT_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise SourceFailed(str(path), f"it cannot be read: {error}") from error
    if len(body) > MAX_DOCUMENT_BYTES and media_type == LINES:
        body = body[: body.rfind(b"\n") + 1]  # a file as long as that is read in parts, of which this is the first
    if len(body) > MAX_DOCUMENT_BYTES:
        raise SourceFailed(str(path), f"it is larger than {MAX_DOCUMENT_BYTES // (1024 * 1024)} MiB")
    return Document(TRIED, path.name, media_type or _sniffed(body), body, changed)


def _fetched(url: str, private: bool) -> Document:
    """Ask once, without a cache, and as robots.txt allows. Raises SourceFailed when nothing comes."""
    from feedsvc.load.web.client import Web
    from feedsvc.load.web.values import Errand, Failed, Got, Reach

    with Web(f"feedsvc/{version('feedsvc')}", pause_s=0) as web:
        result = web.fetch(Errand(url, Reach.of(url, private)))
    if not isinstance(result, Got):
        raise SourceFailed(url, result.reason if isinstance(result, Failed) else "it was taken away for good")
    media_type = result.media_type if _essence(result.media_type) in SURE_TYPES else _sniffed(result.body)
    charset = f"; charset={result.charset}" if result.charset else ""
    return Document(TRIED, url, media_type + charset, result.body, result.fetched_at, result.final_url)


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _sniffed(body: bytes) -> str:
    """The media type of what does not say it, by how it begins."""
    head = body[:SNIFFED_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"{", b"[")):
        return "application/json"
    if (head.startswith(b"<?xml") and b"<html" not in head) or head.startswith((b"<rss", b"<feed", b"<rdf")):
        return "application/xml"
    return "text/html" if head.startswith(b"<") else "text/plain"
