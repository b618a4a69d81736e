"""How far reading has come, on one line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Pages, objects and requests so far; ``seconds`` since the first request; ``expected`` requests in all, if known.

    Requests are foreseen only where a list has a known start; elsewhere nobody knows how long it is.
    """

    pages: int = 0
    objects: int = 0
    requests: int = 0
    seconds: float = 0.0
    expected: int | None = None

    @property
    def left(self) -> float | None:
        """Seconds left, as the requests so far went; None where it cannot be known."""
        if self.expected is None or not self.requests or self.expected <= self.requests:
            return None
        return self.seconds / self.requests * (self.expected - self.requests)


def progress_text(at: Progress) -> str:
    """``12 pages, 1,200 objects, 340 objects/s, about 8 s left``."""
    if not at.requests:
        return f"waiting for an answer, {at.seconds:.0f} s"
    parts = [_count(at.pages, "page"), _count(at.objects, "object")] if at.pages else [_count(at.requests, "request")]
    if at.pages and at.seconds >= 0.1:
        parts.append(f"{at.objects / at.seconds:,.0f} objects/s")
    if at.left is not None:
        parts.append(f"about {span(at.left)} left")
    return ", ".join(parts)


def span(seconds: float) -> str:
    """A length of time, no more exact than anybody needs."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 90 else f"{round(whole / 60)} min"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
