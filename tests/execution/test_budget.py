"""Requests are counted down; before more are made a person is asked, once, with the cost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from flarite_nl.execution.budget import Budget
from flarite_nl.execution.wire import TooMany


class Person:
    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, sentence: str) -> bool:
        self.asked.append(sentence)
        return self.answers.pop(0)


def spend(budget: Budget, count: int) -> None:
    for _ in range(count):
        budget.spend()


def test_no_more_are_made_than_allowed() -> None:
    budget = Budget(3, None)
    spend(budget, 3)
    assert budget.left == 0
    with pytest.raises(TooMany, match=r"3 requests are used up\. The most allowed is 3; --max-requests"):
        budget.spend()


def test_a_yes_grants_as_many_again() -> None:
    person = Person(True, False)
    budget = Budget(3, person)
    spend(budget, 6)
    with pytest.raises(TooMany):
        budget.spend()
    assert person.asked == ["3 requests are used up.", "6 requests are used up."]


def test_a_scan_is_asked_about_before_it_is_made_and_once() -> None:
    person = Person(True)
    budget = Budget(10, person)
    spend(budget, 4)
    budget.announce(1000, "Reading all charges")
    assert person.asked == ["Reading all charges takes about 1,000 more requests."]
    spend(budget, 1200)


def test_what_fits_is_not_asked_about() -> None:
    budget = Budget(10, Person())
    budget.announce(10, "Reading all charges")
    spend(budget, 10)


def test_what_was_foretold_is_said_when_all_are_used_up() -> None:
    budget = Budget(10, None)
    budget.foresee(50, "Reading all charges")
    spend(budget, 10)
    with pytest.raises(TooMany, match=r"10 requests are used up\. Reading all charges takes about 40 more\."):
        budget.spend()

    short = Budget(10, None)
    short.announce(5, "Reading all charges")
    spend(short, 10)
    with pytest.raises(TooMany, match="takes more than was foretold"):
        short.spend()


def test_a_no_holds_for_every_thread() -> None:
    person = Person(False)
    budget = Budget(5, person)

    def work(number: int) -> bool:
        try:
            budget.spend()
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(40))) == 5
    assert len(person.asked) == 1
