"""``docs/phrasing.md`` from the grammar: what each resource is called, asked and told."""

from __future__ import annotations

from flarite_nl.grammar.capabilities import Capabilities, capabilities
from flarite_nl.grammar.loader import load

HEAD = """# How to phrase things

*This page is made from `grammars/` by `python -m tests.docs.pages`; each prompt on it is an example of the grammar, and
a test parses it.*

Say what you want as you would to a colleague: a noun, what narrows it, how many, in which order. `flarite-nl
capabilities RESOURCE` prints the same on the command line. Words in one cell are alternatives; a `*` marks what an
order needs.
"""
SHOWN = 8


def text() -> str:
    """The page."""
    grammar = load()
    return HEAD + "".join(_section(each) for each in capabilities(grammar))


def _section(what: Capabilities) -> str:
    lines = [f"\n## {what.resource.replace('_', ' ').capitalize()}\n", f"Called {_listed(what.nouns)}.\n"]
    prompts = [*what.reads[:SHOWN], *what.orders[:SHOWN]]
    lines += ["".join(f"- {_code(prompt)}\n" for prompt in prompts)] if prompts else []
    if what.fields:
        lines.append("| asked by | said | values |\n|---|---|---|")
        lines += [
            f"| `{each.field}` ({each.type}) | {_cell(each.words)} | {_cell(each.values)} |" for each in what.fields
        ]
        lines.append("")
    if what.writes:
        lines.append("| order | verbs | with | at stake |\n|---|---|---|---|")
        lines += [
            f"| `{each.name}` | {_cell(each.verbs)} | {_cell(each.params)} | {each.risk} |" for each in what.writes
        ]
        lines.append("")
    return "\n".join(lines)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"*{word}*" for word in words)


def _cell(words: tuple[str, ...]) -> str:
    return ", ".join(words).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def _code(prompt: str) -> str:
    return f"`` {prompt} ``" if "`" in prompt else f"`{prompt}`"
