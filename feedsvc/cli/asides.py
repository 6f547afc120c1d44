"""Commands on what is set aside: list, show, retry, release."""

import json

import click

from feedsvc.cli.base import cli, print_json, store_of, time_text, with_settings
from feedsvc.settings import Settings


@cli.group()
def aside() -> None:
    """What is set aside, because it cannot be published as it is."""


@aside.command("list")
@with_settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(settings: Settings, as_json: bool) -> None:
    """List what is set aside, each with a number for the other commands."""
    from feedsvc.asides import listed

    for one in listed(store_of(settings)):
        since = time_text(one.since)
        if as_json:
            row = {"number": one.number, "source": one.source, "place": one.place, "ref": one.ref}
            print_json({**row, "reason": one.reason, "since": since})
        else:
            click.echo(f"{one.number:4}  {one.where}: {one.reason} (since {since})")


@aside.command()
@with_settings
@click.argument("number", type=int)
def show(settings: Settings, number: int) -> None:
    """Show what can be read of NUMBER, as a record."""
    from feedsvc.asides import record_of, the

    one = the(store_of(settings), number)
    click.echo(f"{one.where}: {one.reason}", err=True)
    click.echo(json.dumps(record_of(settings, one), ensure_ascii=False, indent=2))


@aside.command()
@with_settings
@click.argument("number", type=int, required=False)
def retry(settings: Settings, number: int | None) -> None:
    """Let the next run read NUMBER again, or everything that is set aside."""
    from feedsvc.asides import listed, the
    from feedsvc.asides import retry as read_again

    store = store_of(settings)
    chosen = listed(store) if number is None else [the(store, number)]
    read_again(store, chosen)
    click.echo(f"{len(chosen)} will be read again by the next run; to have it now: feedsvc refresh")


@aside.command("release")
@with_settings
@click.argument("number", type=int)
@click.option("--title", help="Instead of the one that it has, or has not.")
@click.option("--published", help="Likewise, with its zone: 2026-03-01T10:00:00Z.")
@click.option("--embargo", help="Likewise; empty for none.")
def release_(settings: Settings, number: int, title: str | None, published: str | None, embargo: str | None) -> None:
    """Publish NUMBER with what it lacks."""
    from feedsvc.asides import release, the

    store = store_of(settings)
    one = the(store, number)
    given = {"title": title, "published": published, "embargo": embargo}
    release(settings, store, one, {key: value for key, value in given.items() if value is not None})
    click.echo(f"{one.where} is taken in by the next run; to have it now: feedsvc refresh")
