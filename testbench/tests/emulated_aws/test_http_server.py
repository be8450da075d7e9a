"""No reply is lost: connections stay open, requests are read completely, replies have their exact length."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from conftest import Aws
from emulator import http_server
from emulator.http_server import Application


@pytest.fixture
def connection(url: str) -> Iterator[http.client.HTTPConnection]:
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    yield made
    made.close()


def test_one_connection_carries_many_requests(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    first_socket = connection.sock
    for _ in range(20):
        connection.request("GET", "/_emulator")
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200
        assert answer.version == 11
        assert int(answer.headers["Content-Length"]) == len(body)
        assert connection.sock is first_socket, "the server closed the connection"


def test_a_chunked_body_is_read_completely_before_the_reply(connection: http.client.HTTPConnection) -> None:
    credential = "Credential=test/20260101/us-west-2/logs/aws4_request"
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "Logs_20140328.DescribeLogGroups",
        "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host",
    }
    for _ in range(2):
        connection.request(
            "POST", "/", body=iter([b"{", b" " * 100_000, b"}"]), headers=headers, encode_chunked=True
        )
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"logGroups": [], "nextToken": null}')


def test_a_request_that_arrives_in_pieces_is_answered_once_it_is_complete(url: str) -> None:
    port = urlsplit(url).port
    request = f"GET /_emulator HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 3\r\n\r\nabc".encode()
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        for piece in (request[:10], request[10:-2], request[-2:-1]):
            client.sendall(piece)
            client.settimeout(0.2)
            with pytest.raises(TimeoutError):
                client.recv(1)
        client.settimeout(30)
        client.sendall(request[-1:])
        assert client.recv(15) == b"HTTP/1.1 200 OK"


def _served(application: Application) -> tuple[int, threading.Thread]:
    """The port of a server of this process, whose thread ends with the tests."""
    bound = http_server.listening_socket(0)
    thread = threading.Thread(target=http_server.serve, args=(application, bound), daemon=True)
    thread.start()
    return bound.getsockname()[1], thread


def test_the_application_handles_one_request_at_a_time() -> None:
    running = 0
    together = []

    def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        nonlocal running
        running += 1
        time.sleep(0.02)
        together.append(running)
        running -= 1
        start_response("200 OK", [])
        return []

    port, _ = _served(application)

    def ask(_: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/")
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert set(pool.map(ask, range(16))) == {200}
    assert together == [1] * 16


def test_a_reply_in_several_parts_leaves_with_its_length_and_an_error_is_answered() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        assert environ["PATH_INFO"] != "/broken"
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield from (b"a", b"", b"bc")

    port, _ = _served(application)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path, status, body in (("/", 200, b"abc"), ("/broken", 500, None), ("/", 200, b"abc")):
        connection.request("GET", path)
        answer = connection.getresponse()
        read = answer.read()
        assert (answer.status, int(answer.headers["Content-Length"])) == (status, len(read))
        assert body in (None, read)
    connection.close()


def test_many_clients_at_the_same_time_lose_no_reply(aws: Aws) -> None:
    ec2 = aws("ec2")

    def make_and_find(_: int) -> bool:
        made = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
        found: list[dict[str, Any]] = ec2.describe_vpcs(VpcIds=[made])["Vpcs"]
        return [one["VpcId"] for one in found] == [made]

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert all(pool.map(make_and_find, range(160)))


def test_many_idle_connections_do_not_keep_a_new_one_from_its_reply() -> None:
    def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"yes"]

    port, _ = _served(application)
    with contextlib.ExitStack() as idle:
        for _number in range(400):
            idle.enter_context(socket.create_connection(("127.0.0.1", port), 30))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"yes"
        connection.close()


def test_it_listens_on_the_loopback_address_only(url: str) -> None:
    port = urlsplit(url).port
    assert port is not None
    with socket.socket() as other:
        # 127.0.0.2 is an address of this machine too, where a server on all addresses would answer.
        other.settimeout(5)
        assert other.connect_ex(("127.0.0.2", port)) != 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "elsewhere.example"},  # a page whose own name was made to lead to 127.0.0.1
        {"Host": "127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/_emulator", "/_emulator/fargate"])
def test_a_request_that_a_web_page_may_have_made_is_refused(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> None:
    connection.request("PUT", path, headers=headers)
    with connection.getresponse() as answer:
        assert answer.status == 403
        assert answer.headers["Access-Control-Allow-Origin"] is None
        assert b"127.0.0.1" in answer.read()


def test_programs_of_this_machine_may_use_either_of_its_names(url: str) -> None:
    port = urlsplit(url).port
    for name in ("127.0.0.1", "localhost", "LOCALHOST"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/_emulator", headers={"Host": f"{name}:{port}"})
        assert connection.getresponse().status == 200
        connection.close()
