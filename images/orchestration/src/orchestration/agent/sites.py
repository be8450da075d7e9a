"""Approvals that are bound to a site and to typing: where text may go unasked, and what counts as typing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from orchestration.agent.actions import Action
from orchestration.agent.tool_versions import COMPUTER

TYPING = frozenset({"type", "key", "hold_key"})
DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*", re.ASCII)
# Keys that stay in the page. Any other, and any with ctrl, alt or super, may lead out of it: to the address
# bar, to another tab or window.
_PAGE_KEYS = frozenset(
    {"return", "enter", "kp_enter", "tab", "backspace", "delete", "left", "right", "up", "down"}
    | {"home", "end", "page_up", "page_down", "space", "escape"}
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site as a person names it: `example.com` (https), `*.example.com` (and every name below it),
    `http://localhost:8080`."""

    scheme: str
    host: str
    port: int
    below: bool

    @staticmethod
    def parse(text: str) -> Site:
        """Raises ValueError, naming the text and what fits."""
        problem = ValueError(
            f"{text!r} is no site: write example.com, *.example.com, or, for another scheme or port, "
            "http://localhost:8080."
        )
        scheme, separator, rest = text.strip().lower().partition("://")
        if not separator:
            scheme, rest = "https", scheme
        below = rest.startswith("*.")
        host, colon, port = rest.removeprefix("*.").partition(":")
        if scheme not in DEFAULT_PORTS or not _HOST.fullmatch(host) or (below and "." not in host):
            raise problem
        if colon and not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise problem
        return Site(scheme, host, int(port) if colon else DEFAULT_PORTS[scheme], below)

    def covers(self, origin: str) -> bool:
        """Whether an origin, as a browser spells it, is this site's."""
        try:
            parts = urlsplit(origin)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme)
        except ValueError:
            return False
        host = parts.hostname or ""
        named = host == self.host or (self.below and host.endswith(f".{self.host}"))
        return named and parts.scheme == self.scheme and port == self.port


def is_typing(action: Action) -> bool:
    """Whether it sends keys."""
    return action.tool == COMPUTER and action.verb in TYPING


def approved_by_site(action: Action, origin: str | None, sites: Iterable[str]) -> bool:
    """Whether typing is approved beforehand: it goes into a frame of one of `sites`, and cannot lead out of
    it half-way.

    Args:
        origin: the site that has the keyboard's focus, or None.
    """
    if origin is None or not any(Site.parse(site).covers(origin) for site in sites):
        return False
    text = str(action.input.get("text", ""))
    if action.verb == "type":
        # A tab moves the focus, a line break may open another page: what follows could go elsewhere.
        return "\t" not in text and not re.search(r"[\r\n].", text, re.DOTALL)
    key = text.lower().removeprefix("shift+")
    return len(key) == 1 or key in _PAGE_KEYS
