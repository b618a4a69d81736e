from __future__ import annotations

import pytest

from flarite_nl import errors
from flarite_nl.cli import exits
from flarite_nl.cli.exits import Exit
from flarite_nl.execution.wire import TooMany
from flarite_nl.model.outcome import Failure, Outcome, Result
from flarite_nl.model.parse import Intent, Parse


def all_errors(root: type[errors.FlariteError]) -> list[type[errors.FlariteError]]:
    return [root, *(each for child in root.__subclasses__() for each in all_errors(child))]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.InputError, Exit.USAGE),
        (errors.KeyProblem, Exit.BAD_KEY),
        (errors.AuthenticationError, Exit.BAD_KEY),
        (errors.PermissionError_, Exit.BAD_KEY),
        (errors.PlanError, Exit.REFUSED),
        (errors.PreflightError, Exit.REFUSED),
        (errors.Ambiguous, Exit.CLARIFY),
        (errors.Declined, Exit.DECLINED),
        (errors.Unreachable, Exit.API_FAILURE),
        (errors.RateLimited, Exit.API_FAILURE),
        (errors.InvalidRequest, Exit.API_FAILURE),
        (errors.GrammarError, Exit.FAILED),
    ],
)
def test_each_error_has_its_exit_code(kind: type[errors.FlariteError], code: Exit) -> None:
    assert exits.of_error(kind("what went wrong")) is code


def test_no_error_ends_as_done() -> None:
    assert all(exits.of_error(kind("x")) is not Exit.DONE for kind in all_errors(errors.FlariteError))


def test_the_worst_of_several_prompts_decides() -> None:
    codes = [exits.of_parse(Parse("a", "ok")), exits.of_parse(Parse("b", "rejected"))]
    assert exits.worst([*codes, exits.of_parse(Parse("c", "clarify"))]) is Exit.NOT_UNDERSTOOD
    assert exits.worst(codes[:1]) is Exit.DONE


def outcome(parse: Parse, *results: Result, error: errors.FlariteError | None = None) -> Outcome:
    failure = Failure(error.kind, str(error)) if error else None
    return Outcome(parse.text, "sandbox", None, parse, results, error=failure)


OK = Parse("refund ch_1", "ok")
REFUND = Intent("charges", "refund")
WRITTEN = Result(REFUND, written=({"id": "re_1"},), kind="write")


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (outcome(OK, WRITTEN), Exit.DONE),
        (outcome(Parse("x", "clarify")), Exit.CLARIFY),
        (outcome(Parse("x", "rejected", reason="unsupported")), Exit.NOT_UNDERSTOOD),
        (outcome(OK, Result(REFUND, complete=False)), Exit.PARTIAL),
        (outcome(OK, error=errors.Declined("no")), Exit.DECLINED),
        (outcome(OK, Result(REFUND, rows=({},)), error=errors.Declined("no")), Exit.DECLINED),
        (outcome(OK, WRITTEN, error=errors.Unreachable("gone")), Exit.PARTIAL),
        (outcome(OK, error=errors.Unreachable("gone")), Exit.API_FAILURE),
        (outcome(OK, Result(REFUND, rows=({},)), error=errors.Unreachable("gone")), Exit.PARTIAL),
        (outcome(OK, error=errors.AuthenticationError("no")), Exit.BAD_KEY),
        (outcome(OK, error=TooMany("200")), Exit.REFUSED),
    ],
)
def test_an_outcome_has_its_exit_code(result: Outcome, code: Exit) -> None:
    assert exits.of_outcome(result) is code
