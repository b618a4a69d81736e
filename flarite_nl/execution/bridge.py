"""A run in a thread, awaited: ``Engine.arun``.

Reading is generators and threads, and a write is an order of steps with a ledger between them: synchronous by
construction. stripe's ``*_async`` methods would do each single call on the event loop while the same thread waited for
it, so they would free nothing. The thread is the honest way; what a coroutine must not do is go on behind the back of
whoever cancelled it.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any, TypeVar

from flarite_nl.execution.wire import Stopped
from flarite_nl.model.change import Confirmation

Made = TypeVar("Made")

Asked = Callable[[Confirmation], "bool | Awaitable[bool]"]


async def in_thread(
    run: Callable[[Callable[[], None], Callable[[Confirmation], bool] | None], Made], confirm: Asked | None
) -> Made:
    """What ``run`` gives; it is handed what to call before each request, and what answers a question.

    A cancellation lets the request under way end, forbids the next one, and waits for that. A coroutine function is
    asked on the event loop, a plain one in the thread.
    """
    loop = asyncio.get_running_loop()
    gone = threading.Event()
    asked: list[Future[bool]] = []

    def stop() -> None:
        if gone.is_set():
            raise Stopped("Whoever waited for this went away, so no further request was made.")

    def ask(question: Confirmation) -> bool:
        stop()
        if confirm is None:
            return False
        answer = confirm(question)
        if not inspect.isawaitable(answer):
            return answer
        asked.append(asyncio.run_coroutine_threadsafe(_of(answer), loop))
        if gone.is_set():  # it went away before this stood in the list
            asked[-1].cancel()
        try:
            said = asked[-1].result()
        except CancelledError:
            said = False
        stop()
        return said

    thread = loop.run_in_executor(None, partial(run, stop, ask if confirm is not None else None))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        gone.set()
        for each in asked:
            each.cancel()
        await asyncio.wait([thread])
        raise


async def _of(answer: Awaitable[Any]) -> bool:
    return bool(await answer)
