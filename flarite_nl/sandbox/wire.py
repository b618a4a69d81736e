"""The HTTP side of the server. Imported only when one is started: Werkzeug takes its time."""

from __future__ import annotations

import socket
import struct
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from flarite_nl.sandbox.faults import Drip, Hang, Reset
from flarite_nl.sandbox.sandbox import Sandbox

DRIP = 0.05
"""Seconds between the bytes of a ``drip``."""


class Handler(WSGIRequestHandler):
    """Werkzeug's handler closes after each answer and sends headers and body apart; a client pays for both."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: WireServer

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        with suppress(OSError):  # a client that hung up takes no last bytes
            super().finish()

    def run_wsgi(self) -> None:
        if self.headers.get("Transfer-Encoding") or not self.headers.get("Content-Length", "0").isdigit():
            self.send_error(411)
            return
        answer: list[Any] = []

        def start_response(*said: Any) -> Any:
            answer.extend(said)

        try:
            parts = self.server.sandbox.wsgi(self.make_environ(), start_response)
            body = b"".join(parts) if isinstance(parts, list) else None
        except Reset:
            self._reset()
        except Drip as fault:
            self._drip(fault)
        except Hang as fault:
            self.server.sandbox.app.stopping.wait(fault.seconds)
            self.close_connection = True
        except Exception:
            # A bug of the sandbox: told on its own terminal, and no client left waiting.
            traceback.print_exc()
            self.send_error(500)
        else:
            if body is None:
                self._stream(answer[0], answer[1], parts)
            else:
                self._write(answer[0], answer[1], body)

    def _write(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self._begin(status, headers)
        if any(name == "Content-Length" and int(value) > len(body) for name, value in headers):
            self.close_connection = True
        self.wfile.write(body)
        self.wfile.flush()

    def _stream(self, status: str, headers: list[tuple[str, str]], parts: Iterable[bytes]) -> None:
        """A body in chunks. One that breaks off has no last chunk, so that no client takes it for whole."""
        self._begin(status, [*headers, ("Transfer-Encoding", "chunked")])
        try:
            for part in parts:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        except Exception as problem:
            self.close_connection = True
            if not isinstance(problem, OSError):
                traceback.print_exc()
        with suppress(OSError):
            self.wfile.flush()

    def _begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        code, reason = status.split(" ", 1)
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _drip(self, fault: Drip) -> None:
        self.close_connection = True
        begun = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        end = time.monotonic() + fault.seconds
        with suppress(OSError):
            self.wfile.write(begun + (b"Content-Length: 1000000\r\n\r\n" if fault.body else b"X-Drip: "))
            while time.monotonic() < end and not self.server.sandbox.app.stopping.wait(DRIP):
                self.wfile.write(b" ")
                self.wfile.flush()

    def _reset(self) -> None:
        # Lingering for no time at all makes the kernel send RST instead of FIN.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent: ``/_control/requests`` is the log."""


class WireServer(ThreadedWSGIServer):
    """Listens on a socket that is bound already; ``open`` holds the connections that clients keep."""

    def __init__(self, sandbox: Sandbox, host: str, port: int, fd: int) -> None:
        self.sandbox = sandbox
        self.open: set[socket.socket] = set()
        super().__init__(host, port, sandbox.wsgi, handler=Handler, fd=fd)

    def hang_up(self) -> None:
        """A client that keeps its connection would keep its thread waiting."""
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
