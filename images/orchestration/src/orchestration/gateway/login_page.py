"""The login page: plain HTML without scripts, so that it works before anything is trusted."""

from __future__ import annotations

import html

STYLE = """
:root{color-scheme:light
dark;--ink:#1b2430;--paper:#f6f7f9;--card:#fff;--line:#d5dae1;--accent:#0b6e6e;--bad:#a4262c}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf1;--paper:#14181d;--card:#1d232b;--line:#36404c;--accent:#3fb8af;
--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);
color:var(--ink);font:16px/1.5
system-ui,sans-serif}main{width:min(24rem,92vw);background:var(--card);padding:2rem; border:1px solid
var(--line);border-radius:12px}h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:.25rem 0 1rem}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}input{width:100%;padding:.6rem;border:1px solid
var(--line);
border-radius:8px;background:var(--paper);color:inherit;font:inherit}button{width:100%;margin-top:1.25rem;
padding:.7rem;border:0;border-radius:8px;background:var(--accent);color:#fff;font:inherit;font-weight:600;
cursor:pointer}.bad{color:var(--bad);font-weight:600}small{display:block;margin-top:1rem;opacity:.8}
"""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def login_page(message: str = "", idle_minutes: int = 60) -> str:
    """The page, with a message above the form if there is one."""
    notice = f'<p class="bad" role="alert">{html.escape(message)}</p>' if message else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Computer Use Sandbox</title><style>{STYLE}</style></head>
<body><main><h1>Computer Use Sandbox</h1><p>Sign in to the agent's console.</p>{notice}
<form method="post" action="/login" autocomplete="on">
<label for="username">User name</label>
<input id="username" name="username" autocomplete="username" required autofocus maxlength="200">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button></form>
<small>You are signed out after {idle_minutes} minutes without activity. Every sign-in is recorded.</small>
</main></body></html>"""
