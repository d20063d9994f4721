"""Asks a container for its health, as a visitor's request would reach it."""

import http.client
import os

from journal import one_line

PATIENCE = 2  # seconds for the answer


def problem(address):
    """None when the application is healthy; else what came back, and what else the answer said, which is not for everybody."""
    connection = http.client.HTTPConnection(address, 8080, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz", headers=visitors_headers())
        answer = connection.getresponse()
        if answer.status == 200:
            return None
        body = one_line(answer.read(200).decode(errors="replace"))
        return f"GET /healthz answers {answer.status}", f" {answer.reason}" + (f": {body}" if body else "")
    except TimeoutError:
        return f"GET /healthz has no answer within {PATIENCE} s", ""
    except (OSError, http.client.HTTPException) as error:
        return "GET /healthz fails", f": {getattr(error, 'strerror', None) or repr(error)}"
    finally:
        connection.close()


def visitors_headers():
    """What a visitor's request carries when it gets here: one that insists on HTTPS would send any other elsewhere."""
    domain = os.environ["DOMAIN"]
    return {
        "Host": domain,
        "X-Forwarded-Host": domain,
        "X-Forwarded-Proto": os.environ["SCHEME"],
        "X-Forwarded-For": os.environ["PRIVATE_IP"],
    }
