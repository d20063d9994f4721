"""Notes in MySQL, through a small pool of connections that survives the database going away and coming back."""

import contextlib
import json
import queue
import ssl
import threading
import time

import pymysql

CONNECTIONS = 2  # per process: 2 processes on 100 droplets stay below the server's max_connections
POOL_SECONDS = 5  # the network may stand still for some seconds, which is no reason to turn anybody away
PROBE_SECONDS = 1
LOST = (pymysql.OperationalError, pymysql.InterfaceError)
TABLE = """
CREATE TABLE IF NOT EXISTS notes (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
  text VARCHAR(1000) CHARACTER SET utf8mb4 NOT NULL,
  droplet VARCHAR(255) NOT NULL,
  created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)
"""
NOTE = "SELECT id, text, droplet, created FROM notes"


class Unavailable(Exception):
    """The database can't be asked at the moment; the message says why."""


class Database:
    """Everything this application asks of MySQL. Each call takes a few seconds at most, or raises Unavailable.

    A probe in the background finds out when the database comes back. Until then calls are refused at once, so that they don't pile up.
    """

    def __init__(self, environment):
        self.settings = dict(
            host=environment["DATABASE_HOST"],
            port=int(environment["DATABASE_PORT"]),
            user=environment["DATABASE_USER"],
            password=environment["DATABASE_PASSWORD"],
            database=environment["DATABASE_NAME"],
            # Where the network stands still for four seconds a connection is given up in time for a new one.
            connect_timeout=3,
            read_timeout=2.5,
            write_timeout=2.5,
            autocommit=True,
            charset="utf8mb4",
            init_command="SET time_zone = '+00:00'",
            # Verified: by the authority in this file, and by its name.
            ssl=ssl.create_default_context(cafile=environment["DATABASE_CA"]),
        )
        self.problem = None
        self.pool = queue.LifoQueue()
        for _ in range(CONNECTIONS):
            self.pool.put(None)  # a place for a connection
        self.probe()
        threading.Thread(target=self.keep_probing, daemon=True).start()

    def state(self):
        """`up`, or what is wrong."""
        return self.problem or "up"

    def last_notes(self, count):
        return self.ask(lambda cursor: rows(cursor, f"{NOTE} ORDER BY id DESC LIMIT %s", count))

    def note(self, number):
        """(id, text, droplet, created), or None."""
        return next(iter(self.ask(lambda cursor: rows(cursor, f"{NOTE} WHERE id = %s", number))), None)

    def write_note(self, key, text, droplet):
        """Writes the note unless `key` has one already. Returns the id and the text of the note that has the key."""

        def write(cursor):
            cursor.execute(
                "INSERT INTO notes (idempotency_key, text, droplet) VALUES (%s, %s, %s) ON DUPLICATE KEY UPDATE id = id",
                (key, text, droplet),
            )
            return rows(cursor, "SELECT id, text FROM notes WHERE idempotency_key = %s", key)[0]

        return self.ask(write)

    def ask(self, work):
        """Runs `work(cursor)`. It may run twice, so it must be harmless to repeat."""
        if problem := self.problem:
            raise Unavailable(problem)
        return self.attempt(work)

    def attempt(self, work):
        try:
            connection = self.pool.get(timeout=POOL_SECONDS)
        except queue.Empty:
            raise Unavailable("every connection is busy") from None
        try:
            if connection:
                with contextlib.suppress(*LOST):  # it may have died while it waited: once more with a new one
                    return work(connection.cursor())
                connection = close(connection)
            connection = self.connect()
            return work(connection.cursor())
        except LOST as error:
            connection = close(connection)
            problem = reason_of(error)
            self.turn(problem)
            raise Unavailable(problem) from None
        finally:
            self.pool.put(connection)

    def connect(self):
        connection = pymysql.connect(**self.settings)
        with connection.cursor() as cursor:
            cursor.execute(TABLE)
        return connection

    def probe(self):
        """Asks the database, and so finds out when it is back."""
        try:
            self.attempt(lambda cursor: cursor.execute("SELECT 1"))
            self.turn(None)
        except Unavailable:
            pass  # the attempt has said so
        except Exception as error:  # nothing may end the probing
            self.turn(reason_of(error))

    def keep_probing(self):
        while True:
            time.sleep(PROBE_SECONDS)
            self.probe()

    def turn(self, problem):
        if problem != self.problem:
            print(json.dumps({"event": "database", "state": problem or "up"}), flush=True)
        self.problem = problem


def rows(cursor, statement, *values):
    cursor.execute(statement, values)
    return cursor.fetchall()


def close(connection):
    """Closes it if it is one; there is none afterwards."""
    with contextlib.suppress(pymysql.Error, AttributeError):
        connection.close()


def reason_of(error):
    """One line, without the error number in front."""
    return str(error.args[-1] if error.args else error).splitlines()[0] or type(error).__name__
