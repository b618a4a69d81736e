"""A plan in words: what each step asks of Stripe, what is filtered there and here, what it costs, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flarite_nl.model.parse import Having, Intent
from flarite_nl.model.plan import (
    Check,
    Each,
    Fetch,
    Figures,
    Join,
    Metric,
    Selection,
    Step,
    Write,
    expansions,
    holds,
)
from flarite_nl.model.values import Money, Ref, Window, moment_text, plain

PAGE = 100
"""Objects that Stripe gives for one request at most (STRIPE.md 6)."""


def describe(step: Step, number: int) -> list[str]:
    """The lines of one step."""
    least, most = step.requests
    cost = f"{least}" if most == least else f"{least} to {most}" if most is not None else f"{least} or more"
    lines = [f"{number}. {step.name}: {cost} request{'' if (least, most) == (1, 1) else 's'}"]
    selections = [step.selection] if step.selection else list(step.metric.selections) if step.metric else []
    for selection in selections:
        lines += [f"   {line}" for line in _selection(selection)]
    if step.figures:
        lines += [f"   {line}" for line in _figures(step.figures)]
    if step.metric:
        lines.append(f"   {_metric(step.metric)}")
    if step.write:
        lines += [f"   {line}" for line in _write(step.write)]
    return lines


# What is asked


def _selection(selection: Selection) -> list[str]:
    lines: list[str] = []
    for fetch in selection.fetches:
        lines += _fetch(fetch, selection)
    lines += [_lookup(join) for join in selection.joins if not join.expand]
    for check in selection.checks:
        pushed = all(_pushed(fetch, check) for fetch in selection.fetches)
        lines.append(f"{'pushed down, checked again' if pushed else 'filter here'}: {_check(check)}")
    lines += _withins(selection)
    if selection.order.place is not None:
        lines.append(f"sort by {selection.order.place.name}{' descending' if selection.order.descending else ''}")
    if selection.limit is not None:
        lines.append(f"stop at {selection.limit}")
    lines += [f"because {reason}" for reason in selection.reasons]
    return [*lines, f"search {selection.search}"] if selection.search else lines


def _withins(selection: Selection) -> list[str]:
    asked = [fetch.each.selection for fetch in selection.fetches if fetch.each]
    lines: list[str] = []
    for within in selection.withins:
        if within.selection in asked:
            continue
        word = "in" if within.inside else "not in"
        once = f", asked for each {within.bind} where these are few" if within.bind else ""
        lines.append(f"filter here: {within.place.name} {word} what this finds at {within.pick.name}{once}:")
        lines += [f"  {line}" for line in _selection(within.selection)]
    return lines


def _fetch(fetch: Fetch, selection: Selection) -> list[str]:
    if fetch.each is not None and fetch.each.embedded:
        return _embedded(fetch.each)
    expand = expansions(fetch, selection.joins)
    params = {**fetch.params, **({"expand": list(expand)} if expand else {})}
    shown = ", ".join(_params(params))
    lines = [f"call {fetch.call}({shown}): {_cost(fetch)}"] + (_each(fetch.each) if fetch.each else [])
    if fetch.empty:
        lines += ["  if that finds nothing:", *(f"    {line}" for line in _fetch(fetch.empty, selection))]
    if fetch.refused:
        lines += ["  if Stripe does not offer it:", *(f"    {line}" for line in _fetch(fetch.refused, selection))]
    return lines


def _embedded(each: Each) -> list[str]:
    at = f" at {each.pick.name}" if each.pick else ""
    inner = _selection(each.selection) if each.selection else []
    return [f"take the objects that stand expanded{at} in what this finds:", *(f"  {line}" for line in inner)]


def _params(params: Mapping[str, Any]) -> list[str]:
    """Parameters as they are sent."""
    shown: list[str] = []
    for name, value in params.items():
        if isinstance(value, Mapping):
            shown += [f"{name}[{inner}]={each}" for inner, each in value.items()]
        elif isinstance(value, (list, tuple)):
            shown += [f"{name}[]={each}" for each in value]
        else:
            shown.append(f"{name}={str(value).lower() if isinstance(value, bool) else value}")
    return shown


def _cost(fetch: Fetch) -> str:
    each = f" for each {fetch.each.param}" if fetch.each else ""
    if fetch.single:
        return f"1 request{each}"
    return f"1 request{each} and every {PAGE} objects" if each else f"1 request for every {PAGE} objects"


def _each(each: Each) -> list[str]:
    if each.selection:
        at = f" at {each.pick.name}" if each.pick else ""
        return [
            f"  {each.param}: each one of what this finds{at}:",
            *(f"    {line}" for line in _selection(each.selection)),
        ]
    if each.ref:
        return [f"  {each.param}: each one of {_value(each.ref)}"]
    if each.lookup:
        return [f"  {each.param}: the {each.lookup} found"]
    return [f"  {each.param}: each of {', '.join(map(str, each.values))}"]


def _lookup(join: Join) -> str:
    """Objects that are too deep to be expanded."""
    path = join.path.replace("[]", "").replace("[min]", "")
    if join.resource == "products":
        return f"look up each product at {path}: 1 request for every {PAGE} of them"
    return f"look up each object at {path} by {join.call}: 1 request for each"


def _pushed(fetch: Fetch, check: Check) -> bool:
    """Whether this call's parameters or query hold the filter."""
    if fetch.each is not None and fetch.each.embedded:
        return False
    repeated = {fetch.each.param: fetch.each} if fetch.each else {}
    if holds({**fetch.params, **repeated}, check):
        return True
    query = str(fetch.params.get("query", ""))
    return f"{check.place.path}" in query and check.op in ("eq", "contains", "during", "gt", "lt")


# What is judged and computed


def _check(check: Check) -> str:
    return f"{check.place.name} {check.op} {_value(check.value)}"


def _value(value: Any) -> str:
    if isinstance(value, Money):
        return f"{plain(value.amount)} {value.currency}" if value.currency else plain(value.amount)
    if isinstance(value, Window):
        start, end = moment_text(value.start), moment_text(value.end)
        return f"{start} to {end}" if start and end else f"from {start}" if start else f"before {end}"
    if isinstance(value, Ref):
        picked = f", number {value.position}" if value.position is not None else ""
        at = f", its {value.field}" if value.field else ""
        return f"result {value.ref}{picked}{at}"
    if isinstance(value, tuple):
        return ", ".join(map(_value, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _figures(figures: Figures) -> list[str]:
    text = figures.function + (f" of {figures.place.name}" if figures.place else "")
    if figures.groups:
        text += " by " + ", ".join(group.label for group in figures.groups)
    lines = [f"compute {text}{_having(figures.having)}"]
    if figures.sort:
        lines.append(f"sort the groups by {figures.sort.field}{' descending' if figures.sort.order == 'desc' else ''}")
    return [*lines, f"keep the first {figures.limit}"] if figures.limit is not None else lines


def _having(having: Having | None) -> str:
    return f" where it is {having.op} {_value(having.value)}" if having else ""


def _metric(metric: Metric) -> str:
    timeless = metric.name in ("mrr", "arr")
    return f"compute {metric.name}" + ("" if timeless else f" over {_value(metric.period)}")


def _write(write: Write) -> list[str]:
    shown = Intent(write.resource, write.action, params=write.params).to_dict().get("params", {})
    lines = []
    for name, selection in write.lookups.items():
        lines.append(f"find {name}:")
        lines += [f"  {line}" for line in _selection(selection)]
    lines += [f"only where {_check(check)}" for check in write.conditions]
    lines.append(f"ask, then write {write.call}({', '.join(f'{key}={value}' for key, value in shown.items())})")
    return lines
