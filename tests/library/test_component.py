"""The spaCy component: what it says of a doc, beside others, in several processes, to disk and back."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import pytest
import spacy
from spacy import util
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from flarite_nl import InputError, Parser
from flarite_nl.component import KEY, NAME
from tests.conftest import NOW

CONFIG = {"tz": "UTC", "now": NOW.isoformat()}
PROMPTS = [
    "how many payments over €50 failed last month, by card brand",
    "Refund the last payment from customer cus_ABC123",
    "invoices of jane@acme.com due next week over $50",
    "refund the payment",
    "what's the weather in Paris",
    "",
]


@pytest.fixture
def nlp() -> Language:
    made = spacy.blank("en")
    made.add_pipe(NAME, config=CONFIG)
    return made


def found(doc: Doc) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.ents]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_doc_holds_what_the_parser_says(nlp: Language, prompt: str) -> None:
    doc = nlp(prompt)
    assert doc._.flarite == Parser(tz="UTC").parse(prompt, NOW)
    assert doc.text == prompt


def test_entities_are_the_words_that_rules_took(nlp: Language) -> None:
    doc = nlp(PROMPTS[0])
    assert found(doc) == [
        ("how many", "AGGREGATE"), ("payments", "NOUN"), ("over €50", "COMPARE"), ("failed", "VALUE"),
        ("last month", "TIME"), ("by card brand", "GROUP"),
    ]  # fmt: skip
    assert [(span.label_, span.id_) for span in doc.spans[KEY]][3] == ("VALUE", "value status")


def test_what_another_component_found_stays(nlp: Language) -> None:
    ruler = nlp.add_pipe("entity_ruler", before=NAME)
    ruler.add_patterns([{"label": "MINE", "pattern": "last month"}])  # type: ignore[attr-defined]
    doc = nlp(PROMPTS[0])
    assert ("last month", "MINE") in found(doc)
    assert ("failed", "VALUE") in found(doc)
    assert any(span.text == "last month" for span in doc.spans[KEY])


def test_entities_can_be_left_alone() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(NAME, config={**CONFIG, "ents": False})
    doc = nlp(PROMPTS[0])
    assert not doc.ents
    assert len(doc.spans[KEY]) == 6


def test_before_the_component_has_run_there_is_nothing() -> None:
    assert spacy.blank("en")("list refunds")._.flarite is None


@pytest.mark.parametrize("processes", [1, 2])
def test_pipes_say_the_same_in_one_process_and_in_two(nlp: Language, processes: int) -> None:
    alone = [nlp(prompt) for prompt in PROMPTS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python, about forking where threads run
        many = list(nlp.pipe(PROMPTS * 5, n_process=processes, batch_size=4))
    assert len(many) == 5 * len(PROMPTS)
    for got, expected in zip(many, alone * 5, strict=True):
        assert got.text == expected.text
        assert got._.flarite == expected._.flarite
        assert found(got) == found(expected)
        assert [(s.start, s.end, s.label_, s.id_) for s in got.spans[KEY]] == [
            (s.start, s.end, s.label_, s.id_) for s in expected.spans[KEY]
        ]


def test_to_disk_and_back_with_a_grammar_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.yaml").write_text("saved: {the usual: list past due subscriptions}\n")
    nlp = spacy.blank("en")
    nlp.add_pipe(NAME, config={**CONFIG, "grammar": [str(own)]})
    expected = nlp("the usual")._.flarite
    assert expected.intents[0].name == "subscriptions.list"
    nlp.to_disk(tmp_path / "model")
    (own / "mine.yaml").unlink()
    own.rmdir()  # the copy on disk is all there is
    again = spacy.load(tmp_path / "model")
    assert again("the usual")._.flarite == expected
    again.to_disk(tmp_path / "second")
    assert spacy.load(tmp_path / "second")("the usual")._.flarite == expected
    assert spacy.blank("en").from_config(again.config).pipe_names == [NAME]


def test_docs_and_pipelines_go_through_bytes_and_pickles(nlp: Language) -> None:
    doc = nlp(PROMPTS[1])
    kept = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (again,) = DocBin().from_bytes(kept).get_docs(nlp.vocab)
    assert again._.flarite == doc._.flarite
    assert pickle.loads(pickle.dumps(nlp))(PROMPTS[1])._.flarite == doc._.flarite
    other = spacy.blank("en")
    other.add_pipe(NAME, config=CONFIG)
    assert other.from_bytes(nlp.to_bytes())(PROMPTS[1])._.flarite == doc._.flarite


def test_a_text_too_long_is_left_to_the_pipelines_error_handler(nlp: Language) -> None:
    with pytest.raises(InputError, match="5,000 characters"):
        nlp("x" * 5000)
    nlp.set_error_handler(util.ignore_error)
    assert [doc.text for doc in nlp.pipe(["list refunds", "x" * 5000, "list payouts"])] == [
        "list refunds",
        "list payouts",
    ]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"now": "tomorrow"}, "is no moment"),
        ({"now": "2026-03-18T15:30"}, "no time zone"),
        ({"tz": "Mars/Olympus"}, "Mars"),
    ],
)
def test_settings_that_cannot_be_are_refused(config: dict[str, str], said: str) -> None:
    nlp = spacy.blank("en")
    with pytest.raises(InputError, match=said):
        nlp.add_pipe(NAME, config=config)
