"""Between a run in its thread and the coroutine that awaits it: ``Engine.arun``.

Steps, windows and the ledger are one synchronous order, whose locks no event loop should wait for: so a run has a
thread of its own, however many there are at once. Its requests are made on the event loop, by stripe's ``*_async``
methods, while the thread waits. What a coroutine must not do is go on behind the back of whoever cancelled it.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar, cast

from flarite_nl.errors import Unreachable
from flarite_nl.execution.wire import Shared, Stopped
from flarite_nl.model.change import Confirmation

Made = TypeVar("Made")

Asked = Callable[[Confirmation], "bool | Awaitable[bool]"]

AWAY = "Whoever waited for this went away, so no further request was made."

GLANCE = 1.0
"""Seconds after which a thread looks whether the loop that it waits for still lives."""


async def awaited(run: Callable[[Bridge], Made]) -> Made:
    """What ``run`` gives, in a thread of its own that sees the context variables of this task.

    A cancellation cuts off what may be cut off (``Bridge.on_loop``), forbids any other request, and waits for what is
    left: a write under way, whose outcome the ledger is to know.
    """
    loop = asyncio.get_running_loop()
    bridge = Bridge(loop)
    hand = ThreadPoolExecutor(1, "flarite-nl")
    thread = loop.run_in_executor(hand, copy_context().run, run, bridge)
    hand.shutdown(wait=False)
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        bridge.leave()
        await asyncio.wait([thread])
        raise
    finally:
        await bridge.close()


class Bridge:
    """A run's way to the event loop. All but ``leave`` and ``close`` is called in threads, those two on the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._context = copy_context()
        self._gone = threading.Event()
        self._lock = threading.Lock()
        self._cut: set[Future[Any]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._shared: list[Shared] = []

    def here(self) -> None:
        """Raises Stopped once the caller went away."""
        if self._gone.is_set():
            raise Stopped(AWAY)

    def sleep(self, seconds: float) -> None:
        """Wait so long; Stopped as soon as the caller goes away."""
        self._gone.wait(seconds)
        self.here()

    def asking(self, confirm: Asked | None) -> Callable[[Confirmation], bool] | None:
        """What asks ``confirm``: a coroutine function on the event loop, a plain one in the thread."""
        if confirm is None:
            return None

        def ask(question: Confirmation) -> bool:
            self.here()
            answer = confirm(question)
            if not inspect.isawaitable(answer):
                return answer
            try:
                said = bool(self.on_loop(lambda: _of(answer), cut=True))
            except Stopped:
                said = False
            self.here()
            return said

        return ask

    def on_loop(self, work: Callable[[], Coroutine[Any, Any, Made]], *, cut: bool, uses: Shared | None = None) -> Made:
        """What a coroutine gives that is run on the event loop; it is not begun once the caller went away.

        Args:
            cut: whether it is cancelled when the caller goes away.
            uses: what it needs open; it stays so until the run is over.

        Raises:
            Stopped: where it was not begun, or was cut off.
            Unreachable: where it was not to be cut off, and the event loop ended all the same.
        """
        begun = self._begun(work, uses)
        try:
            future = self._context.copy().run(asyncio.run_coroutine_threadsafe, begun, self.loop)
        except RuntimeError:  # the loop is closed
            begun.close()
            raise Stopped(AWAY) from None
        if cut:
            with self._lock:
                self._cut.add(future)
            if self._gone.is_set():  # it went away before this stood among them
                future.cancel()
        try:
            made, problem = self._waited(future)
        except CancelledError:
            if inspect.getcoroutinestate(begun) == inspect.CORO_CREATED and self._dead():
                begun.close()
            if cut:
                raise Stopped(AWAY) from None
            raise Unreachable("The event loop ended before the answer came.") from None
        finally:
            with self._lock:
                self._cut.discard(future)
        if problem is not None:
            raise problem
        return cast("Made", made)

    def leave(self) -> None:
        """The caller goes away."""
        self._gone.set()
        with self._lock:
            cut = tuple(self._cut)
        for each in cut:
            each.cancel()

    async def close(self) -> None:
        """Wait for what was cut off to end, and give back what was used."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))
        while self._shared:
            await self._shared.pop().leave()

    async def _begun(
        self, work: Callable[[], Coroutine[Any, Any, Made]], uses: Shared | None
    ) -> tuple[Made | None, Exception | None]:
        """What the work gives or raises. Raised here, nobody would take it where the thread waits no longer."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            self.here()  # on the loop, where callers go away as well: nothing comes between this and the work
            if uses is not None and uses not in self._shared:
                uses.enter()
                self._shared.append(uses)
            return await work(), None
        except Exception as problem:
            return None, problem
        finally:
            self._tasks.discard(task)

    def _waited(self, future: Future[Made]) -> Made:
        """The result; CancelledError, from the moment that it is cancelled, or where it cannot come any more."""
        while True:
            try:
                return future.result(GLANCE)
            except TimeoutError:  # of this waiting: the work's own would be part of its result
                if self._dead():
                    raise CancelledError from None

    def _dead(self) -> bool:
        """Whether nothing will run on the loop any more: it is closed, or was left behind as the program ends."""
        return self.loop.is_closed() or not (self.loop.is_running() or threading.main_thread().is_alive())


async def _of(answer: Awaitable[Any]) -> Any:
    return await answer
