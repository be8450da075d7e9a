"""The real AWS provider, asked without an engine: what it says of inputs, and the request that it would send.

It talks to a stand-in that answers what was asked in the recorded deployment as it was answered then. So the
provider does all that leads to the first change that the program without the mistake did not ask for.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import struct_pb2
from mutation.recording import Shown
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from judges.requests import Exchange, Recorded

_REFUSED = 400
_SECONDS = 60.0  # the provider's own waiting for one resource


class _Stand(ThreadingHTTPServer):
    """Answers from the recording. Refuses a change that is not in it; `unknown` has these.

    A question that was not asked then is answered as the most similar one was, which tells that there is no
    such resource yet. Before the provider has changed something it hears what was first answered, when the
    resource was not there yet, and then what was answered last.
    """

    daemon_threads = True

    def __init__(self, recorded: Sequence[Exchange]) -> None:
        self._recorded = Recorded(recorded)
        self.begin()
        super().__init__(("127.0.0.1", 0), _Handler)

    def begin(self, knows_changes: bool = True) -> None:
        """Another resource is about to be made. Without knowing changes, the first one is refused."""
        self.unknown: list[Exchange] = []
        self._changed = False
        self._knows_changes = knows_changes

    def answer(self, request: Exchange) -> Exchange:
        self._changed = self._changed or request.changes
        known = self._recorded.same(request)
        if known and (self._knows_changes or not request.changes):
            return known[-1 if self._changed else 0]
        if not request.changes:
            return self._recorded.closest(request)
        self.unknown.append(request)
        text = (
            json.dumps({"__type": "Refused", "message": "not recorded"})
            if request.is_json
            else "<Response><Errors><Error><Code>Refused</Code></Error></Errors></Response>"
        )
        return Exchange(request.method, request.path, request.headers, request.body, _REFUSED, text.encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Stand

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answered = self.server.answer(Exchange(self.command, self.path, headers, body))
        self.send_response(answered.status)
        kind = "application/x-amz-json-1.1" if answered.is_json else "text/xml"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answered.answer)))
        self.end_headers()
        self.wfile.write(answered.answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Sent:
    """The request that was not recorded, or what the provider says of inputs for which it sends none."""

    request: Exchange | None
    refused: str = ""


class Provider:
    """The provider's process, configured as the stack `local` configures it."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub, stand: _Stand) -> None:
        self._stub = stub
        self._stand = stand

    def objections(self, shown: Shown) -> list[str]:
        """What the provider finds wrong before it asks AWS."""
        request = provider_pb2.CheckRequest(urn=shown.urn, news=_struct(shown.properties), olds=_struct({}))
        return [failure.reason for failure in self._stub.Check(request).failures]

    def make(self, shown: Shown) -> Sent:
        """Have the provider make the resource, up to the first change that is not in the recording."""
        self._stand.begin()
        return self._create(shown)

    def begin(self, shown: Shown) -> Sent:
        """Have the provider make the resource, up to its first change, recorded or not."""
        self._stand.begin(knows_changes=False)
        return self._create(shown)

    def _create(self, shown: Shown) -> Sent:
        request = provider_pb2.CreateRequest(
            urn=shown.urn,
            type=shown.type,
            name=shown.name,
            properties=_struct(shown.properties),
            timeout=_SECONDS,
        )
        error = ""
        try:
            self._stub.Create(request)
        except grpc.RpcError as failed:
            error = str(failed.details())
        if self._stand.unknown:
            return Sent(self._stand.unknown[0])
        return Sent(None, error)


@contextmanager
def provider(
    plugin: Path, environment: Mapping[str, str], recorded: Sequence[Exchange]
) -> Iterator[Provider]:
    """Start the plugin, and end it."""
    engine = grpc.server(futures.ThreadPoolExecutor(1))  # where the plugin would log; it answers nothing
    address = f"127.0.0.1:{engine.add_insecure_port('127.0.0.1:0')}"
    engine.start()
    with _Stand(recorded) as stand:
        thread = threading.Thread(target=stand.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        variables = {**environment, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{stand.server_address[1]}"}
        with subprocess.Popen([plugin, address], env=variables, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                port = int(process.stdout.readline())
                with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                    stub = provider_pb2_grpc.ResourceProviderStub(channel)
                    _configure(stub)
                    yield Provider(stub, stand)
            finally:
                process.terminate()
                stand.shutdown()
                thread.join()
                engine.stop(None)


def _configure(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    """As `Pulumi.local.yaml` does."""
    tags = {"Project": "ComputerUseSandbox", "Environment": "Local"}
    settings = {
        "region": "us-west-2",
        "accessKey": "test",
        "secretKey": "test",
        "maxRetries": "1",
        "defaultTags": json.dumps({"tags": tags}),
    }
    urn = "urn:pulumi:local::computer-use-sandbox::pulumi:providers:aws::default"
    checked = stub.CheckConfig(provider_pb2.CheckRequest(urn=urn, news=_struct(settings)))
    assert not checked.failures, checked.failures
    stub.Configure(
        provider_pb2.ConfigureRequest(
            variables={f"aws:config:{key}": value for key, value in settings.items()},
            args=checked.inputs,
            acceptSecrets=True,
            acceptResources=True,
        )
    )


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct
