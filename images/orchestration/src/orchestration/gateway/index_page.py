"""Streamlit's own index page, with our title, our session watcher, and no inline script (the policy allows
none).
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit

TITLE = "Computer Use Sandbox"
WATCHER = """
window.prerenderReady = false;
// Leaves for the login page once the server says that the session is over. Asking is not activity.
(function watch() {
  let warned = null;
  async function look() {
    let answer;
    try { answer = await fetch("/session", {cache: "no-store", redirect: "manual"}); } catch { return; }
    if (answer.status === 401) { window.location.replace("/login?ended"); return; }
    if (!answer.ok) return;
    const left = (await answer.json()).seconds_left;
    if (left < 120 && !warned) {
      warned = document.createElement("div");
      warned.setAttribute("role", "alert");
      warned.style.cssText =
      "position:fixed;z-index:1000000;bottom:1rem;left:50%;transform:translateX(-50%);" +
        "background:#7a4b00;color:#fff;padding:.6rem 1rem;border-radius:8px;font:15px system-ui,sans-serif";
      warned.textContent = "You are about to be signed out: do something on this page to stay.";
      document.body.appendChild(warned);
    } else if (left >= 120 && warned) { warned.remove(); warned = null; }
  }
  // A button of Streamlit's only reruns the page, so the request that signs out is sent from here.
  document.addEventListener("click", async event => {
    if (!event.target.closest?.(".st-key-sign_out button")) return;
    event.stopImmediatePropagation();
    await fetch("/logout", {method: "POST", redirect: "manual"});
    window.location.replace("/login");
  }, {capture: true});
  setInterval(look, INTERVAL);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
"""


def index_page() -> bytes:
    """The page that every path of the console starts with."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    page = re.sub(
        r"<script>.*?</script>", '<script src="/session.js"></script>', page, count=1, flags=re.DOTALL
    )
    page = re.sub(r"<title>.*?</title>", f"<title>{TITLE}</title>", page, count=1, flags=re.DOTALL)
    page = re.sub(r"<link rel=\"service-desc\"[^>]*>", "", page)
    page = re.sub(
        r"<noscript>.*?</noscript>",
        "<noscript>The console needs JavaScript.</noscript>",
        page,
        flags=re.DOTALL,
    )
    return page.replace('="./', '="/').encode()


def session_watcher(idle_seconds: float) -> bytes:
    """The script; asks four times per idle period, every 15 seconds at most often and at the least."""
    interval = int(max(0.5, min(15.0, idle_seconds / 4)) * 1000)
    return WATCHER.replace("INTERVAL", str(interval)).encode()
