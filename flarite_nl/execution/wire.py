"""What the readers and writers need of a gateway, so that neither knows stripe."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flarite_nl.errors import PlanError
from flarite_nl.model.outcome import Mode, Row

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

Made = TypeVar("Made")

PAGE = 100
"""The most objects that Stripe gives a page (STRIPE.md 6)."""


OTHER_PARAMS = "idempotency_error"
"""The code of an error that says: this idempotency key came with other parameters before."""


class Wire(Protocol):
    """Something that carries out calls of ``StripeClient.v1``."""

    @property
    def mode(self) -> Mode: ...

    @property
    def requests(self) -> int:
        """HTTP requests so far, repeats included."""

    @property
    def workers(self) -> int:
        """Calls that may be under way at once."""

    @property
    def replayed(self) -> bool:
        """Whether the last answer was that of an earlier request with the same idempotency key."""

    @property
    def fingerprint(self) -> str:
        """Tells keys apart without holding one: the beginning of the key's SHA-256."""

    @property
    def request_ids(self) -> list[str]:
        """Stripe's IDs of the requests answered so far, the last one last."""

    @property
    def left(self) -> int | None:
        """Requests that the caller allows without being asked; None where there is no bound."""

    def announce(self, requests: int, what: str) -> None:
        """About so many more requests are to come, for ``what`` ("Reading all charges").

        Raises:
            TooMany: where that is more than the caller allows.
        """

    def foresee(self, requests: int, what: str) -> None:
        """About so many may be to come at most; the caller is told of them only if the allowed ones are used up."""

    def call(self, call: str, params: Mapping[str, Any], *, id: str | None = None, key: str | None = None) -> Row:
        """One call, such as ``charges.list``; ``id`` is positional, ``key`` the idempotency key.

        Raises:
            ApiError: once repeats are of no use.
        """


class Observer(Protocol):
    """Someone who watches the requests of a gateway, from whichever thread they are made."""

    def asked(self) -> None:
        """A request is about to be sent."""

    def answered(self, row: Row) -> None:
        """An answer came."""

    def expect(self, requests: int) -> None:
        """About so many more requests are foreseen."""


class Shared(Protocol):
    """Connections of an event loop, kept while someone there uses them. Both are called on that loop."""

    def enter(self) -> None: ...

    async def leave(self) -> None: ...


class Caller(Protocol):
    """Whoever awaits a run on an event loop, as the run's thread sees them (``bridge.Bridge``)."""

    loop: AbstractEventLoop

    def here(self) -> None:
        """Raises Stopped once the caller went away."""

    def sleep(self, seconds: float) -> None:
        """Wait so long; Stopped as soon as the caller goes away."""

    def on_loop(self, work: Callable[[], Coroutine[Any, Any, Made]], *, cut: bool, uses: Shared | None = None) -> Made:
        """What a coroutine gives that is run on the loop; with ``cut`` it is cancelled when the caller goes away.

        Raises:
            Stopped: where it was not begun, or was cut off.
            Unreachable: where it was not to be cut off, and the event loop ended all the same.
        """


class TooMany(PlanError):
    """More requests than the caller allowed."""

    kind = "too_many_requests"


class Stopped(TooMany):
    """Whoever waited for the answer went away."""

    kind = "stopped"
