"""A frame in one plain canonical English sentence: what confirmations and explanations show.

Nothing of the frame is left out, and ``Parser.parse`` reads the sentence as the same frame again: same grammar, and
for "the previous request" the same turn before. So the sentence can be checked, edited and sent back. Its words stand
in ``grammars/sentences.yaml``. A text with a line break can be said but not read: no prompt's value holds one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flarite_nl.grammar.schema import Grammar
from flarite_nl.grammar.sentences import EMAIL, Named, Wording, spaced
from flarite_nl.model.parse import Aggregate, Filter, Intent, Parse
from flarite_nl.model.values import Moment, Money, Ref, Value, Window, plain

NUMERIC = Named("", "number")


def describe(intent: Intent, *, grammar: Grammar, tz: str = "UTC") -> str:
    """One sentence for one intent, without a full stop.

    Args:
        tz: IANA name of the zone in which moments are said, with their distance from UTC; a day is a day of the
            zone in which the prompt was read.

    >>> from flarite_nl.grammar.loader import load
    >>> from flarite_nl.model.parse import Filter, Intent
    >>> describe(Intent("charges", "refund", (Filter("id", "eq", "ch_1"),)), grammar=load())
    'Refund the charge ch_1'
    """
    return _Sentence(intent, Wording(grammar), ZoneInfo(tz)).text()


def describe_parse(parse: Parse, *, grammar: Grammar, tz: str = "UTC") -> str:
    """All that a prompt asks for, one clause a request, in the order to carry out; empty where it asks for nothing."""
    sentences = [describe(each, grammar=grammar, tz=tz) for each in parse.intents]
    joint = str(grammar.sentences["joint"])
    return joint.join(each if not at else each[:1].lower() + each[1:] for at, each in enumerate(sentences))


class _Sentence:
    """One intent on its way into words."""

    def __init__(self, intent: Intent, wording: Wording, zone: ZoneInfo) -> None:
        self.intent, self.wording, self.zone = intent, wording, zone
        self.words = wording.words
        self.resource = wording.grammar.resources.get(intent.resource)
        self.operation = self.resource.operations.get(intent.action) if self.resource else None

    def text(self) -> str:
        own = self._own_id()
        many = self.intent.action in self.words["plural"] or (self._selects() and own is None)
        noun, said = self.wording.noun(self.intent, many=many)
        if own is not None:
            noun = f"{noun} {self.string(str(own.value), NUMERIC)}"
        conditions = [self.condition(each) for each in self.intent.filters if each is not own]
        head = self._opening(noun)
        if conditions:
            head = f"{head} {self.words['conditions_joint'].join(conditions)}"
        return head + "".join(self._parts(said))

    def _selects(self) -> bool:
        """Does a write choose its targets among many?"""
        return self.intent.is_write and self.intent.action != "create"

    def _own_id(self) -> Filter | None:
        """The one object that is named by its ID right behind the noun."""
        if self.intent.action != "get" and not self._selects():
            return None
        for each in self.intent.filters:
            if each.field == "id" and each.op == "eq" and isinstance(each.value, str):
                return each if self.resource and self.wording.own_id(self.resource, each.value) else None
        return None

    def _opening(self, noun: str) -> str:
        aggregate = self.intent.aggregate
        if aggregate is None:
            return self._opening_of_action(noun)
        if aggregate.field is None and aggregate.function in self.words["bare_figures"]:
            return str(self.words["bare_figures"][aggregate.function].format(noun=noun))
        field = self._field(aggregate.field).text if aggregate.field else ""
        return str(self.words["figures"][aggregate.function].format(noun=noun, field=field))

    def _opening_of_action(self, noun: str) -> str:
        template = self.words["openings"].get(self.intent.action)
        return str(template.format(noun=noun)) if template else f"{spaced(self.intent.action).capitalize()} {noun}"

    def _parts(self, said: Mapping[str, Value]) -> Iterator[str]:
        """What stands behind the conditions."""
        intent, parts = self.intent, self.words["parts"]
        params = [
            self._param(key, value) for key, value in intent.params.items() if key not in said and value is not None
        ]
        if params:
            yield parts["params"].format(params=self.words["params_joint"].join(params))
        if intent.aggregate is not None:
            yield from self._grouping(intent.aggregate)
        if intent.sort is not None:
            key, direction = self._sorted_by(intent.sort.field), self.words["directions"][intent.sort.order]
            yield parts["sort"].format(sorted=key, direction=direction)
        if intent.limit is not None:
            yield parts["limit"].format(number=intent.limit)
        if intent.fields:
            yield parts["fields"].format(keys=self._keys(intent.fields))
        if intent.note is not None:
            yield parts["note"].format(text=self.wording.quoted(intent.note))

    def _grouping(self, aggregate: Aggregate) -> Iterator[str]:
        parts = self.words["parts"]
        if aggregate.group_by:
            yield parts["group_by"].format(keys=self._keys(aggregate.group_by))
        if aggregate.having is not None:
            named = self._field(aggregate.field) if aggregate.field else NUMERIC
            bound = self.words["bounds"][aggregate.having.op].format(value=self.value(aggregate.having.value, named))
            yield parts["having"].format(figure=self.words["figure_names"][aggregate.function], bound=bound)

    def _field(self, name: str) -> Named:
        return self.wording.field(self.intent.resource, name)

    def _keys(self, names: Sequence[str]) -> str:
        return self._listed([self.wording.key(self.intent.resource, each) for each in names], "list_and")

    def _sorted_by(self, name: str) -> str:
        figure = self.intent.aggregate and self.words["figure_names"].get(name)
        return str(figure) if figure else self.wording.key(self.intent.resource, name)

    def _param(self, name: str, value: Value) -> str:
        named = self.wording.param(self.operation, name)
        return str(self.words["param"].format(param=named.text, value=self.value(value, named)))

    # -- conditions ---------------------------------------------------------------------------------------------

    def condition(self, each: Filter) -> str:
        named = self._field(each.field)
        if each.op == "exists":
            template = self.words[_existing(named.type, present=bool(each.value))]
            return str(template.format(field=named.text))
        special: Mapping[str, str] = {}
        if isinstance(each.value, Ref) and not isinstance(each.value.position, int):
            special = self.words["among"]
        elif named.type == "boolean":
            special = self.words["flags"]
        template = special.get(each.op) or self.words["conditions"][each.op]
        return str(template.format(field=named.text, **self._slot(each, named)))

    def _slot(self, each: Filter, named: Named) -> dict[str, str]:
        if each.op in {"in", "not_in"} and isinstance(each.value, tuple):
            return {"values": self._listed([self.value(one, named) for one in each.value], "list_or")}
        key = "window" if each.op in {"during", "not_during"} else "value"
        return {key: self.value(each.value, named)}

    def _listed(self, items: Sequence[str], joints: str) -> str:
        between, last = self.words[joints]
        return last.join([between.join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)

    # -- values -------------------------------------------------------------------------------------------------

    def value(self, value: Value, named: Named) -> str:
        """A value of a field or param; what it is decides, but for a bare word or number."""
        if isinstance(value, bool):
            return str(self.words["booleans"][value])
        if isinstance(value, str):
            return self.string(value, named)
        if isinstance(value, Money):
            return self._money(value)
        if isinstance(value, int | Decimal):
            return self._number(Decimal(value), named)
        if isinstance(value, Window):
            return self._window(value)
        return self._other(value, named)

    def _other(self, value: Value, named: Named) -> str:
        if isinstance(value, date):
            return self._moment(value)
        if isinstance(value, Ref):
            return self._ref(value)
        if isinstance(value, Mapping):
            return str(self.words["described"].format(pairs=self._pairs(value)))
        if isinstance(value, tuple):
            return str(self.words["entries_joint"]).join(self._entry(each, named) for each in value)
        return ""

    def string(self, text: str, named: Named) -> str:
        """A word of the grammar in plain words, a code in capitals, an ID or email as it is; all else in quotes."""
        if named.type == "word" and text in named.values:
            return spaced(text)
        if (named.type == "currency" and _letters(text, 3) and text.islower()) or (
            named.type == "country" and _letters(text, 2) and text.isupper()
        ):
            return text.upper()
        return text if self._is_id(text) or EMAIL.fullmatch(text) else self.wording.quoted(text)

    def _is_id(self, text: str) -> bool:
        head, mark, rest = text.partition("_")
        known = any(f"{head}{mark}" in each.prefixes for each in self.wording.grammar.resources.values())
        return known and rest.isascii() and rest.isalnum()

    def _money(self, value: Money) -> str:
        if value.currency is None:
            return plain(value.amount)
        return str(self.words["money"].format(number=plain(value.amount), currency=value.currency.upper()))

    def _number(self, value: Decimal, named: Named) -> str:
        return str(self.words["percent"].format(number=plain(value))) if named.type == "percent" else plain(value)

    def _entry(self, value: Value, named: Named) -> str:
        if not isinstance(value, Mapping):
            return self.value(value, named)
        return str(self.words["entry"].format(pairs=self._pairs(value)))

    def _pairs(self, value: Mapping[str, Value]) -> str:
        types = self.words["keys"]
        texts = {key: self.value(each, Named(key, types.get(key, ""))) for key, each in value.items()}
        said = [self.words["pair"].format(key=self.wording.label(key), value=text) for key, text in texts.items()]
        return str(self.words["pairs_joint"]).join(said)

    def _ref(self, ref: Ref) -> str:
        templates, requests = self.words["refs"], self.words["requests"]
        request = requests["previous"] if ref.ref == "previous" else requests["number"].format(number=ref.ref + 1)
        if ref.position is None:
            text = templates["all"].format(request=request)
        else:
            several = isinstance(ref.position, tuple)
            numbers = [str(each) for each in (ref.position if isinstance(ref.position, tuple) else (ref.position,))]
            positions = self._listed(numbers, "list_and")
            text = templates["many" if several else "one"].format(positions=positions, request=request)
        if ref.field:
            text = templates["pointed"].format(pointer=self.wording.label(ref.field), ref=text)
        return str(text)

    def _window(self, window: Window) -> str:
        templates, start, end = self.words["windows"], window.start, window.end
        if start is None and end is None:
            return str(templates["always"])
        if start is None or end is None:
            kind = "since" if end is None else "before"
        else:
            kind = "day" if _one_day(start, end) else "both"
        said = {key: self._moment(each) for key, each in (("start", start), ("end", end)) if each is not None}
        return str(templates[kind].format(**said))

    def _moment(self, moment: Moment) -> str:
        if not isinstance(moment, datetime):
            month = self.wording.grammar.times["months"][moment.month][0].capitalize()
            return str(self.words["day"].format(day=moment.day, month=month, year=moment.year))
        local = _local(moment, self.zone)
        clock = local.strftime("%H:%M:%S" if local.second else "%H:%M")
        offset = local.utcoffset()
        zone = local.isoformat()[len(local.replace(tzinfo=None).isoformat()) :]
        template = self.words["moment_away" if offset else "moment"]
        return str(template.format(date=self._moment(local.date()), clock=clock, zone=zone))


def _existing(kind: str, *, present: bool) -> str:
    if kind == "relation":
        return "related" if present else "unrelated"
    return "present" if present else "missing"


def _letters(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isalpha()


def _one_day(start: Moment, end: Moment) -> bool:
    if isinstance(start, datetime) or isinstance(end, datetime) or start == date.max:
        return False
    return end == start + timedelta(days=1)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment in a zone; in UTC where the zone's clock would leave the calendar."""
    moment = moment.astimezone(UTC).replace(microsecond=0)
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment
