"""The sentences that ``grammar/describe.py`` says, read back word for word.

A prompt that is one of these sentences from its first word to its last means just that frame; whatever the vocabulary
comes to contain cannot change it. Any other prompt is none, and the general rules read it. A sentence is held to what
those rules hold an order to: a write has its target and what it needs, its figures are in range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from flarite_nl.grammar.lexicon import Lexicon
from flarite_nl.grammar.schema import Operation, Resource
from flarite_nl.grammar.sentences import Named, steps, values_of
from flarite_nl.model.parse import Aggregate, Evidence, Filter, Having, Intent, Sort, Span
from flarite_nl.model.values import Ref, Value
from flarite_nl.parsing.fitting import complete, fits, settable
from flarite_nl.parsing.literals import Bound, Literals, Templates
from flarite_nl.parsing.spans import Spans

OWN = "sentence of one"
"""The rule that took an ID right behind its noun."""


class Said(NamedTuple):
    """A noun as a sentence has it: its words, the params that it says, and whether it is the plural."""

    words: tuple[str, ...]
    params: Mapping[str, Value]
    many: bool


class Exact:
    """Reads canonical sentences; holds what is the same for all prompts.

    Args:
        lexicon: the grammar as the parser has it.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.grammar = lexicon.grammar
        self.templates = Templates(lexicon)
        words = self.templates.words
        figures = [
            ("aggregate", name, text) for key in ("figures", "bare_figures") for name, text in words[key].items()
        ]
        self.openings = [*figures, *((action, "", text) for action, text in words["openings"].items())]
        self.first: dict[str, list[tuple[str, str, str]]] = {}
        for opening in self.openings:
            self.first.setdefault(self.templates.pieces(opening[2])[0][0], []).append(opening)
        self.nouns: dict[str, list[Said]] = {}
        self.led: dict[str, dict[str, Resource]] = {}
        for said, resource in sorted(self._nouns(), key=lambda each: -len(each[0].words)):
            self.nouns.setdefault(resource.name, []).append(said)
            self.led.setdefault(said.words[0], {})[resource.name] = resource
        self.conditions = list(_conditions(words))

    def _nouns(self) -> Iterator[tuple[Said, Resource]]:
        for resource in self.grammar.resources.values():
            for noun in self.templates.wording.nouns(resource):
                for text, many in ((noun.one[0], False), ((noun.many or noun.one)[0], True)):
                    yield Said(self.templates.phrase(text), noun.params, many), resource

    def read(self, spans: Spans, previous: Intent | None) -> tuple[Intent, ...] | None:
        """The intents of a canonical sentence, or None where the prompt is not one.

        Args:
            previous: the last intent of the turn before, for "the previous request".
        """
        words = spans.words
        openings = self.first.get(words[0]) if words else None
        if openings is None or not any(self._begins(words, each[2]) for each in openings):
            return None
        return _Sentence(spans, self, previous.resource if previous else None).requests()

    def _begins(self, words: list[str], template: str) -> bool:
        """Do the first words of a template stand at the start of a prompt?"""
        opening = self.templates.pieces(template)[0]
        return tuple(words[: len(opening)]) == opening


def _conditions(words: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(op, template, the type of field that it is for, or ``results`` of an earlier request)"""
    yield from (("present", words["related"], "relation"), ("missing", words["unrelated"], "relation"))
    yield from ((op, template, "boolean") for op, template in words["flags"].items())
    yield from (("present", words["present"], ""), ("missing", words["missing"], ""))
    yield from ((op, template, "results") for op, template in words["among"].items())
    yield from ((op, template, "") for op, template in words["conditions"].items())


class _Sentence:
    """One prompt on its way into intents."""

    def __init__(self, spans: Spans, exact: Exact, previous: str | None) -> None:
        self.spans, self.exact, self.grammar = spans, exact, exact.grammar
        self.raw, self.phrase = exact.templates.words, exact.templates.phrase
        self.label = exact.templates.wording.label
        self.literals = Literals(spans, exact.templates, previous)
        self.literals.slots |= {
            "noun": self._noun, "field": self._field, "owner": self._owner, "grain": self._grain, "keys": self._keys,
            "params": self._params, "param": self._param, "figure": self._figure, "bound": self._bound,
            "sorted": self._sorted, "direction": self._direction,
        }  # fmt: skip
        self.resource: Resource | None = None
        self.operation: Operation | None = None
        self.evidence: list[Evidence] = []
        self.n = len(spans.tokens)
        while self.n and spans.tokens[self.n - 1].lower == ".":
            self.n -= 1

    def requests(self) -> tuple[Intent, ...] | None:
        """All requests of the prompt, or None where one of them is not a canonical sentence."""
        intents: list[Intent] = []
        at = 0
        while True:
            found = next((each for each in self._request(at) if each[1] == self.n or self._joined(each[1])), None)
            if found is None:
                return None
            intents.append(found[0])
            self.literals.earlier.append(found[0].resource)
            if found[1] == self.n:
                return tuple(intents)
            at = self._joined(found[1])

    def _joined(self, at: int) -> int:
        return self.literals.after(self.phrase(self.raw["joint"]), at)

    def _request(self, at: int) -> Iterator[tuple[Intent, int]]:
        for action, function, template in self.exact.first.get(self.literals.low[at], ()) if at < self.n else ():
            if not self.literals.begins(template, at):
                continue
            for resource in self._resources(template, at):
                self.operation = resource.operations.get("list" if function else action)
                self.resource = resource
                if self.operation is None:
                    continue
                for bound, end in self.literals.match(template, at, {}):
                    self.evidence = [self._evidence(at, end, f"sentence {resource.name}.{action}")]
                    aggregate = (
                        Aggregate(function, bound["field"].text if "field" in bound else None) if function else None
                    )
                    intent, stop = self._rest(end, action, aggregate, bound["noun"])
                    if complete(intent, resource) and bound["noun"].many == self._many(intent):
                        yield intent, stop

    def _many(self, intent: Intent) -> bool:
        """Does the noun of a request stand in the plural: is no single object named?"""
        named = any(each.rule == OWN for each in intent.evidence) or intent.action in {"get", "create"}
        return intent.action in self.raw["plural"] or not named

    def _resources(self, template: str, at: int) -> Iterable[Resource]:
        """The resources that a request can be about: those whose noun may stand where the template has it."""
        words, slot, *_ = self.exact.templates.pieces(template)
        if slot != "noun":
            return self.grammar.resources.values()
        behind = at + len(words)
        return self.exact.led.get(self.literals.low[behind], {}).values() if behind < self.n else ()

    def _evidence(self, first: int, end: int, rule: str) -> Evidence:
        start, stop = self.spans.tokens[first].start, self.spans.tokens[end - 1].end
        return Evidence(Span(start, stop, self.spans.text[start:stop]), rule)

    # -- the parts of a request ---------------------------------------------------------------------------------

    def _rest(self, at: int, action: str, aggregate: Aggregate | None, noun: Said) -> tuple[Intent, int]:
        """What stands behind the noun: an ID, the conditions, then the other parts in their order."""
        filters: list[Filter] = []
        own = self.literals.value(at, Named("", "id")) if action not in {"list", "aggregate", "create"} else None
        if own is not None and isinstance(own[0], str) and self._of_kind(own[0]):
            filters.append(Filter("id", "eq", own[0]))
            self.evidence.append(self._evidence(at, own[1], OWN))
            at = own[1]
        conditions, at = self.literals.several(at, [self.raw["conditions_joint"]], self._condition)
        parts, at = self._parts(at, aggregate)
        if aggregate is not None:
            having = Having(*parts["bound"]) if "bound" in parts else None
            aggregate = Aggregate(aggregate.function, aggregate.field, parts.get("group_by", ()), having)
        intent = Intent(
            resource=self.resource.name if self.resource else "",
            action=action,
            filters=(*filters, *conditions),
            sort=Sort(parts["sorted"], parts["direction"]) if "sorted" in parts else None,
            limit=parts.get("number"),
            aggregate=aggregate,
            params={**noun.params, **parts.get("params", {})},
            fields=parts.get("fields", ()),
            note=parts.get("text"),
            evidence=tuple(self.evidence),
        )
        return intent, at

    def _of_kind(self, text: str) -> bool:
        """Is this an ID of the resource itself? "the subscription cus_1" names no subscription."""
        return self.resource is not None and self.exact.templates.wording.own_id(self.resource, text)

    def _parts(self, at: int, aggregate: Aggregate | None) -> tuple[Bound, int]:
        """What the slots of the parts hold, by slot; two lists of keys by their part."""
        parts: Bound = {}
        for name, template in self.raw["parts"].items():
            if name in {"group_by", "having"} and aggregate is None:
                continue
            found = next(self.literals.match(template, at, {"aggregate": aggregate}), None)
            if found is not None:
                self.evidence.append(self._evidence(at, found[1], f"sentence {name}"))
                parts |= {name if slot == "keys" else slot: each for slot, each in found[0].items()}
                at = found[1]
        return parts, at

    def _noun(self, at: int, bound: Bound) -> Iterator[tuple[Said, int]]:
        """The noun of the resource at hand."""
        for said in self.exact.nouns.get(self.resource.name, ()) if self.resource else ():
            end = self.literals.after(said.words, at)
            if end:
                yield said, end

    def _params(self, at: int, bound: Bound) -> Iterator[tuple[dict[str, Value], int]]:
        pairs, end = self.literals.several(at, [self.raw["params_joint"]], self._one_param)
        if pairs and len({name for name, _ in pairs}) == len(pairs):
            yield dict(pairs), end

    def _one_param(self, at: int) -> tuple[tuple[str, Value], int] | None:
        for found, end in self.literals.match(self.raw["param"], at, {}):
            if settable(found["param"], found["value"]):
                return (found["param"].text, found["value"]), end
        return None

    def _param(self, at: int, bound: Bound) -> Iterator[tuple[Named, int]]:
        params = self.operation.params if self.operation else {}
        for each in params.values():
            if each.type == "metadata":
                yield from self._keyed(at, each.name)
        for name, end in self.literals.one({name: self.label(name) for name in params}, at):
            yield Named(name, params[name].type, tuple(params[name].values)), end

    def _figure(self, at: int, bound: Bound) -> Iterator[tuple[str, int]]:
        """What the figure at hand is called."""
        names = self.raw["figure_names"] if bound.get("aggregate") else {}
        for name, end in self.literals.one(names, at):
            if name == bound["aggregate"].function:
                yield name, end

    def _bound(self, at: int, bound: Bound) -> Iterator[tuple[tuple[str, Value], int]]:
        """What a figure is compared with: (op, value)."""
        name = bound["aggregate"].field
        named = self.exact.templates.wording.field(self.resource.name, name) if name and self.resource else None
        named = named or Named("", "number")
        for op, template in self.raw["bounds"].items():
            for found, end in self.literals.match(template, at, {"field": named}):
                if fits(named.type, op, found["value"]):
                    yield (op, found["value"]), end

    def _sorted(self, at: int, bound: Bound) -> Iterator[tuple[str, int]]:
        yield from self._figure(at, bound)
        yield from self._key(at)

    def _direction(self, at: int, bound: Bound) -> Iterator[tuple[Literal["asc", "desc"], int]]:
        for key, end in self.literals.one(self.raw["directions"], at):
            yield ("asc" if key == "asc" else "desc"), end

    # -- conditions and fields ----------------------------------------------------------------------------------

    def _condition(self, at: int) -> tuple[Filter, int] | None:
        for op, template, kind in self.exact.conditions:
            for bound, end in self.literals.match(template, at, {"kind": kind}):
                value = next((bound[key] for key in ("value", "values", "window") if key in bound), op == "present")
                held = "exists" if op in {"present", "missing"} else op
                if isinstance(value, tuple):
                    value = tuple(sorted(value, key=repr))
                results = isinstance(value, Ref) and not isinstance(value.position, int)
                if results == (kind == "results") and fits(bound["field"].type, held, value):
                    self.evidence.append(self._evidence(at, end, f"sentence {bound['field'].text}"))
                    return Filter(bound["field"].text, held, value), end
        return None

    def _field(self, at: int, bound: Bound) -> Iterator[tuple[Named, int]]:
        """A field by its path, of the owner before it or of the resource at hand; its ``text`` is Stripe's name."""
        resource = self.grammar.resources[bound["owner"][1]] if "owner" in bound else self.resource
        for named, end in self._path(at, resource) if resource else ():
            if bound.get("kind", "") in {"", "results", named.type}:
                yield named, end

    def _path(self, at: int, resource: Resource) -> Iterator[tuple[Named, int]]:
        for template in ("owned", "owned_many"):
            within = {"within": resource, "template": template}
            for found, end in self.literals.match(self.raw[template], at, within):
                inner = found["field"]
                yield Named(f"{found['owner'][0]}.{inner.text}", inner.type, inner.values), end
        for each in resource.fields.values():
            if each.type == "metadata":
                yield from self._keyed(at, each.name)
        names = (*resource.fields, *resource.relations)
        for name, end in self.literals.one({name: self.label(name) for name in names}, at):
            spec = resource.fields.get(name)
            yield Named(name, spec.type if spec else "relation", values_of(spec) if spec else ()), end

    def _owner(self, at: int, bound: Bound) -> Iterator[tuple[tuple[str, str], int]]:
        """What the field behind belongs to: (the field or relation that leads there, the resource)."""
        for name, to, template in steps(bound["within"]):
            end = self.literals.after(self.phrase(self.label(name)), at) if template == bound["template"] else 0
            if end:
                yield (name, to), end

    def _keyed(self, at: int, name: str) -> Iterator[tuple[Named, int]]:
        """A key of metadata."""
        template = self.raw["keyed"].replace("{field}", self.label(name))
        for found, end in self.literals.match(template, at, {}):
            yield Named(f"{name}.{found['text']}", "text"), end

    def _keys(self, at: int, bound: Bound) -> Iterator[tuple[tuple[str, ...], int]]:
        keys, end = self.literals.several(at, self.raw["list_and"], lambda start: next(self._key(start), None))
        if keys:
            yield tuple(keys), end

    def _key(self, at: int) -> Iterator[tuple[str, int]]:
        """What is grouped by, sorted by or shown: a path, or a date with its grain."""
        for found, end in self.literals.match(self.raw["grained"], at, {}):
            if found["field"].type == "time":
                yield f"{found['field'].text}:{found['grain']}", end
        for named, end in self._path(at, self.resource) if self.resource else ():
            yield named.text, end

    def _grain(self, at: int, bound: Bound) -> Iterator[tuple[str, int]]:
        yield from self.literals.one(self.raw["grains"], at)
