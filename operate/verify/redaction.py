"""Takes secrets, and the account's number if that is wished, out of everything that is printed or written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus

from operate.findings import Outcome

SHORTEST = 4
"""A shorter text would hit words that have nothing to do with it."""


@dataclass(frozen=True)
class Redaction:
    """Texts and what stands in their place."""

    replacements: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, secrets: Iterable[str], account: str | None) -> "Redaction":
        """Secrets in the spellings in which they travel; `account` is None if it may be shown."""
        found = [
            (spelling, "[secret]")
            for secret in secrets
            if len(secret) >= SHORTEST
            for spelling in {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
        ]
        if account:
            found.append((account, "*" * len(account)))
        # The longest first: a secret may be part of another.
        return cls(tuple(sorted(found, key=lambda pair: -len(pair[0]))))

    def text(self, text: str) -> str:
        """The text without them."""
        for secret, instead in self.replacements:
            text = text.replace(secret, instead)
        return text

    def outcome(self, outcome: Outcome) -> Outcome:
        """The outcome without them."""
        findings = tuple(
            replace(finding, what=self.text(finding.what), fix=self.text(finding.fix))
            for finding in outcome.findings
        )
        return replace(outcome, findings=findings)
