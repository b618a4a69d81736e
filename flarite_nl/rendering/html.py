"""The frame of every page that we write: one file that needs nothing else and runs nothing."""

from __future__ import annotations

from html import escape


def document(title: str, style: str, body: str) -> str:
    """A whole page. ``body`` is HTML already: what stands in it was escaped by whoever made it."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
{style}</style>
</head>
<body>
{body}</body>
</html>
"""
