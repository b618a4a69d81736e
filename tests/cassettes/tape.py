"""What a cassette keeps: an allow-list of headers in both directions, and one fixed address for the sandbox."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import vcr

CASSETTES = Path(__file__).parents[2] / "cassettes"

# The sandbox gets any free port; on tape it always stands at its default one.
SANDBOX_BASE = "http://127.0.0.1:12111"

REQUEST_HEADERS = frozenset({"content-type", "stripe-version"})
RESPONSE_HEADERS = frozenset({"content-type", "request-id", "retry-after", "stripe-should-retry", "stripe-version"})

KEY_LIKE = re.compile(r"\b(?:sk|rk|pk)_(?:test|live)_\w*|\bwhsec_\w*|\bBearer\b|\bBasic [A-Za-z0-9+/=]{8,}")


def tape(mode: Literal["none", "all"], library: Path = CASSETTES) -> Any:
    """A VCR that replays (``none``: a request that is not on tape fails) or records (``all``)."""
    return vcr.VCR(
        cassette_library_dir=str(library),
        record_mode=mode,
        match_on=["method", "uri", "body"],
        before_record_request=_keep_of_request,
        before_record_response=_keep_of_response,
        decode_compressed_response=True,
    )


def _keep_of_request(request: Any) -> Any:
    # Stripe's own address stays as it is; one of this machine becomes the sandbox's default.
    request.uri = re.sub(r"^http://(?:127\.0\.0\.1|localhost):\d+", SANDBOX_BASE, request.uri)
    request.headers = {name: value for name, value in request.headers.items() if name.lower() in REQUEST_HEADERS}
    return request


def _keep_of_response(response: Any) -> Any:
    headers = {name: value for name, value in response["headers"].items() if name.lower() in RESPONSE_HEADERS}
    return {**response, "headers": headers}


def complaints(interaction: dict[str, Any], text: str) -> list[str]:
    """What must not be on tape and is: a header outside the lists, or anything that looks like a key."""
    found = [f"looks like a key: {match[0]}" for match in KEY_LIKE.finditer(text)]
    for side, allowed in (("request", REQUEST_HEADERS), ("response", RESPONSE_HEADERS)):
        found += [f"{side} header {name}" for name in interaction[side]["headers"] if name.lower() not in allowed]
    return found
