"""``flarite-nl chat``: one prompt after the other, each of which may speak of the answers before."""

from __future__ import annotations

from datetime import datetime

import click

from flarite_nl.cli.options import clock, clock_options, grammar_option, key_options


@click.command("chat")
@click.option("--max-requests", type=click.IntRange(min=1), default=200, show_default=True, help="Ask before more.")
@click.option("--dry-run", is_flag=True, help="Find what a write would change, and write nothing.")
@key_options
@grammar_option
@clock_options
@click.pass_context
def command(
    ctx: click.Context,
    max_requests: int,
    dry_run: bool,
    api_base: str | None,
    grammar: tuple[str, ...],
    now: datetime | None,
    zone: str | None,
) -> None:
    """Ask one thing after the other: "only those over $50", "and last month?", "refund the second one".

    /help lists the commands of the chat; Ctrl-C stops a call, Ctrl-D ends the chat. A write asks first, always.
    """
    from flarite_nl.cli.chatting import Chat, Setting

    at = clock(now, zone)
    setting = Setting(at.now if now else None, at.zone, api_base, grammar, max_requests, dry_run)
    with Chat(setting) as chat:
        ctx.exit(chat.run())
