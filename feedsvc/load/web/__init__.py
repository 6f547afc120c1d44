"""Fetching from the network: the only way out of this service, and a guarded one.

values      what is asked for and what comes of it            pure
health      when a source may be tried again                  pure
addresses   which addresses may be connected to               pure
coding      content codings, bounded                          pure
headers     freshness, Retry-After, media type                pure
robots      what a site allows                                pure
outcome     the last answer → a result                        pure
target      a URL → host, port and path                       no IO, reads with requests
connect     a name → a connection to a checked address        IO
exchange    one request → one bounded answer                  IO
cache       answers kept, by requests-cache                   IO
turns       whose turn it is at a host                        IO
client      `Web`, which puts these together                  IO

with Web("feedsvc/1.0 (+https://feeds.example.org)", folder) as web:
    result = web.fetch(Errand(url, Reach.of(source_url)))
"""
