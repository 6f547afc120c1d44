"""create_app(): Flask behind the fast path. Opens the store, starts nothing."""

import os

from flask import Flask, Response, abort, request

from feedsvc.serve import demand, health, ingest, pages
from feedsvc.serve.audience import Audience
from feedsvc.serve.fastpath import FastPath
from feedsvc.serve.index import FILES, STORED_PATHS
from feedsvc.serve.limiter import Limiter
from feedsvc.serve.shelf import Shelf
from feedsvc.settings import DEFAULT_CONFIG, Settings, load_settings
from feedsvc.store.engine import open_engine, require_migrated
from feedsvc.store.store import Store

OF_A_CHANNEL = f"/channels/<slug>/<any({', '.join(map(repr, FILES.values()))}):file>"


def create_app(settings: Settings | None = None) -> Flask:
    """Make the web application, by default with the settings that FEEDSVC_CONFIG names.

    Raises BadSettings, and StoreNotReady for a store that is not migrated.
    """
    settings = settings or load_settings(os.environ.get("FEEDSVC_CONFIG", DEFAULT_CONFIG))
    engine = open_engine(settings.store_url)
    require_migrated(engine)
    store = Store(engine)
    shelf, limiter = Shelf(settings, store), Limiter(settings.serve)
    app = Flask(__name__)
    # /health is read by people too: what matters first, and a line each.
    app.json.sort_keys, app.json.compact = False, False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False  # Werkzeug would redirect to whatever host the request names
    app.register_blueprint(pages.blueprint(settings, store))
    app.register_blueprint(health.blueprint(settings, store, shelf))
    app.register_blueprint(demand.blueprint(settings, store, limiter))
    app.register_blueprint(ingest.blueprint(settings, store))
    _allow_other_origins(app)
    watch = Audience(settings.serve, store).note
    app.wsgi_app = FastPath(  # type: ignore[method-assign]
        app.wsgi_app, shelf, settings.site.path_prefix, limiter, watch
    )
    return app


def _allow_other_origins(app: Flask) -> None:
    """Answer the browsers' question before a conditional request from another site (CORS preflight)."""

    def preflight(**_: str) -> Response:
        if request.method != "OPTIONS":
            abort(404)  # what stands here, the fast path has; the routes say which methods there are
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
            "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, A-IM",
            "Access-Control-Max-Age": "86400",
            "Allow": "GET, HEAD, OPTIONS",
        }
        answer = Response(status=204, headers=headers)
        del answer.headers["Content-Type"]
        return answer

    methods = ["GET", "OPTIONS"]
    for number, path in enumerate((*sorted(STORED_PATHS), OF_A_CHANNEL, *demand.RULES)):
        app.add_url_rule(path, f"preflight {number}", preflight, methods=methods, provide_automatic_options=False)
