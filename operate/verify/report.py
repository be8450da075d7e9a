"""The report for an issue, with the same content as Markdown and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from operate.findings import Outcome, Status, count
from operate.table import summary


@dataclass(frozen=True)
class Report:
    """Outcomes, already redacted, with the stack, region and account that they are about."""

    stack: str
    region: str
    account: str
    made: datetime
    outcomes: Sequence[Outcome]

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write `report.md` and `report.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        markdown, data = folder / "report.md", folder / "report.json"
        markdown.write_text("\n".join(self._markdown()) + "\n", encoding="utf-8")
        data.write_text(json.dumps(self._json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return markdown, data

    def _json(self) -> dict[str, object]:
        return {
            "stack": self.stack,
            "region": self.region,
            "account": self.account,
            "made": self.made.isoformat(timespec="seconds"),
            "failing": count(self.outcomes, Status.FAILURE),
            "checks": [outcome.as_json() for outcome in self.outcomes],
        }

    def _markdown(self) -> Iterator[str]:
        yield "# Computer Use Sandbox: what was deployed"
        yield ""
        yield (
            f"Stack {self.stack} in {self.region}, account {self.account}, "
            f"{self.made:%Y-%m-%d %H:%M} UTC: {summary(self.outcomes)}."
        )
        for outcome in self.outcomes:
            yield ""
            yield f"## {outcome.check}"
            yield ""
            yield outcome.promise
            yield ""
            yield "| status | found | what to do |"
            yield "|---|---|---|"
            for finding in outcome.findings:
                yield f"| {finding.status} | {_cell(finding.what)} | {_cell(finding.fix)} |"


def _cell(text: str) -> str:
    """Escape text for a table cell. Text from AWS must not end the cell or become a link or a tag."""
    escaped = "".join(f"\\{letter}" if letter in r"\`*[]<>|" else letter for letter in text)
    return " ".join(escaped.split())
