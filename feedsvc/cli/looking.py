"""Commands that show what is there, and why."""

import sys
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from feedsvc.cli.base import cli, print_json, store_of, time_text, with_settings
from feedsvc.settings import Settings
from feedsvc.store import reading

PIPE_WIDTH = 1000  # characters, more than any line of a table has


@cli.command()
@with_settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--members", is_flag=True, help="With --json: each channel's articles too.")
def channels(settings: Settings, as_json: bool, members: bool) -> None:
    """List the channels that are served."""
    with store_of(settings).reading() as connection:
        lines = reading.channel_lines(connection)
        if not as_json:
            _print_channels(lines)
            return
        for line in sorted(lines, key=lambda one: one.slug):
            row: dict[str, Any] = {"slug": line.slug, "title": line.title, "origin": line.origin.value}
            if members:
                found = reading.channel_members(connection, line.slug)
                row["members"] = [{**member, "published": time_text(member["published"])} for member in found]
            print_json(row)


def _print_channels(lines: list[reading.ChannelLine]) -> None:
    table = Table("channel", "title", "articles", "newest", box=None)
    for line in lines:
        table.add_row(line.slug, line.title, str(line.size), time_text(line.newest) or "")
    # Titles are what they are, not Rich's markup; and a pipe has no edge to wrap at.
    console = Console(markup=False, emoji=False, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    console.print(table if lines else "no channels yet; run: feedsvc refresh")


@cli.command()
@with_settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with related links.")
def articles(settings: Settings, as_json: bool) -> None:
    """List every article and stub."""
    with store_of(settings).reading() as connection:
        for article in reading.every_article(connection):
            if not as_json:
                click.echo(f"{time_text(article.published) or '-':20}  {article.title}  {article.id}")
                continue
            related = [
                {"title": r.title, "url": r.url, "published": time_text(r.published), "article_id": r.article_id}
                for r in article.related
            ]
            print_json(
                {
                    "id": article.id,
                    "url": article.url,
                    "title": article.title,
                    "published": time_text(article.published),
                    "stub": article.stub,
                    "related": related,
                }
            )


@cli.command()
@with_settings
@click.argument("subject")
def explain(settings: Settings, subject: str) -> None:
    """Say why: SUBJECT is an article's id or URL, or a channel's slug."""
    from feedsvc.explain import explain as lines_on

    subject = subject.encode(errors="replace").decode()  # an argument may be any bytes, and a store knows text only
    with store_of(settings).reading() as connection:
        lines = lines_on(connection, settings, subject, datetime.now(UTC))
    if lines is None:
        raise click.ClickException(f"{subject} is neither an article's id or URL nor a channel's slug")
    for line in lines:
        click.echo(line)


@cli.command()
@with_settings
def readers(settings: Settings) -> None:
    """Who reads what: subscribers, readers, how politely they ask, and what that saved."""
    from feedsvc.serve.readers import gather, lines

    with store_of(settings).reading() as connection:
        for line in lines(gather(connection, datetime.now(UTC))):
            click.echo(line)
