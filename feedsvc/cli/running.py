"""Commands that serve, refresh, migrate and check."""

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from feedsvc.cli.base import F, cli, store_of, with_settings
from feedsvc.curation import FILE_NAME, load_curation
from feedsvc.errors import BadSettings, StoreNotReady
from feedsvc.load.pages.rules import check_selector
from feedsvc.normalise.urls import url_key
from feedsvc.settings import DEFAULT_CONFIG, PageSettings, Settings, load_settings
from feedsvc.store import feeds, reading
from feedsvc.store.engine import migrate as migrate_store
from feedsvc.store.engine import open_engine

SOME_SET_ASIDE = 1


def with_server_options(command: F) -> F:
    for option in (
        click.option("--workers", type=click.IntRange(1, 64), help="Web processes."),
        click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on."),
        click.option("--host", help="Address to listen on."),
    ):
        command = option(command)
    return command


@cli.command()
@with_settings
@with_server_options
def run(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve and refresh on time: web and timer in one."""
    from feedsvc.schedule import Timer

    timer = Timer(settings, store_of(settings))
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
    store_of(settings)
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

    tick(settings, store_of(settings))


@cli.command()
@with_settings
def refresh(settings: Settings) -> None:
    """Ask the sources on the network, run the pipe once and exit."""
    from feedsvc.collecting import collect, web_of
    from feedsvc.pipeline import refresh as refresh_once

    store = store_of(settings)
    if any(source.kind in ("feed", "pages") for source in settings.sources):
        with web_of(settings) as web:
            collect(settings, store, web)
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


def _unusable(page: PageSettings) -> Iterator[str]:
    """Why a selector cannot be used, for each that cannot."""
    for name, selector in page:
        try:
            check_selector(selector or "p")
        except ValueError as error:
            yield f"{name}: {error}"


def _check_channels(settings: Settings) -> None:
    """Raise what a run would raise for the store or for the operator's file, given the channels there are."""
    from feedsvc.theming import refuse_clashes

    curation = load_curation(settings.origin.parent / FILE_NAME, url_key)
    with store_of(settings).reading() as connection:
        refuse_clashes(feeds.all_channels(connection), curation)


@cli.command()
@click.option("--config", type=click.Path(path_type=Path), envvar="FEEDSVC_CONFIG", default=DEFAULT_CONFIG)
def check(config: Path) -> None:
    """Check settings, sources and store, and tell every problem at once."""
    settings = load_settings(config)
    problems = [
        f"sources[{number}].path: {settings.source_path(source)} is no folder that can be read"
        for number, source in enumerate(settings.sources)
        if source.kind == "folder"
        and not (os.access(settings.source_path(source), os.R_OK | os.X_OK) and settings.source_path(source).is_dir())
    ]
    problems += [
        f"sources[{number}].page: {problem}"
        for number, source in enumerate(settings.sources)
        for problem in _unusable(source.page)
    ]
    from feedsvc.weaving import encoder_of

    for tried in (
        lambda: store_of(settings),
        lambda: _check_channels(settings),
        lambda: settings.model and encoder_of(settings.model).encode(["word"]),
    ):
        try:
            tried()
        except BadSettings as error:
            problems += error.problems
        except StoreNotReady as error:
            problems.append(f"store.url: {error}")
    if problems:
        raise BadSettings(str(config), list(dict.fromkeys(problems)))
    click.echo(f"{config} is fine: {len(settings.sources)} source(s), store ready")
