"""An AWS API on loopback that gives the answers a test sets and forwards all other calls to the emulator.

An answer that a test sets must be one that AWS could give. Before it is sent, it is checked against
botocore's output shape of the operation (types, required members, enums, no unknown members).
"""

import http.client
import json
import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import botocore.session
from botocore.model import ListShape, OperationModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator
from emulator import moto_adapter

Answer = dict[str, Any]
Call = tuple[str, str]
"""boto3's name of a service, and an operation, such as `("iam", "GetRole")`."""

# Error codes for a missing permission, by protocol.
DENIAL = {"ec2": "UnauthorizedOperation", "query": "AccessDenied"}
SIGNING = {"elasticloadbalancing": "elbv2", "servicequotas": "service-quotas"}
_MODELS = botocore.session.get_session()


class Fault(moto_adapter.Refusal):
    """An AWS error to answer with."""

    def __init__(self, code: str, message: str = "set by the test") -> None:
        super().__init__(code, message)


class Wire:
    """The server in front of one account of the emulator. `calls` records all calls."""

    def __init__(self, emulator: str, account: str) -> None:
        self.emulator, self.account = urlsplit(emulator).netloc, account
        self.answers: dict[Call, Answer | Fault | Callable[[Mapping[str, Any]], Answer]] = {}
        self.denied: set[Call] = set()
        self.calls: list[Call] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.wire = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def own_answer(
        self, call: Call, parameters: Mapping[str, Any]
    ) -> tuple[int, dict[str, str], bytes] | None:
        """Status, headers and body of the answer, or None if the emulator should answer."""
        self.calls.append(call)
        operation = _MODELS.get_service_model(call[0]).operation_model(call[1])
        protocol = operation.service_model.resolved_protocol
        if call in self.denied:
            return _serialized(operation, Fault(DENIAL.get(protocol, "AccessDeniedException"), "not allowed"))
        if call not in self.answers:
            return None
        answer = self.answers[call]
        try:
            return _serialized(operation, answer(parameters) if callable(answer) else answer)
        except Fault as fault:
            return _serialized(operation, fault)


def check(answer: Answer, operation: OperationModel) -> None:
    """Raise AssertionError unless AWS could give this answer."""
    shape = operation.output_shape
    assert shape is not None, f"{operation.name} has no output"
    report = ParamValidator().validate(answer, shape)
    assert not report.has_errors(), report.generate_report()
    _check_members(answer, shape, operation.name)


def _check_members(value: Any, shape: Shape, where: str) -> None:
    if isinstance(shape, StructureShape):
        for name, member in value.items():
            assert name in shape.members, f"{where} has no member {name}"
            _check_members(member, shape.members[name], f"{where}.{name}")
    elif isinstance(shape, ListShape):
        for member in value:
            _check_members(member, shape.member, where)
    elif isinstance(shape, StringShape) and shape.enum:
        assert value in shape.enum, f"{where} can't be {value}"


def _serialized(operation: OperationModel, answer: Answer | Fault) -> tuple[int, dict[str, str], bytes]:
    if not isinstance(answer, Fault):
        check(answer, operation)
    service = operation.service_model.service_name
    status, headers, body = moto_adapter.serialized(service, operation.name, answer)
    return status, dict(headers), body.encode() if isinstance(body, str) else body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    wire: Wire


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call, parameters = self._call(body)
        status, headers, reply = self.server.wire.own_answer(call, parameters) or self._forwarded(body)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "date", "server", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST = _answer

    def _call(self, body: bytes) -> tuple[Call, Mapping[str, Any]]:
        signed = self.headers["Authorization"].split("Credential=")[1].split("/")[3]
        service = SIGNING.get(signed, signed)
        target = self.headers.get("X-Amz-Target")
        if target:
            return (service, target.rpartition(".")[2]), json.loads(body or b"{}")
        if body.startswith(b"Action="):
            form = dict(parse_qsl(body.decode()))
            return (service, form["Action"]), form
        path = urlsplit(self.path).path
        names = ("bedrock", "bedrock-runtime") if service == "bedrock" else (service,)
        for name in names:
            model = _MODELS.get_service_model(name)
            for operation in map(model.operation_model, model.operation_names):
                pattern = re.sub(r"\{\w+\}", "[^/]+", operation.http["requestUri"].partition("?")[0])
                if operation.http["method"] == self.command and re.fullmatch(pattern, path):
                    return (name, operation.name), {"path": path, "body": body.decode()}
        raise AssertionError(f"no operation of {service} fits {self.command} {path}")

    def _forwarded(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = http.client.HTTPConnection(self.server.wire.emulator, timeout=30)
        try:
            wire = self.server.wire
            # This header selects moto's account.
            headers = {**self.headers, "Host": wire.emulator, "x-moto-account-id": wire.account}
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            upstream.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""
