"""No reply is lost: connections are kept, bodies are read whole, errors are answered."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from conftest import Aws


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


def test_a_body_in_chunks_is_read_whole_before_the_reply(connection: http.client.HTTPConnection) -> None:
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


def test_many_clients_at_once_lose_no_reply(aws: Aws) -> None:
    ec2 = aws("ec2")

    def make_and_find(_: int) -> bool:
        made = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
        found: list[dict[str, Any]] = ec2.describe_vpcs(VpcIds=[made])["Vpcs"]
        return [one["VpcId"] for one in found] == [made]

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert all(pool.map(make_and_find, range(160)))


def test_it_does_not_listen_beyond_loopback(url: str) -> None:
    port = urlsplit(url).port
    assert port is not None
    with socket.socket() as other:
        # 127.0.0.2 is this machine too: it would answer if all addresses were listened on.
        other.settimeout(5)
        assert other.connect_ex(("127.0.0.2", port)) != 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "elsewhere.example"},  # whose name was made to lead to 127.0.0.1
        {"Host": "127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/_emulator", "/_emulator/fargate"])
def test_a_web_page_may_not_ask(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> None:
    connection.request("PUT", path, headers=headers)
    with connection.getresponse() as answer:
        assert answer.status == 403
        assert answer.headers["Access-Control-Allow-Origin"] is None
        assert b"127.0.0.1" in answer.read()


def test_this_machines_programs_may_ask_by_either_of_its_names(url: str) -> None:
    port = urlsplit(url).port
    for name in ("127.0.0.1", "localhost", "LOCALHOST"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/_emulator", headers={"Host": f"{name}:{port}"})
        assert connection.getresponse().status == 200
        connection.close()
