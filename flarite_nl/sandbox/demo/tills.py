"""Money in every state: single payments, refunds, disputes, payment intents, payouts."""

from __future__ import annotations

from flarite_nl.sandbox.demo.builder import Builder
from flarite_nl.sandbox.shapes import money, payments
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import DAY

DISPUTES: list[tuple[str, str, float, float | None, int, str]] = [
    ("needs_response", "fraudulent", 3, 2, 12900, "usd"),
    ("needs_response", "product_not_received", 5, 5.5, 8400, "eur"),
    ("warning_needs_response", "general", 2, 6.9, 4900, "usd"),
    ("under_review", "duplicate", 9, 3, 2500, "gbp"),
    ("needs_response", "subscription_canceled", 1, 12, 9900, "usd"),
    ("needs_response", "product_unacceptable", 1, 20, 3200, "jpy"),
    ("under_review", "fraudulent", 12, None, 31250, "kwd"),
    ("warning_under_review", "general", 14, None, 1200, "usd"),
    ("needs_response", "unrecognized", 30, -3, 3900, "usd"),
    ("won", "credit_not_processed", 90, -75, 15000, "usd"),
    ("won", "duplicate", 45, -30, 2400, "eur"),
    ("lost", "fraudulent", 70, -55, 22000, "usd"),
    ("lost", "product_not_received", 120, -100, 6600, "gbp"),
    ("prevented", "fraudulent", 20, None, 7700, "usd"),
    ("warning_closed", "general", 100, -85, 1900, "usd"),
]
"""Status, reason, age in days, days until evidence is due, amount of the charge in minor units, currency."""

WHO = ("cus_JaneDoe0000001", "cus_JohnSmith00001", "cus_ConanOBrien001", "cus_Escape00000001", "cus_Emoji000000001")

FORTNIGHT = 14 * DAY


def build(builder: Builder, named: dict[str, Obj]) -> None:
    _ada(builder)
    _refunds(builder)
    for at, (status, reason, age, due, amount, currency) in enumerate(DISPUTES):
        disputed = status != "prevented"
        charge = builder.payment(
            WHO[at % len(WHO)],
            builder.ago(age + 20),
            amount,
            currency,
            disputed=disputed,
            description=f"Order {900 + at}",
        )
        due_by = None if due is None else builder.ago(-due)
        builder.dispute(charge, builder.ago(age), status=status, reason=reason, due_by=due_by)
    _intents(builder)
    _failures(builder)


def _ada(builder: Builder) -> None:
    """cus_ABC123: several payments, one of them refunded, one failed; the last can be refunded."""
    ada = "cus_ABC123"
    builder.payment(ada, builder.ago(95), 4900, "usd", description="Pro, first month")
    old = builder.payment(ada, builder.ago(64), 4900, "usd", amount_refunded=4900, refunded=True)
    builder.refund(old, builder.ago(60), 4900, reason="requested_by_customer")
    builder.payment(ada, builder.ago(33), 4900, "usd", status="failed", failure_code="insufficient_funds")
    builder.payment(ada, builder.ago(32.9), 4900, "usd", description="Pro, third month")
    builder.payment(
        ada, builder.ago(1.2), 12050, "usd", description="Fountain pen & ink", metadata={"order_id": "6735"}
    )


def _refunds(builder: Builder) -> None:
    """Every status of a refund, partial ones, several on one charge, currencies of zero and three decimals."""
    partly = builder.payment("cus_JaneDoe0000001", builder.ago(20), 10000, "usd", amount_refunded=3500)
    builder.refund(partly, builder.ago(18), 1000, reason="duplicate")
    builder.refund(partly, builder.ago(17), 2500)
    yen = builder.payment("cus_TokyoTaro00001", builder.ago(15), 5000, "jpy", amount_refunded=1500)
    builder.refund(yen, builder.ago(14), 1500, reason="requested_by_customer")
    dinar = builder.payment("cus_KuwaitKhalid01", builder.ago(12), 12500, "kwd", amount_refunded=1250)
    builder.refund(dinar, builder.ago(11), 1250)
    bad = builder.payment("cus_Lukasz00000001", builder.ago(40), 6000, "eur", amount_refunded=6000, refunded=True,
                          fraud_details={"user_report": "fraudulent"})  # fmt: skip
    builder.refund(bad, builder.ago(39), 6000, reason="fraudulent")
    waiting = builder.payment("cus_Emoji000000001", builder.ago(6), 7500, "eur", amount_refunded=7500, refunded=True)
    builder.refund(waiting, builder.ago(2), 7500, status="pending")
    action = builder.payment("cus_JohnSmith00002", builder.ago(8), 3300, "usd", amount_refunded=800)
    builder.refund(action, builder.ago(3), 800, status="requires_action")
    kept = builder.payment("cus_JohnSmith00001", builder.ago(50), 8800, "usd")
    builder.refund(kept, builder.ago(49), 8800, status="failed")
    builder.refund(kept, builder.ago(47), 500, status="canceled")


def _intents(builder: Builder) -> None:
    """Payment intents that have not become money."""
    builder.payment("cus_JaneDoe0000001", builder.ago(0.5), 45000, "usd", captured=False)
    builder.payment("cus_ConanOBrien001", builder.ago(2.5), 2000, "gbp", captured=False)
    for at, status in enumerate(("requires_payment_method", "requires_confirmation", "requires_action", "canceled")):
        age = 1.5 + at
        more: Obj = {"customer": WHO[at], "description": f"Basket {at + 1}"}
        if status in ("requires_confirmation", "requires_action"):
            more["payment_method"] = builder.cards[WHO[at]]["id"]
        if status == "requires_action":
            more["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        if status == "canceled":
            more |= {"canceled_at": builder.ago(age - 1), "cancellation_reason": "abandoned"}
        id = builder.id("pi_3")
        builder.keep(payments.payment_intent(id, builder.ago(age), 1999 + 500 * at, "usd", status, **more))


def _failures(builder: Builder) -> None:
    for at, code in enumerate(payments.FAILURES):
        builder.payment("cus_OwingOlga00001", builder.ago(4 + 9 * at), 2000 + 750 * at, "usd", status="failed",
                        failure_code=code)  # fmt: skip
    builder.payment("cus_NoEmail0000001", builder.ago(0.2), 6400, "usd", status="pending")
    builder.payment(None, builder.ago(0.1), 1500, "cad", status="pending", description="Guest checkout")
    builder.payment("cus_TokyoTaro00001", builder.ago(10), 18000, "jpy")


def pay_out(builder: Builder) -> None:
    """Every fortnight what has come free goes to the bank, per currency; then a few payouts that went astray."""
    db = builder.world.store.db
    # The last three whole fortnights stay in the account: what is disputed or refunded then doesn't overdraw it.
    last = builder.now // FORTNIGHT - 3
    rows = db.execute(
        f"SELECT currency, available_on / {FORTNIGHT} AS span, SUM(net) AS net FROM balance_transactions "
        f"WHERE available_on / {FORTNIGHT} < ? GROUP BY currency, span ORDER BY span, currency",
        (last,),
    ).fetchall()
    db.execute("CREATE TEMP TABLE spans (currency TEXT, span INTEGER, id TEXT, PRIMARY KEY (currency, span))")
    owed: dict[str, tuple[int, list[int]]] = {}
    for row in rows:
        # A fortnight that lost money waits for the next that makes up for it.
        net, spans = owed.get(row["currency"], (0, []))
        net, spans = net + row["net"], [*spans, row["span"]]
        owed[row["currency"]] = (net, spans)
        if net <= 0:
            continue
        made = (row["span"] + 1) * FORTNIGHT + 3600
        payout = _payout(builder, made, net, row["currency"], "paid", made - made % DAY + 2 * DAY)
        db.executemany("INSERT INTO spans VALUES (?, ?, ?)", [(row["currency"], span, payout["id"]) for span in spans])
        owed[row["currency"]] = (0, [])
    db.execute(
        "UPDATE balance_transactions SET payout = spans.id FROM spans WHERE spans.currency = "
        f"balance_transactions.currency AND spans.span = available_on / {FORTNIGHT}"
    )
    db.execute("DROP TABLE spans")
    _astray(builder)


def _payout(builder: Builder, at: int, amount: int, currency: str, status: str, arrival: int, **given: object) -> Obj:
    payout = money.payout(builder.id("po_1"), at, amount, currency, status=status, arrival=arrival, **given)
    entry = builder.entry(at, -amount, currency, type="payout", source=payout["id"], wait=0)
    payout["balance_transaction"] = entry["id"]
    return builder.keep(payout)


def _astray(builder: Builder) -> None:
    failed = _payout(builder, builder.ago(30), 18000, "usd", "failed", builder.ago(28), automatic=False,
                     failure_code="account_closed",
                     failure_message="The bank account has been closed.")  # fmt: skip
    back = builder.entry(builder.ago(27), 18000, "usd", type="payout_failure", source=failed["id"], wait=0)
    failed["failure_balance_transaction"] = back["id"]
    canceled = _payout(builder, builder.ago(16), 2500, "eur", "canceled", builder.ago(14), automatic=False)
    builder.entry(builder.ago(15.9), 2500, "eur", type="payout_cancel", source=canceled["id"], wait=0)
    for currency, status, ahead in (("usd", "in_transit", 1), ("gbp", "pending", 3), ("usd", "pending", 2)):
        at = builder.ago(0.3)
        arrival = at - at % DAY + ahead * DAY
        _payout(builder, at, 1500, currency, status, arrival, automatic=False, description="Extra payout")
