"""Removes secrets, and on request the account id, from everything that is printed or written."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus

from operate.findings import Outcome

SHORTEST = 4
"""Minimum length of a secret to redact. A shorter one would also match unrelated text."""


@dataclass(frozen=True)
class Redaction:
    """Texts and their replacements."""

    replacements: Mapping[str, str]

    @classmethod
    def of(cls, secrets: Iterable[str], account: str | None) -> "Redaction":
        """Redact secrets in all encodings in which they may appear; `account` is None if it may be shown."""
        found = {
            spelling: "[secret]"
            for secret in secrets
            if len(secret) >= SHORTEST
            for spelling in (
                secret,
                quote(secret),
                quote(secret, safe=""),
                quote_plus(secret),
                json.dumps(secret)[1:-1],
            )
        }
        if account:
            found[account] = "*" * len(account)
        return cls(found)

    def text(self, text: str) -> str:
        """The text with the replacements made."""
        if not self.replacements:
            return text
        # Replace the longest first, because a secret may be part of another.
        longest_first = sorted(self.replacements, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest_first))
        return re.sub(pattern, lambda found: self.replacements[found[0]], text)

    def outcome(self, outcome: Outcome) -> Outcome:
        """The outcome with the replacements made."""
        findings = tuple(
            replace(finding, what=self.text(finding.what), fix=self.text(finding.fix))
            for finding in outcome.findings
        )
        return replace(outcome, findings=findings)
