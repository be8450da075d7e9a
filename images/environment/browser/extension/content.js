// Runs in every frame and reports whether the frame has the keyboard's focus. The address bar and the browser's own pages
// are no frames of a site, so no frame reports the focus while they have it.
"use strict";

let reported = null;

function report() {
  // The frames around a focused frame have the focus too, but typed text goes to the innermost one.
  const active = document.activeElement;
  const inner = active !== null && ["IFRAME", "FRAME", "OBJECT", "EMBED"].includes(active.tagName);
  const focused = document.hasFocus() && !inner;
  if (focused !== reported) {
    reported = focused;
    browser.runtime.sendMessage({ focused });
  }
}

for (const name of ["focus", "blur", "focusin", "focusout", "pageshow"]) {
  window.addEventListener(name, () => setTimeout(report, 0), true);
}
window.addEventListener("pagehide", () => {
  reported = null;
  browser.runtime.sendMessage({ focused: false });
});
report();
