"""URLs in the form that matching compares. What is served is always the URL as given."""

from functools import lru_cache
from urllib.parse import urldefrag, urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

# Parameters that say where a reader came from and never which article is meant.
TRACKING = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "fbclid", "gclid"]
TRACKING += ["at_medium", "at_campaign", "cmpid", "cmp", "mtm_campaign", "mtm_source", "mtm_medium", "wt_mc", "ocid"]
TRACKING += ["dclid", "msclkid", "yclid", "mc_cid", "mc_eid", "igshid", "_ga", "_gl"]
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@lru_cache(maxsize=65_536)
def url_key(url: str) -> str:
    """The form in which two URLs of one article are equal: scheme, default port, letter case of the host,
    escapes, order of parameters, tracking parameters and a closing slash make no difference.

    The fragment stays, since a page may hold many articles (RFC 3986 §3.5), but for a text fragment
    (https://wicg.github.io/scroll-to-text-fragment/). A text that is no URL is its own key.
    """
    try:
        page, fragment = urldefrag(url.strip())
        scheme = urlsplit(page).scheme.lower()
        page = url_query_cleaner(page, TRACKING, remove=True, unique=False)
        page = canonicalize_url(page)
    except ValueError:
        return url.strip()
    _, _, rest = page.partition("//")
    host, slash, path = rest.partition("/")
    host = host.removesuffix(DEFAULT_PORTS.get(scheme, ":"))
    key = f"{host}{slash}{path}".rstrip("/")
    fragment = fragment.partition(":~:")[0]
    return f"{key}#{fragment}" if fragment else key


def without_fragment(key: str) -> str:
    """The key of the whole page that a `url_key` points into."""
    return key.partition("#")[0]
