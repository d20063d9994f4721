"""The sample application: notes kept in MySQL. Replace it by your own.

A WSGI application for gunicorn (app.service). GET / is a page, POST /notes writes a note (a form or JSON: `text`, and `key` to make
repeating it safe), GET /notes/<id> reads it back, /healthz says whether this process works.
"""

import html
import json
import os
import re
import time
import urllib.parse
import uuid

from database import Database, Unavailable

MAX_BODY = 16 * 1024
MAX_TEXT = 1000
KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")
REASONS = {
    200: "OK", 201: "Created", 303: "See Other", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 413: "Content Too Large", 500: "Internal Server Error", 503: "Service Unavailable",
}
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Notes</title>
<style>body {{ font: 1.1em system-ui; max-width: 40em; margin: 2em auto; padding: 0 1em }} small {{ color: #666 }}</style>
<h1>Notes</h1>
<p>Answered by <b>{name}</b>. Database: <b>{state}</b>.</p>
<form method="post" action="/notes">
<input type="hidden" name="key" value="{key}">
<input name="text" maxlength="{max_text}" required placeholder="A note"> <button>Write</button>
</form>
<ul>
{notes}
</ul>
"""


class Refused(Exception):
    """A request that gets `status` and a sentence instead of what it asked for."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status


def create_application(environment=os.environ):
    """The WSGI application. Reads NAME and DATABASE_* from the environment; starts without waiting for the database."""
    return Application(environment["NAME"], Database(environment))


class Application:
    def __init__(self, name, database):
        self.name = name
        self.database = database

    def __call__(self, request, start_response):
        started = time.monotonic()
        method, path = request["REQUEST_METHOD"], request["PATH_INFO"]
        try:
            status, headers, body = self.answer(method, path, request)
        except Refused as refusal:
            status, headers, body = as_json(refusal.status, {"error": str(refusal)})
        except Unavailable as problem:
            status, headers, body = as_json(503, {"error": f"The database is away: {problem}."})
            headers["Retry-After"] = "1"
        except Exception as error:  # whatever it is, the client gets an answer and the journal a line
            status, headers, body = as_json(500, {"error": "Something went wrong; the journal of this server says what."})
            log(event="error", error=repr(error))
        if path != "/healthz" or status != 200:
            log(
                event="request", method=method, path=path, status=status, ms=round((time.monotonic() - started) * 1000),
                request_id=request.get("HTTP_X_REQUEST_ID", ""),
            )
        headers |= {"Content-Length": str(len(body)), "Cache-Control": "no-store", "X-Served-By": self.name}
        start_response(f"{status} {REASONS[status]}", list(headers.items()))
        return [] if method == "HEAD" else [body]

    def answer(self, method, path, request):
        """Returns (status, headers, body)."""
        note = re.fullmatch(r"/notes/([0-9]{1,18})", path)
        if path == "/notes":
            allow(method, "POST")
            return self.write(request)
        if path not in ("/", "/healthz") and not note:
            raise Refused(404, f"There is nothing at {path}.")
        allow(method, "GET", "HEAD")
        if path == "/healthz":
            # 200 whatever the database does: taking every application server out of service would not bring it back.
            return as_json(200, {"healthy": True, "name": self.name, "database": self.database.state()})
        return self.read(int(note[1])) if note else self.page()

    def page(self):
        try:
            notes = self.database.last_notes(10)
            status = 200
        except Unavailable:
            notes = []
            status = 503
        items = (f"<li>{html.escape(text)} <small>#{number}, {html.escape(droplet)}</small>" for number, text, droplet, _ in notes)
        page = PAGE.format(
            name=html.escape(self.name), state=html.escape(self.database.state()), key=uuid.uuid4(), max_text=MAX_TEXT,
            notes="\n".join(items),
        )
        return status, {"Content-Type": "text/html; charset=utf-8"}, page.encode()

    def read(self, number):
        note = self.database.note(number)
        if not note:
            raise Refused(404, f"There is no note {number}.")
        number, text, droplet, created = note
        return as_json(200, {"id": number, "text": text, "droplet": droplet, "created": f"{created:%Y-%m-%dT%H:%M:%SZ}"})

    def write(self, request):
        fields = fields_of(request)
        text, key = fields.get("text"), fields.get("key") or str(uuid.uuid4())
        if not isinstance(text, str) or not 1 <= len(text) <= MAX_TEXT:
            raise Refused(400, f"A note needs `text` of 1 to {MAX_TEXT} characters.")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise Refused(400, "`key` is 1 to 64 letters, digits, dots, underscores, colons or hyphens.")
        number, kept = self.database.write_note(key, text, self.name)
        if kept != text:
            raise Refused(409, f"The key {key} belongs to note {number}, which has another text.")
        if "text/html" in request.get("HTTP_ACCEPT", ""):  # a person's browser: back to the page
            return 303, {"Location": "/"}, b""
        status, headers, body = as_json(201, {"id": number})
        return status, headers | {"Location": f"/notes/{number}"}, body


def allow(method, *methods):
    if method not in methods:
        raise Refused(405, f"Only {' and '.join(methods)} here.")


def as_json(status, value):
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode() + b"\n"


def fields_of(request):
    """The fields of a form or of a JSON object."""
    try:
        length = int(request.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise Refused(400, "Content-Length is not a number.") from None
    if length > MAX_BODY:
        raise Refused(413, f"A request has at most {MAX_BODY} bytes.")
    body = request["wsgi.input"].read(length)
    try:
        if request.get("CONTENT_TYPE", "").startswith("application/json"):
            fields = json.loads(body)
        else:
            fields = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=bool(body), errors="strict"))
    except ValueError:
        raise Refused(400, "The body is neither a form nor JSON.") from None
    if not isinstance(fields, dict):
        raise Refused(400, "The body is not an object.")
    return fields


def log(**fields):
    """One line of JSON for the journal."""
    print(json.dumps(fields), flush=True)
