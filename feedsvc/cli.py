"""The command line. Parses, calls, and maps errors to exit codes: 0 all well, 1 some articles set aside or
a source failed, 2 settings or store not usable, 3 failed."""

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from feedsvc import logs
from feedsvc.curation import FILE_NAME, load_curation
from feedsvc.errors import BadSettings, FeedsvcError, StoreNotReady
from feedsvc.normalise.urls import url_key
from feedsvc.settings import DEFAULT_CONFIG, Settings, load_settings
from feedsvc.store import reading
from feedsvc.store.engine import migrate as migrate_store
from feedsvc.store.engine import open_engine, require_migrated
from feedsvc.store.store import Store, cause

SOME_SET_ASIDE, UNUSABLE, FAILED = 1, 2, 3
PIPE_WIDTH = 1000  # characters, more than any line of a table has

F = TypeVar("F", bound=Callable[..., Any])


def main() -> None:
    """Run the command line; what went wrong is told in words, never as a traceback."""
    try:
        cli()
    except (BadSettings, StoreNotReady) as error:
        _fail(str(error), UNUSABLE)
    except FeedsvcError as error:
        _fail(str(error), FAILED)
    except SQLAlchemyError as error:
        _fail(f"the store does not answer: {cause(error)}", FAILED)
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, code: int) -> None:
    click.echo(f"feedsvc: {message}", err=True)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="feedsvc")
def cli() -> None:
    """Themed feeds from a site's own related links."""


def with_settings(command: F) -> F:
    """Add --config to a command and hand it the settings."""

    @click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="FEEDSVC_CONFIG",
        default=DEFAULT_CONFIG,
        show_default=True,
        help="The configuration file.",
    )
    @functools.wraps(command)
    def wrapped(config: Path, **arguments: Any) -> Any:
        settings = load_settings(config)
        logs.configure(settings.log)
        return command(settings, **arguments)

    return wrapped  # type: ignore[return-value]


def with_server_options(command: F) -> F:
    for option in (
        click.option("--workers", type=click.IntRange(1, 64), help="Web processes."),
        click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on."),
        click.option("--host", help="Address to listen on."),
    ):
        command = option(command)
    return command


def _store(settings: Settings) -> Store:
    engine = open_engine(settings.store_url)
    require_migrated(engine)
    return Store(engine)


@cli.command()
@with_settings
@with_server_options
def run(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve and refresh on time: web and timer in one."""
    from feedsvc.schedule import Timer

    timer = Timer(settings, _store(settings))
    start_serving = _server(settings, host, port, workers)
    timer.start()
    try:
        start_serving()
    finally:
        timer.stop()


@cli.command()
@with_settings
@with_server_options
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve what was published; refresh nothing."""
    _store(settings)
    _server(settings, host, port, workers)()


def _server(settings: Settings, host: str | None, port: int | None, workers: int | None) -> Callable[[], None]:
    """What serves until it is told to stop. Raises BadSettings where nothing can listen."""
    from feedsvc.serve import web

    port = settings.serve.port if port is None else port
    address = web.free_address(host or settings.serve.host, port)
    click.echo(f"feedsvc: serving {settings.site.base_url}/ from {address} port {port}", err=True)
    return functools.partial(web.serve, settings.origin, address, port, workers or settings.serve.workers)


@cli.command()
@with_settings
def work(settings: Settings) -> None:
    """Refresh on time; serve nothing."""
    from feedsvc.schedule import work as tick

    tick(settings, _store(settings))


@cli.command()
@with_settings
def refresh(settings: Settings) -> None:
    """Run the pipe once and exit."""
    from feedsvc.pipeline import refresh as refresh_once

    store = _store(settings)
    with _progress() as progress:
        report = refresh_once(settings, store, progress)
    click.echo(
        f"{report.read} read, {report.unchanged} unchanged, {report.articles} articles in them,"
        f" {report.published} feeds published, {report.set_aside} set aside, {report.seconds:.1f} s"
    )
    for line in report.errors + report.reports:
        click.echo(line, err=True)
    if report.set_aside:
        with store.reading() as connection:
            for aside in reading.set_aside_lines(connection, 20):
                where = " ".join(filter(None, (aside["source"], aside["place"], aside["ref"])))
                click.echo(f"set aside: {where}: {aside['reason']}", err=True)
    if report.outcome != "good":
        sys.exit(SOME_SET_ASIDE)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """A moving line on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda stage, done, of: bar.update(task, description=stage, completed=done, total=of or None)


@cli.command()
@with_settings
def migrate(settings: Settings) -> None:
    """Bring the store to the newest schema."""
    engine = open_engine(settings.store_url)
    click.echo(f"the store {engine.url.render_as_string()} is at schema {migrate_store(engine)}")


@cli.command()
@click.option("--config", type=click.Path(path_type=Path), envvar="FEEDSVC_CONFIG", default=DEFAULT_CONFIG)
def check(config: Path) -> None:
    """Check settings, sources and store, and tell every problem at once."""
    settings = load_settings(config)
    problems = [
        f"sources[{number}].path: {settings.source_path(source)} is no folder that can be read"
        for number, source in enumerate(settings.sources)
        if not os.access(settings.source_path(source), os.R_OK | os.X_OK) or not settings.source_path(source).is_dir()
    ]
    try:
        _store(settings)
    except StoreNotReady as error:
        problems.append(f"store.url: {error}")
    from feedsvc.weaving import encoder_of

    for tried in (
        lambda: load_curation(settings.origin.parent / FILE_NAME, url_key),
        lambda: settings.model and encoder_of(settings.model).encode(["word"]),
    ):
        try:
            tried()
        except BadSettings as error:
            problems += error.problems
    if problems:
        raise BadSettings(str(config), problems)
    click.echo(f"{config} is fine: {len(settings.sources)} source(s), store ready")


@cli.command()
@with_settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--members", is_flag=True, help="With --json: each channel's articles too.")
def channels(settings: Settings, as_json: bool, members: bool) -> None:
    """List the channels that are served."""
    with _store(settings).reading() as connection:
        lines = reading.channel_lines(connection)
        if not as_json:
            _print_channels(lines)
            return
        for line in sorted(lines, key=lambda one: one.slug):
            row: dict[str, Any] = {"slug": line.slug, "title": line.title, "origin": line.origin.value}
            if members:
                found = reading.channel_members(connection, line.slug)
                row["members"] = [{**member, "published": _time(member["published"])} for member in found]
            _print_json(row)


def _print_channels(lines: list[reading.ChannelLine]) -> None:
    table = Table("channel", "title", "articles", "newest", box=None)
    for line in lines:
        table.add_row(line.slug, line.title, str(line.size), _time(line.newest) or "")
    # Titles are what they are, not Rich's markup; and a pipe has no edge to wrap at.
    console = Console(markup=False, emoji=False, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    console.print(table if lines else "no channels yet; run: feedsvc refresh")


@cli.command()
@with_settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with related links.")
def articles(settings: Settings, as_json: bool) -> None:
    """List every article and stub."""
    with _store(settings).reading() as connection:
        for article in reading.every_article(connection):
            if not as_json:
                click.echo(f"{_time(article.published) or '-':20}  {article.title}  {article.id}")
                continue
            related = [
                {"title": r.title, "url": r.url, "published": _time(r.published), "article_id": r.article_id}
                for r in article.related
            ]
            _print_json(
                {
                    "id": article.id,
                    "url": article.url,
                    "title": article.title,
                    "published": _time(article.published),
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
    with _store(settings).reading() as connection:
        lines = lines_on(connection, settings, subject, datetime.now(UTC))
    if lines is None:
        raise click.ClickException(f"{subject} is neither an article's id or URL nor a channel's slug")
    for line in lines:
        click.echo(line)


def _print_json(row: Mapping[str, Any]) -> None:
    click.echo(json.dumps(row, ensure_ascii=False))


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
