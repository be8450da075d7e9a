"""Receives the task runner's reports of what it runs: `PUT /_emulator/fargate`.

A report is complete and replaces the previous one. `fargate_report` describes its form; `fargate_tasks` keeps
the tasks. A report that is not valid is refused with status 400 and the reason, and changes nothing. Services
that do not exist are ignored.

`DELETE /_emulator/fargate?account=…&region=…` says that the runner has stopped all tasks and exits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from emulator import fargate_report, fargate_tasks, moto_adapter
from emulator.fargate_report import AccountAndRegion, InvalidReport
from emulator.http_server import Application

PATH = "/_emulator/fargate"


def with_reports(application: Application) -> Application:
    """The application, with a page at `PATH` that takes the runner's reports."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return application(environ, start_response)
        try:
            status, body = _answer(environ)
        except InvalidReport as error:
            status, body = "400 Bad Request", f"{error}\n".encode()
        start_response(status, [("Content-Type", "text/plain")])
        return [body]

    return answer


def _answer(environ: dict[str, Any]) -> tuple[str, bytes]:
    match environ["REQUEST_METHOD"]:
        case "PUT":
            report = fargate_report.parse(environ["wsgi.input"].read())
            fargate_tasks.take(_backend(report.location), report)
        case "DELETE":
            query = parse_qs(environ["QUERY_STRING"])
            location = AccountAndRegion(query.get("account", [""])[0], query.get("region", [""])[0])
            fargate_tasks.detach(_backend(location))
        case _:
            return "405 Method Not Allowed", b"PUT a report, or DELETE\n"
    return "204 No Content", b""


def _backend(location: AccountAndRegion) -> Any:
    if not moto_adapter.has_region("ecs", location.account, location.region):
        raise InvalidReport(f"region is {location.region}, which AWS does not have.")
    return moto_adapter.backend("ecs", location.account, location.region)
