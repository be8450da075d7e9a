"""What a task may cost: time, tokens, dollars. Checked before each request and before each action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestration.agent import model_table
from orchestration.agent.models import MILLION, Model, Usage
from orchestration.agent.settings import ANSWER_TOKENS, TaskSettings

SMALLEST_ANSWER = 256


@dataclass(slots=True)
class Budget:
    """Counts what a task has used against what it may use.

    A request is never started with nothing left, and its answer is capped so that the answer alone cannot
    pass the budget. What a request's own prompt costs is known only afterwards, so the last request may
    pass it by that much.
    """

    settings: TaskSettings
    model: Model
    used: Usage = field(default_factory=Usage)
    cost: float = 0.0

    def add(self, charges: Sequence[tuple[str | None, Usage]]) -> float:
        """Count one answer and return its price in dollars.

        Args:
            charges: what each model that took part used; None is the model that was asked.
        """
        price = 0.0
        for name, usage in charges:
            other = None if name is None else model_table.find(name) or model_table.unknown(name)
            price += (other or self.model).cost(usage)
            self.used += usage
        self.cost += price
        return price

    def spent(self) -> str | None:
        """Which part of the budget is used up, or None."""
        if self.used.total >= self.settings.tokens:
            return f"the token budget of {self.settings.tokens:,} is used up"
        if self.cost >= self.settings.dollars:
            return f"the budget of ${self.settings.dollars:,.2f} is used up"
        return None

    def answer_tokens(self) -> int:
        """The `max_tokens` for the next request."""
        by_tokens = self.settings.tokens - self.used.total
        dearest = max(self.model.price.output, self.model.long_price.output if self.model.long_price else 0)
        by_dollars = int((self.settings.dollars - self.cost) / dearest * MILLION)
        return max(SMALLEST_ANSWER, min(ANSWER_TOKENS, self.model.longest_answer, by_tokens, by_dollars))
