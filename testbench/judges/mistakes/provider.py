"""The real AWS provider without an engine: what it says about inputs, and the request that it would send.

Instead of AWS it calls a stand-in that gives the answers of the recorded deployment. So the provider goes on
until it sends the first change that the program without the mistake did not send.
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
_SECONDS = 60.0  # the longest time that the provider waits for one resource


class _StandIn(ThreadingHTTPServer):
    """Answers from the recording. Refuses a change that is not recorded, and keeps it in `unknown`.

    A read that is not recorded gets the answer of the most similar one, which says that the resource does not
    exist yet. Until the provider has changed something, it gets the first recorded answer, from before the
    resource existed, and afterwards the last one.
    """

    daemon_threads = True

    def __init__(self, recorded: Sequence[Exchange]) -> None:
        self._recorded = Recorded(recorded)
        self.begin()
        super().__init__(("127.0.0.1", 0), _Handler)

    def begin(self, knows_changes: bool = True) -> None:
        """Prepare for another resource. Without `knows_changes`, recorded changes are refused too."""
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
    server: _StandIn

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
        """Log nothing."""


@dataclass(frozen=True)
class Sent:
    """The request that was not recorded, or the provider's error if it did not send one."""

    request: Exchange | None
    refused: str = ""


class Provider:
    """The provider's process, configured as the stack `local` configures it."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub, stand: _StandIn) -> None:
        self._stub = stub
        self._stand = stand

    def objections(self, shown: Shown) -> list[str]:
        """What the provider finds wrong before it calls AWS."""
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
    """Runs the plugin."""
    engine = grpc.server(
        futures.ThreadPoolExecutor(1)
    )  # the plugin logs to this address; nothing answers there
    address = f"127.0.0.1:{engine.add_insecure_port('127.0.0.1:0')}"
    engine.start()
    with _StandIn(recorded) as stand:
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
    """Configure the provider as `Pulumi.local.yaml` does."""
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
