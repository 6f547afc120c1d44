"""The web server: granian, with worker processes that go when their parent goes."""

import errno
import multiprocessing
import os
import signal
import socket
import threading
import time
from multiprocessing.connection import wait
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from feedsvc import logs
from feedsvc.errors import BadSettings
from feedsvc.serve.app import create_app
from feedsvc.settings import DEFAULT_CONFIG, load_settings

FREE_WITHIN_S = 5  # how long the port may still be in use when the service starts
STOP_WITHIN_S = 20  # what requests in hand get when the service is stopped


def serve(config: Path, address: str, port: int, workers: int) -> None:
    """Serve on an address from `free_address` until SIGTERM or SIGINT; requests in hand are finished."""
    # Forking a process in which a timer's threads run would copy their locks as they happen to be.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ["FEEDSVC_CONFIG"] = str(config)
    Server(
        "feedsvc.serve.web:worker_app",
        factory=True,
        address=address,
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


def free_address(host: str, port: int) -> str:
    """The IP address of `host`, once nobody listens on its port. Raises BadSettings if that is not soon.

    granian shares a port with whoever has it, so two services would answer in turn. A service that was stopped a
    moment ago may still be letting go of it.
    """
    try:
        found = sorted(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))  # IPv4 first
    except (OSError, UnicodeError) as error:
        raise BadSettings("serve", [f"host: {host!r} is no address of this machine ({error})"]) from error
    family, _, _, _, where = found[0]
    until = time.monotonic() + FREE_WITHIN_S
    while True:
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
            return str(where[0])
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                reason = f"{host} port {port}: {(error.strerror or str(error)).lower()}"
                raise BadSettings("serve", [reason]) from error
        time.sleep(0.1)


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
