"""The command line. Parses, calls, and maps errors to exit codes: 0 all well, 1 some articles set aside or
a source failed, 2 settings or store not usable, 3 failed."""

import os
import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.cli import asides, editing, looking, running, trying
from feedsvc.cli.base import cli
from feedsvc.errors import BadSettings, FeedsvcError, StoreNotReady
from feedsvc.store.store import cause

UNUSABLE, FAILED = 2, 3

__all__ = ["asides", "cli", "editing", "looking", "main", "running", "trying"]


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
