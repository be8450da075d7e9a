// In every frame: says whether this frame has the keyboard's focus. The address bar and the browser's own pages are in no
// frame of a site, so while they have it no frame says that it does.
"use strict";

let told = null;

function tell() {
  // In a page with frames the outer ones have the focus too: only the innermost is where text goes.
  const active = document.activeElement;
  const inner = active !== null && ["IFRAME", "FRAME", "OBJECT", "EMBED"].includes(active.tagName);
  const focused = document.hasFocus() && !inner;
  if (focused !== told) {
    told = focused;
    browser.runtime.sendMessage({ focused });
  }
}

for (const name of ["focus", "blur", "focusin", "focusout", "pageshow"]) {
  window.addEventListener(name, () => setTimeout(tell, 0), true);
}
window.addEventListener("pagehide", () => {
  told = null;
  browser.runtime.sendMessage({ focused: false });
});
tell();
