"""feedsvc: a site's articles → themed channels → feeds.

The flow is one straight pipe, and `pipeline.refresh()` is the only place that joins it:

    load → normalise → theme → render → publish → serve

    load        bytes from a source → RawArticle (text only); a pure parser for each format, fetch does the IO
    normalise   RawArticle → Draft: UTC times, safe HTML, keys; then which article it is (identity, settle)
    themes      articles and links → graph → communities → channels that continue over time, and their names
    render      channel + articles → Feed → RSS, Atom, JSON Feed, OPML
    publish     bytes → snapshots with ETags; what has changed and must be made again
    store       tables, transactions, the lease; SQLite or PostgreSQL
    serve       stored bytes ahead of Flask; pages for people; health

`model` holds the nouns, `errors` the one error tree, `settings` what can be set. Beside the pipeline, and called by it
alone, `weaving` brings articles into the graph, `theming` channels out of it and `publishing` their bytes, each joining
one stage with the store; `explain` says why all is as it is. `schedule` ticks, `cli` calls. Imports point down only:
words, then the pure stages, then fetch and store, then the pipeline, then what calls it.
"""
