"""Imports at start what the loop would import in its first task.

Streamlit changes `sys.path` whenever it draws a page, and an import in another thread that walks the path at
that moment can miss an entry: "internal error (ModuleNotFoundError)", once in a few starts. What is imported
already is looked up in a dictionary and walks no path.
"""

from __future__ import annotations

from importlib import import_module

from PIL import Image

from orchestration.agent.model_ids import scopes

# Libraries import these when they are first needed: HTTP and its event loop, TLS and names, tracing hooks of
# the SDK, signing of requests to AWS.
NEEDED_LATER = (
    "anyio._backends._asyncio",
    "anyio.streams.tls",
    "anthropic.lib.aws._auth",
    "anthropic.resources.beta",
    "boto3",
    "botocore.auth",
    "botocore.awsrequest",
    "botocore.credentials",
    "botocore.httpsession",
    "encodings.idna",
    "h11",
    "httpcore2._async.http_proxy",
    "httpcore2._backends.anyio",
    "httpcore2._backends.auto",
    "httpcore2._sync.http_proxy",
    "opentelemetry.propagate",
    "opentelemetry.trace.propagation.tracecontext",
    "truststore",
)


def preload() -> None:
    """Import it. To be called once, before any page is drawn."""
    for name in NEEDED_LATER:
        import_module(name)
    Image.init()
    scopes()
