"""What the shop sells: products, prices, coupons, promotion codes, payment links."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox.demo.builder import Builder
from flarite_nl.sandbox.shapes import catalog
from flarite_nl.sandbox.types import Obj

PRODUCTS: list[tuple[str, str, dict[str, Any], list[tuple[str, int, str, dict[str, Any]]]]] = [
    ("prod_Starter0000000", "Starter", {"description": "Notebooks by post, for beginners"}, [
        ("price_1StarterMonthUSD", 900, "usd", {"recurring": ("month", 1), "nickname": "Starter monthly"}),
        ("price_1StarterYearUSD", 9000, "usd", {"recurring": ("year", 1), "nickname": "Starter yearly"}),
        ("price_1StarterMonthEUR", 850, "eur", {"recurring": ("month", 1)}),
    ]),
    ("prod_Pro00000000000", "Pro", {"description": "Notebooks, pens and paper", "metadata": {"tier": "2"}}, [
        ("price_XYZ", 4900, "usd", {"recurring": ("month", 1), "nickname": "Pro monthly", "lookup_key": "pro_monthly"}),
        ("price_1ProYearUSD", 49000, "usd", {"recurring": ("year", 1), "nickname": "Pro yearly"}),
        ("price_1ProMonthOld", 3900, "usd", {"recurring": ("month", 1), "active": False}),
        ("price_1ProMonthGBP", 3900, "gbp", {"recurring": ("month", 1)}),
    ]),
    ("prod_Gold0000000000", "Gold", {"description": "The Gold plan: everything, handmade"}, [
        ("price_1GoldMonthUSD", 9900, "usd", {"recurring": ("month", 1), "nickname": "Gold"}),
    ]),
    ("prod_Enterprise0000", "Enterprise", {"unit_label": "seat"}, [
        ("price_1EnterpriseQuarter", 29900, "usd", {"recurring": ("month", 3), "nickname": "Enterprise quarterly"}),
        ("price_1EnterpriseYear", 99900, "eur", {"recurring": ("year", 1)}),
    ]),
    ("prod_DailyPaper0000", "Daily Paper", {"shippable": True}, [
        ("price_1DailyUSD", 150, "usd", {"recurring": ("day", 1)}),
    ]),
    ("prod_WeeklyLetter00", "Weekly Letter", {"shippable": True}, [
        ("price_1WeeklyGBP", 500, "gbp", {"recurring": ("week", 1), "nickname": "Weekly Letter"}),
        ("price_1WeeklyJPY", 800, "jpy", {"recurring": ("week", 2)}),
    ]),
    ("prod_StickerPack000", "Sticker Pack", {"url": "https://northwind.example/stickers", "shippable": True}, [
        ("price_1StickersUSD", 1200, "usd", {"nickname": "Sticker Pack"}),
        ("price_1StickersEUR", 1100, "eur", {}),
    ]),
    ("prod_Washi000000000", "和紙テープ — Washi Tape", {}, [("price_1WashiJPY", 500, "jpy", {})]),
    ("prod_Ledger00000000", "Ledger \"No. 7\" & Friend's", {}, [("price_1LedgerKWD", 1250, "kwd", {})]),
    ("prod_Planner2019000", "Planner 2019", {"active": False}, [
        ("price_1Planner2019", 2500, "usd", {"active": False}),
    ]),
    ("prod_Unpriced000000", "Calligraphy Course", {"description": None}, []),
]  # fmt: skip

COUPONS: list[tuple[str, float, dict[str, Any]]] = [
    ("SPRING25", 40, {"percent_off": 25, "duration": "repeating", "duration_in_months": 3, "name": "Spring sale"}),
    ("WELCOME10", 300, {"percent_off": 10, "name": "Welcome", "times_redeemed": 31}),
    ("FOREVER5", 200, {"percent_off": 5, "duration": "forever", "name": "Friends of the house"}),
    ("FIVEOFF", 90, {"amount_off": 500, "currency": "usd", "name": "$5 off"}),
    ("YEN500", 80, {"amount_off": 500, "currency": "jpy", "name": "五百円引き"}),
    ("WINTER24", 500, {"percent_off": 30, "redeem_by": -400, "valid": False, "name": "Winter 2024"}),
    ("LAUNCH50", 600, {"percent_off": 50, "max_redemptions": 5, "times_redeemed": 5, "valid": False, "name": "Launch"}),
    ("SUMMER12", 10, {"percent_off": 12.5, "redeem_by": 60, "max_redemptions": 100, "name": "Summer"}),
]
"""ID, age in days, fields; ``redeem_by`` in days from now."""

CODES: list[tuple[str, str, dict[str, Any]]] = [
    ("SPRING", "SPRING25", {}),
    ("WELCOME", "WELCOME10", {"times_redeemed": 12, "max_redemptions": 100}),
    ("VIPJENNY", "FOREVER5", {"customer": "cus_JennyRosen0001"}),
    ("FIVER", "FIVEOFF", {"expires_at": 30}),
    ("OLDWINTER", "WINTER24", {"active": False, "expires_at": -400}),
    ("LAUNCHDAY", "LAUNCH50", {"active": False, "max_redemptions": 5, "times_redeemed": 5}),
]

LINKS: list[tuple[list[tuple[str, int]], dict[str, Any]]] = [
    ([("price_1StickersUSD", 1)], {}),
    ([("price_1GoldMonthUSD", 1)], {"metadata": {"campaign": "spring"}}),
    ([("price_1WashiJPY", 3)], {"allow_promotion_codes": True}),
    ([("price_1Planner2019", 1)], {"active": False, "inactive_message": "Sold out"}),
]


def build(builder: Builder) -> dict[str, Obj]:
    """Makes all of it; returns the prices by ID."""
    prices: dict[str, Obj] = {}
    for at, (id, name, fields, sold) in enumerate(PRODUCTS):
        born = builder.ago(800 - 40 * at)
        default = next((price for price, _, _, more in sold if more.get("active", True)), None)
        builder.keep(catalog.product(id, born, name, **{"default_price": default, **fields}))
        for price, amount, currency, more in sold:
            recurring = catalog.recurring(*more["recurring"]) if "recurring" in more else None
            made = catalog.price(price, born + 60, id, amount, currency, **{**more, "recurring": recurring})
            prices[price] = builder.keep(made)
    _coupons(builder)
    _links(builder, prices)
    return prices


def _coupons(builder: Builder) -> None:
    for id, age, fields in COUPONS:
        if "redeem_by" in fields:
            fields = {**fields, "redeem_by": builder.ago(-fields["redeem_by"])}
        builder.keep(catalog.coupon(id, builder.ago(age), **fields))
    for at, (code, coupon, fields) in enumerate(CODES):
        if "expires_at" in fields:
            fields = {**fields, "expires_at": builder.ago(-fields["expires_at"])}
        builder.keep(catalog.promotion_code(builder.id("promo_1"), builder.ago(39 - at), code, coupon, **fields))


def _links(builder: Builder, prices: dict[str, Obj]) -> None:
    names = {id: name for id, name, _, _ in PRODUCTS}
    for wanted, fields in LINKS:
        items = [
            catalog.line_item(builder.id("li_1"), prices[id], count, names[prices[id]["product"]])
            for id, count in wanted
        ]
        price = prices[wanted[0][0]]
        link = catalog.payment_link(
            builder.id("plink_1"), price["currency"], recurring=bool(price["recurring"]), **fields
        )
        builder.world.store.include(link["id"], "line_items", items)
        builder.keep(link)
