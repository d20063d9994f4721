"""Debian's moto as an object store: `moto-server.py <address> <port>`.

Objects lie in files of the folder that TMPDIR names, one each, without a name there. Whoever asks was checked already.
"""

import os
import resource
import sys
import threading
from urllib.parse import parse_qs

# Larger objects than this, in bytes, are kept in files.
os.environ["MOTO_S3_DEFAULT_KEY_BUFFER_SIZE"] = "4096"
os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"

from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")
DAMAGE = "/_damage"
DAMAGED_BYTES = 64


class Store:
    """moto, with writes under a condition one at a time, and a way to damage an object."""

    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == DAMAGE:
            return damage(environ, start_response)
        if environ["REQUEST_METHOD"] in ("PUT", "POST") and any(name in environ for name in CONDITIONS):
            with self.lock:
                return list(self.moto(environ, start_response))
        return self.moto(environ, start_response)


def damage(environ, start_response):
    """Turns bytes in the middle of an object around; its size, time and ETag stay."""
    query = parse_qs(environ["QUERY_STRING"])
    bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(query["bucket"][0])
    key = bucket and bucket.keys.get(query["key"][0])
    if not hasattr(key, "value"):
        start_response("404 Not Found", [])
        return []
    content = bytearray(key.value)
    start = max(0, len(content) // 2 - DAMAGED_BYTES // 2)
    for position in range(start, min(start + DAMAGED_BYTES, len(content))):
        content[position] ^= 0xFF
    key.etag  # it is computed when it is asked for, and then kept
    key.value = bytes(content)
    start_response("204 No Content", [])
    return []


class Handler(WSGIRequestHandler):
    def log_request(self, *_):
        pass


# Each object is an open file.
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
run_simple(sys.argv[1], int(sys.argv[2]), Store(), threaded=True, request_handler=Handler)
