"""The web server: granian, with worker processes that go when their parent goes."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from feedsvc import logs
from feedsvc.serve.app import create_app
from feedsvc.settings import DEFAULT_CONFIG, load_settings

STOP_WITHIN_S = 20  # what requests in hand get when the service is stopped


def serve(config: Path, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are finished."""
    # Forking a process in which a timer's threads run would copy their locks as they happen to be.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ["FEEDSVC_CONFIG"] = str(config)
    Server(
        "feedsvc.serve.web:worker_app",
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.WSGI,
        # One thread for Python a worker: more would only fight over the interpreter's lock. Add workers.
        runtime_threads=1,
        blocking_threads=1,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


def worker_app() -> Flask:
    """What each worker process runs."""
    settings = load_settings(os.environ.get("FEEDSVC_CONFIG", DEFAULT_CONFIG))
    logs.configure(settings.log)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_go_with, args=(parent.sentinel,), name="parent", daemon=True).start()
    return create_app(settings)


def _go_with(sentinel: int) -> None:
    """A parent that was killed stops nobody; its workers would go on holding the port."""
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
