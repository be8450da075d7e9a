"""The result of the proof as data: the JSON file, and the source of the text and the HTML page."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from prove.theorems import Case, Verdict
from prove.world import World


@dataclass(frozen=True)
class Table:
    """A table for reviewers. Every row has one cell per column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Report:
    """The verdicts and the facts that they are based on. `seconds` is the time for reading and proving."""

    world: World
    expected: str
    verdicts: tuple[Verdict, ...]
    tables: tuple[Table, ...]
    seconds: float
    made: datetime.datetime

    @property
    def holds(self) -> bool:
        """Whether every theorem holds."""
        return all(verdict.holds for verdict in self.verdicts)

    def as_json(self) -> dict[str, object]:
        """The report as JSON-compatible values."""
        return {
            "made": self.made.isoformat(),
            "seconds": round(self.seconds, 3),
            "account": self.world.account,
            "region": self.world.region,
            "vpc": self.world.vpc,
            "deployer": self.expected,
            "holds": self.holds,
            "theorems": [
                {
                    "name": verdict.name,
                    "statement": verdict.statement,
                    "holds": verdict.holds,
                    "brokenBy": list(verdict.broken_by),
                }
                for verdict in self.verdicts
            ],
            "facts": {
                table.title: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
                for table in self.tables
            },
        }


def make_report(case: Case, verdicts: list[Verdict], seconds: float) -> Report:
    """Collect the facts that a reviewer needs besides the verdicts."""
    return Report(
        world=case.world,
        expected=str(case.expected.deployer),
        verdicts=tuple(verdicts),
        tables=(
            Table("Who reaches what from outside", ("from", "to", "through"), tuple(_outside(case))),
            Table("Who reaches what inside", ("from", "to", "because of"), tuple(_inside(case))),
            Table(
                "What each task reaches outside, by address", ("from", "to", "because of"), tuple(_out(case))
            ),
            Table("What resolves", ("name",), tuple(_names(case))),
            Table("Who may do what", ("role", "permission"), tuple(_rights(case))),
        ),
        seconds=seconds,
        made=datetime.datetime.now(datetime.UTC),
    )


def _ports(protocol: str, ports: tuple[int, int]) -> str:
    if protocol == "-1":
        return "everything"
    return f"{protocol} {ports[0]}" if ports[0] == ports[1] else f"{protocol} {ports[0]}-{ports[1]}"


def _outside(case: Case) -> Iterator[tuple[str, ...]]:
    for flow in case.outside:
        yield str(flow.sources), f"{flow.target} ({_ports(flow.protocol, flow.ports)})", " → ".join(flow.path)
    if not case.outside:
        yield "nobody", "nothing", ""


def _inside(case: Case) -> Iterator[tuple[str, ...]]:
    for flow in case.inside:
        yield flow.source, f"{flow.service} ({_ports(flow.protocol, flow.ports)})", flow.rule


def _out(case: Case) -> Iterator[tuple[str, ...]]:
    for flow in case.outflows:
        yield flow.service, f"{_ports(flow.protocol, flow.ports)} of {flow.addresses}", flow.rule


def _names(case: Case) -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in sorted(case.names.resolves))
    yield ("no other name" if case.names.rest_blocked else "EVERY OTHER NAME",)


def _rights(case: Case) -> Iterator[tuple[str, ...]]:
    for role in sorted(case.world.roles.values(), key=lambda role: role.name):
        yield from ((role.name, str(statement)) for statement in role.rights)
