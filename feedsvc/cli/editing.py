"""Commands that change what readers get: withdraw, reinstate, correct, release, and the one that shows it before."""

from pathlib import Path

import click

from feedsvc.cli.base import cli, print_json, store_of, with_settings
from feedsvc.curation import EVERYTHING
from feedsvc.model import BodyFormat
from feedsvc.report import Report
from feedsvc.settings import Settings

FORMATS = {".html": BodyFormat.HTML, ".htm": BodyFormat.HTML, ".md": BodyFormat.MARKDOWN}


@cli.command()
@with_settings
@click.argument("article")
@click.option("--reason", required=True, help="For operators; readers are not told.")
def withdraw(settings: Settings, article: str, reason: str) -> None:
    """Take ARTICLE (its id or URL) back from all readers, at once."""
    from feedsvc import editing

    report = editing.withdraw(settings, store_of(settings), article, reason)
    _tell(report)
    days = f"{settings.feeds.notice_days:g}"
    click.echo(f"{article} is withdrawn; readers are told so for {days} days in {report.published} feed(s) and files")


@cli.command()
@with_settings
@click.argument("article")
def reinstate(settings: Settings, article: str) -> None:
    """Undo the withdrawal or the corrections of ARTICLE: it is again what its source says."""
    from feedsvc import editing

    _tell(editing.reinstate(settings, store_of(settings), article))
    click.echo(f"{article} comes back with the next run that reads its source; to have it now: feedsvc refresh")


@cli.command()
@with_settings
@click.argument("article")
@click.option("--title", help="The right title.")
@click.option("--summary", help="The right summary.")
@click.option("--body", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A .txt, .md or .html file.")
@click.option("--note", default="", help="What was wrong, for readers.")
def correct(
    settings: Settings, article: str, title: str | None, summary: str | None, body: Path | None, note: str
) -> None:
    """Correct ARTICLE (its id or URL) for all readers, at once, under the same id."""
    from feedsvc import editing

    correction = editing.Correction(
        title=title,
        summary=summary,
        body=body.read_text(encoding="utf-8", errors="replace") if body else None,
        body_format=FORMATS.get(body.suffix.lower(), BodyFormat.TEXT) if body else BodyFormat.TEXT,
        note=note,
    )
    report = editing.correct(settings, store_of(settings), article, correction)
    _tell(report)
    click.echo(f"{article} is corrected in {report.published} feed(s) and files")


@cli.command()
@with_settings
@click.argument("channel", default=EVERYTHING)
def release(settings: Settings, channel: str) -> None:
    """Let out what is held back of CHANNEL (its slug), or of the feed of everything."""
    from feedsvc import editing

    report = editing.release(settings, store_of(settings), channel)
    _tell(report)
    click.echo(f"{channel} is out, with {report.published} feed(s) and files in all")


@cli.command()
@with_settings
@click.argument("channel", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each feed.")
def diff(settings: Settings, channel: str | None, as_json: bool) -> None:
    """Show what the next run would do to the readers of CHANNEL (its slug, or "everything"), or of every feed.

    Nothing is changed. The exit code is 1 when something would be held back.
    """
    from feedsvc import editing
    from feedsvc.publish.guard import told

    found, remarks = editing.differences(settings, store_of(settings), channel)
    for remark in remarks:
        click.echo(remark, err=True)
    for one in found:
        change = one.change
        if as_json:
            effect = {kind: list(getattr(change.effect, kind)) for kind in change.effect.counts()}
            row = {"feed": one.name, "before": change.before, "after": change.after, **effect}
            print_json({**row, "held": change.held, "objections": list(change.objections)})
            continue
        click.echo(f"{one.name}: {change.before} entries now, {change.after} after the next run")
        for sentence in told(change.effect):
            click.echo(f"  {sentence}")
        for kind, titles in one.titles.items():
            for title in titles:
                click.echo(f"    {kind}: {title}")
        for objection in change.objections:
            click.echo(f"  {'held back' if change.held else 'released'}: {objection}")
    if not found and not as_json:
        click.echo("the next run would change nothing that readers see")
    if any(one.change.held for one in found):
        click.get_current_context().exit(1)


def _tell(report: Report) -> None:
    """Say what was amiss, which has kept nothing of it from going out."""
    for error in report.errors:
        click.echo(error, err=True)
