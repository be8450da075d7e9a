// Remembers which frame has the keyboard's focus and reports the origin of its document to the native program. The origin
// comes from the browser (`sender`), not from the page.
"use strict";

const port = browser.runtime.connectNative("keyboard_focus");
let holder = null;

function originOf(sender) {
  const origin = new URL(sender.url).origin;
  return origin === "null" ? null : origin;
}

browser.runtime.onMessage.addListener((message, sender) => {
  const frame = `${sender.tab ? sender.tab.id : "none"}/${sender.frameId}`;
  if (message.focused) {
    holder = frame;
    port.postMessage({ origin: originOf(sender) });
  } else if (holder === frame) {
    holder = null;
    port.postMessage({ origin: null });
  }
});
port.postMessage({ origin: null });
