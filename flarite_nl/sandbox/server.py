"""The sandbox over HTTP: Werkzeug's threaded server on loopback, with connections kept alive."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from flarite_nl.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from flarite_nl.sandbox.wire import WireServer

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Server:
    """A server in a thread of its own; a context manager. It closes the sockets, not the sandbox."""

    def __init__(self, sandbox: Sandbox, host: str, port: int) -> None:
        self.sandbox = sandbox
        self.host = host
        self._server = _make(sandbox, host, port)
        self.port = int(self._server.port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, what a client takes as API base."""
        return f"http://{self.host}:{self.port}"

    def stop(self) -> None:
        """Stop taking connections; open requests are cut off."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Serve in the background; ``port`` 0 takes a free one. ValueError for a host that isn't this machine."""
    return Server(sandbox, host, port)


def run(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 12111) -> None:
    """Serve until interrupted (Ctrl-C or SIGTERM's KeyboardInterrupt). OSError where the port is taken."""
    server = _make(sandbox, host, port)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def _make(sandbox: Sandbox, host: str, port: int) -> WireServer:
    if host not in LOOPBACK:
        raise ValueError(f"the sandbox listens on loopback only, not on {host}")
    from flarite_nl.sandbox.wire import WireServer

    # Bound here: Werkzeug's own binding ends the process where the port is taken.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
        return WireServer(sandbox, host, port, listener.fileno())
