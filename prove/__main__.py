"""Prove the sandbox's promises over what exists in AWS: `python -m prove --stack-outputs FILE`.

It only reads, from the account or emulator that the usual AWS environment variables select. The exit code is
0 if every theorem holds, 1 if a theorem is broken, and 2 if something can't be read, because a promise about
unreadable resources is not proved.
"""

import argparse
import ipaddress
import json
import sys
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from prove.addresses import NOBODY, NOWHERE, AddressSet
from prove.aws import Aws
from prove.names import normal
from prove.page import render_page
from prove.reading import read_world
from prove.report import make_report
from prove.text import render_text
from prove.theorems import NETWORK, Case, Expectation, prove
from prove.theorems_evidence import EVIDENCE
from prove.theorems_identity import IDENTITY

THEOREMS = (*NETWORK, *IDENTITY, *EVIDENCE)


def main(arguments: list[str]) -> int:
    """Run the command; see the module's docstring for its exit code."""
    options = _parser().parse_args(arguments)
    started = time.monotonic()
    try:
        outputs = _outputs(options.stack_outputs)
        expected = Expectation(
            deployer=_deployer(options.deployer_ip or outputs.get("ingressCidr")),
            models=frozenset(options.bedrock_model) if options.bedrock_model else None,
            domains=_domains(options.allowed_domains),
        )
        vpc, cluster = options.vpc_id or outputs.get("vpcId"), options.cluster or outputs.get("clusterName")
        if not vpc or not cluster:
            raise ValueError("give --stack-outputs, or --vpc-id and --cluster")
        case = Case.of(read_world(Aws(options.region), str(vpc), str(cluster)), expected)
    except (OSError, ValueError, KeyError, ClientError, BotoCoreError) as error:
        print(f"prove: can't read the deployed resources: {error}", file=sys.stderr)
        return 2
    report = make_report(case, prove(case, THEOREMS), time.monotonic() - started)
    sys.stdout.write(render_text(report))
    if options.json:
        options.json.write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")
    if options.html:
        options.html.write_text(render_page(report), encoding="utf-8")
    return 0 if report.holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m prove", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument(
        "--stack-outputs", type=Path, metavar="FILE", help="what `pulumi stack output --json` prints"
    )
    parser.add_argument("--vpc-id", help="instead of the output vpcId")
    parser.add_argument("--cluster", help="instead of the output clusterName")
    parser.add_argument(
        "--deployer-ip",
        metavar="CIDR",
        help="the addresses that may connect, instead of the output ingressCidr",
    )
    parser.add_argument(
        "--bedrock-model",
        action="append",
        metavar="ID",
        help="a model that the agent may invoke (repeatable)",
    )
    parser.add_argument(
        "--allowed-domains",
        type=Path,
        metavar="FILE",
        help="file with the names that may resolve, one per line; without it any list is accepted",
    )
    parser.add_argument("--region", help="instead of AWS_REGION")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report here as a page")
    return parser


def _outputs(file: Path | None) -> dict[str, object]:
    if file is None:
        return {}
    outputs = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(outputs, dict):
        raise ValueError(f"{file} is not a JSON object of stack outputs")
    return outputs


def _deployer(text: object) -> AddressSet:
    if not isinstance(text, str) or not text:
        raise ValueError("the addresses that may connect are not known: give --deployer-ip")
    network = ipaddress.ip_network(text)
    return NOWHERE if AddressSet.of(str(network)) == NOBODY else AddressSet.of(str(network))


def _domains(file: Path | None) -> frozenset[str] | None:
    if file is None:
        return None
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return frozenset(normal(line) for line in lines if line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
