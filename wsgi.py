"""`app`, for any WSGI server: `granian --interface wsgi wsgi:app`. The timer runs elsewhere (`feedsvc work`)."""

from feedsvc.serve.app import create_app

app = create_app()
