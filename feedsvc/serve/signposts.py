"""What machines look for at fixed addresses: robots.txt, which leads them to the sitemap, and an icon.

Crawlers ask for robots.txt at the root of a host only. Under a path prefix, whoever has that root can serve what
this gives, or name the sitemap there.
"""

from flask import Blueprint, Flask, Response, current_app

from feedsvc.serve.index import SITEMAP_PATHS
from feedsvc.settings import Site

# Of no use to who searches, and other on each visit. Feeds may be read by everyone: some readers ask here first.
KEPT_OUT = ("/health", "/readyz", "/metrics")
FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}


def add_to(pages: Blueprint, site: Site) -> None:
    text = robots(site)

    def robots_txt() -> Response:
        return Response(text, content_type="text/plain; charset=utf-8", headers=FOR_AN_HOUR)

    def favicon() -> Response:
        app: Flask = current_app
        answer = app.send_static_file("icon.ico")
        answer.headers.update(FOR_AN_HOUR)
        return answer

    pages.add_url_rule("/robots.txt", view_func=robots_txt)
    pages.add_url_rule("/favicon.ico", view_func=favicon)


def robots(site: Site) -> str:
    """The rules for crawlers (RFC 9309), with addresses as the outside knows them."""
    kept_out = [f"Disallow: {site.path_prefix}{path}" for path in KEPT_OUT]
    return "\n".join(["User-agent: *", *kept_out, "", f"Sitemap: {site.base_url}{SITEMAP_PATHS['sitemap']}", ""])
