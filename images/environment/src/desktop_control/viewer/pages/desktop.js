// Shows the desktop. The mode only chooses what this page offers: in view-only mode the server drops all input itself.
import RFB from "/novnc/core/rfb.js";

const mode = new URLSearchParams(location.search).get("mode") === "view" ? "view" : "control";
const status = document.getElementById("status");
const retrySeconds = 1;

document.getElementById(mode).setAttribute("aria-current", "page");

function connect() {
  const rfb = new RFB(document.getElementById("screen"), `wss://${location.host}/websocket?mode=${mode}`, {
    wsProtocols: ["binary"],
  });
  rfb.viewOnly = mode === "view";
  rfb.scaleViewport = true;
  rfb.addEventListener("connect", () => {
    document.body.dataset.connected = mode;
    status.textContent = mode === "view" ? "Watching" : "In control: the agent pauses while you use mouse or keyboard";
    rfb.focus();
  });
  rfb.addEventListener("disconnect", () => {
    delete document.body.dataset.connected;
    status.textContent = "Disconnected, trying again…";
    setTimeout(async () => {
      const page = await fetch("/", { redirect: "manual" }).catch(() => null);
      // An opaque redirect means: signed out.
      if (page && page.type === "opaqueredirect") location.assign("/login");
      else connect();
    }, retrySeconds * 1000);
  });
}

connect();
