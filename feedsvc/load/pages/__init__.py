"""A page of a site: HTML → RawArticle. All of it is pure.

html         puts it together
page         HTML → a tree that is safe to walk
pagedata     what the page states about itself: linkeddata, microdata, and which of it is about the article (subject)
canonical    where the page is
worth        whether it is an article at all, or one of the walls that stand in its place

Then each part by the selector of the source (rules), else as stated, else as shown:

titles       the title, without the name of the site
dating       published and updated, from datelines and what looks like a date in them (datetext)
shown        authors (bylines), image (pictures), language
related      the links to other articles: blocks that are named, or dense with links (density), read by links and aims
maintext     the text that is left

section      a page that only leads to articles → their addresses
"""
