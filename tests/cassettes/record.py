"""Record all cassettes again: ``python -m tests.cassettes.record`` (cassettes/README.md)."""

from __future__ import annotations

import argparse
import os
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flarite_nl import keys
from flarite_nl.model.values import moment_text
from flarite_nl.sandbox import Sandbox, serve
from tests.cassettes.scenarios import TEMPLATES, Names, carry_out, prompt
from tests.cassettes.tape import CASSETTES, tape
from tests.conftest import NOW

SANDBOX_KEY = "sk_test_recording"


def from_sandbox(name: str, library: Path) -> Path:
    """Record one cassette from a fresh sandbox over HTTP."""
    text = prompt(name, Names())
    with Sandbox(seed=0, now=NOW) as sandbox, serve(sandbox) as server:
        return _record(name, text, NOW, library, source="flarite-nl sandbox, seed 0", base=server.url, key=SANDBOX_KEY)


def from_stripe(name: str, library: Path, names: Names, key: keys.Key) -> Path:
    """Record one cassette from Stripe's test mode; this writes to the test account."""
    now = datetime.now(UTC).replace(microsecond=0)
    text = prompt(name, names)
    return _record(name, text, now, library, source="Stripe test mode", base=None, key=key.secret)


def _record(name: str, text: str, now: datetime, library: Path, *, source: str, base: str | None, key: str) -> Path:
    """Only a recording that went well takes the place of the one before."""
    with TemporaryDirectory() as room:
        with tape("all", Path(room)).use_cassette(f"{name}.yaml") as cassette:
            cassette.get_metadata("recorded", {"from": source, "now": moment_text(now), "prompt": text})
            outcome = carry_out(text, now, base, key)
        if outcome.error:
            raise SystemExit(f"{name}: {outcome.error.message}")
        return Path(shutil.move(Path(room, f"{name}.yaml"), library / f"{name}.yaml"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", choices=["sandbox", "stripe"], default="sandbox")
    for option, default in asdict(Names()).items():
        parser.add_argument(f"--{option}", help=f"--from stripe: what the prompts name in place of {default}")
    given = parser.parse_args()
    if given.source == "sandbox":
        for name in TEMPLATES:
            print(from_sandbox(name, CASSETTES))
        return
    key = keys.from_environment(os.environ)
    if key is None or key.mode != "test":
        parser.error("set STRIPE_API_KEY to a key of Stripe's test mode (sk_test_… or rk_test_…)")
    if not (given.email and given.customer and given.price):
        parser.error("--from stripe needs --email, --customer and --price of the test account")
    names = Names(given.email, given.customer, given.price)
    for name in TEMPLATES:
        print(from_stripe(name, CASSETTES, names, key))


if __name__ == "__main__":
    main()
