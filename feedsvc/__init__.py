"""feedsvc: a site's articles → themed channels → feeds.

The flow is one straight pipe, and `pipeline.refresh()` is the only place that joins it:

    load → normalise → theme → render → publish → serve

    load        bytes from a source → RawArticle (text only); a pure parser for each format, pages for HTML;
                fetch and web do the IO
    normalise   RawArticle → Draft: UTC times, safe HTML, keys; then which article it is (identity, settle),
                and which of another source's it is a copy of (copies, prints)
    themes      articles and links → graph → communities → channels that continue over time, and their names
    render      channel + articles → Feed → RSS, Atom, JSON Feed, OPML, sitemaps, maps
    publish     what fits into a feed (window), what a generation does to readers (guard), bytes → snapshots and deltas
    store       tables, transactions, the lease; SQLite or PostgreSQL
    serve       stored bytes ahead of Flask; pages for people; health; articles handed in by a CMS

`model` holds the nouns, `errors` the one error tree, `settings` what can be set, `datewords` the words of dates.

Beside the pipeline, each joining one stage with the store: `collecting` asks sources on the network and fills the
inbox, from which, and from folders, `gathering` reads what is new; `weaving` brings articles into the graph and
`theming` channels out of it; `publishing` decides what goes out, `making` makes the bytes, `ondemand`
those that are made when first asked for. Operators reach in by `editing` (withdraw, correct, release) and `asides`;
`explain` says why all is as it is. `handing` judges what a CMS hands in, `reader` tells a
document that was read before.

`schedule` ticks, `cli` calls. Imports point down only: words, then the pure stages, then fetch and store, then those
that join, then what calls them.
"""
