"""Pictures to look round in, as SVG: a channel's articles over time, and how the channels touch.

Pure: values in, text out, the same for the same values in any order, on any machine. Each picture is bounded and says
what it leaves out. All that is in it is a link, so that mouse, keyboard and screen reader reach it alike, and it
needs no script and no style sheet; `serve/static/style.css` gives it the colours of the page.
"""
