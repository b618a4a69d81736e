"""Stripe's error envelope: status code, ``type``, ``code``, ``param`` and the wording that Stripe uses."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox.money import spoken


class StripeError(Exception):
    """An answer other than 200. ``keep`` says that what the request wrote stays (a declined card leaves its charge)."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keep: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keep = keep
        self.fields: dict[str, Any] = {"message": message, "type": type, **more}
        if code is not None:
            self.fields["code"] = code
            self.fields["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param is not None:
            self.fields["param"] = param

    def envelope(self, request_id: str) -> dict[str, Any]:
        log = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": {**self.fields, "request_log_url": log}}


def missing(label: str, id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """404 for an ID in the path, 400 for one in a parameter."""
    return StripeError(f"No such {label}: '{id}'", status=status, code="resource_missing", param=param)


def parameter_missing(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown(params: list[str]) -> StripeError:
    if len(params) == 1:
        return StripeError(f"Received unknown parameter: {params[0]}", code="parameter_unknown", param=params[0])
    return StripeError(f"Received unknown parameters: {', '.join(params)}", code="parameter_unknown", param=params[0])


def invalid_enum(param: str, allowed: list[str]) -> StripeError:
    said = ", ".join(allowed[:-1]) + (" or " if len(allowed) > 1 else "") + allowed[-1]
    return StripeError(f"Invalid {param}: must be one of {said}", param=param)


def unexpected_state(message: str, intent: dict[str, Any]) -> StripeError:
    return StripeError(message, code="payment_intent_unexpected_state", payment_intent=intent)


def too_much(left: int, asked: int, currency: str) -> StripeError:
    """A refund of more than is left (STRIPE.md 19)."""
    return StripeError(
        f"Refund amount ({spoken(asked, currency)}) is greater than unrefunded amount on charge "
        f"({spoken(left, currency)})",
        param="amount",
    )


def declined(code: str, message: str, *, decline_code: str, charge: str, payment_intent: dict[str, Any]) -> StripeError:
    """402: the bank said no; the failed charge stays."""
    return StripeError(
        message,
        status=402,
        type="card_error",
        code=code,
        decline_code=decline_code,
        charge=charge,
        payment_intent=payment_intent,
        keep=True,
    )
