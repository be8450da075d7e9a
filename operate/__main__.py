"""Checks around a deployment: `python -m operate preflight` before it, `python -m operate verify` after it.

Both use the selected Pulumi stack, or the one given with --stack, with its region, profile and keys. They
only read. Exit code: 0 if no check fails, 1 if a check fails, 2 if the stack cannot be read.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from operate import preflight, stack, table, verify
from operate.aws import Aws, AwsFailure
from operate.findings import Outcome, Status, count
from operate.preflight.plan import Plan
from operate.verify.deployment import Deployment
from operate.verify.redaction import Redaction
from operate.verify.report import Report


def main(arguments: list[str]) -> int:
    """Run a command; see the module's docstring for the exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (stack.StackFailure, AwsFailure) as problem:
        print(f"operate: {problem}", file=sys.stderr)
        return 2


def _preflight(options: argparse.Namespace) -> int:
    read = stack.read(options.stack)
    return _say(preflight.examine(Plan(read, Aws(read.access))), options.json)


def _verify(options: argparse.Namespace) -> int:
    read = stack.read(options.stack, with_outputs=True)
    aws = Aws(read.access)
    account = str(aws.get("sts", "get_caller_identity")["Account"])
    redaction = Redaction.of(read.secrets, account if options.mask_account else None)
    found = verify.examine(Deployment(read, aws, options.report, options.ask_model))
    outcomes = [redaction.outcome(outcome) for outcome in found]
    made = Report(read.name, read.access.region, redaction.text(account), datetime.now(UTC), outcomes)
    files = made.write(options.report)
    code = _say(outcomes, options.json)
    print(f"The report: {', '.join(map(str, files))}. Review it before you attach it.", file=sys.stderr)
    return code


def _say(outcomes: Sequence[Outcome], as_json: bool) -> int:
    if as_json:
        json.dump([outcome.as_json() for outcome in outcomes], sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        sys.stdout.write(table.render(outcomes))
    return 1 if count(outcomes, Status.FAILURE) else 0


def parser() -> argparse.ArgumentParser:
    """Build the argument parser."""
    made = argparse.ArgumentParser(prog="python -m operate", description=(__doc__ or "").split("\n\n", 1)[0])
    commands = made.add_subparsers(required=True)
    before = commands.add_parser("preflight", help="what would stop `pulumi up`")
    before.set_defaults(command=_preflight)
    after = commands.add_parser("verify", help="whether what was deployed works")
    after.set_defaults(command=_verify)
    after.add_argument(
        "--report",
        type=Path,
        metavar="FOLDER",
        default=stack.ROOT / ".local" / "verify",
        help="where report.md, report.json and screen.png go, by default .local/verify",
    )
    after.add_argument("--mask-account", action="store_true", help="replace the account id with stars")
    after.add_argument(
        "--ask-model", action="store_true", help="ask the model one question, for less than 0.01 USD"
    )
    for command in (before, after):
        command.add_argument("--stack", metavar="NAME", help="instead of the selected stack")
        command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
