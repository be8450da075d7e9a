"""A few mutants of the Java source itself, which are compiled and previewed by the engine.

They show that replaying a mutant gives the same result as really making the change.
"""

import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from mutation.deployment import JAR, ROOT

SOURCES = ROOT / "src" / "main" / "java" / "io" / "computeruse" / "sandbox"


@dataclass(frozen=True)
class SourceMutant:
    """A change of the code in `file`. `name` is the name of the equivalent mutant in `mutants`."""

    name: str
    file: str
    code: str
    mutated: str


SOURCE_MUTANTS = (
    SourceMutant(
        "the viewer is open to IPv4",
        "network/TrafficRules.java",
        "rule.cidrIpv4(from.cidr());",
        "rule.cidrIpv4(EVERYWHERE);",
    ),
    SourceMutant(
        "tasks get public addresses",
        "service/FargateService.java",
        ".assignPublicIp(false)",
        ".assignPublicIp(true)",
    ),
    SourceMutant(
        "names resolve while the firewall is down",
        "network/DnsFirewall.java",
        '.firewallFailOpen("DISABLED")',
        '.firewallFailOpen("ENABLED")',
    ),
)


def build(mutant: SourceMutant, folder: Path) -> Path:
    """Compile the changed class and return a jar of the whole program with it, in `folder`."""
    source = SOURCES / mutant.file
    text = source.read_text(encoding="utf-8")
    assert text.count(mutant.code) == 1, f"{mutant.file} does not hold {mutant.code!r} once"
    changed = folder / source.name
    changed.write_text(text.replace(mutant.code, mutant.mutated), encoding="utf-8")
    classes = folder / "classes"
    libraries = ROOT / "target" / "lib"
    subprocess.run(
        ["javac", "-nowarn", "-d", str(classes), "-cp", f"{JAR}:{libraries}/*", str(changed)],
        check=True,
        capture_output=True,
    )
    (folder / libraries.name).symlink_to(
        libraries
    )  # The jar's manifest expects the libraries beside the jar.
    return _jar_with(classes, folder / JAR.name)


def _jar_with(classes: Path, jar: Path) -> Path:
    replaced = {str(path.relative_to(classes)): path for path in classes.rglob("*.class")}
    with zipfile.ZipFile(JAR) as old, zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in replaced:
                new.writestr(entry, old.read(entry))
        for name, path in replaced.items():
            new.write(path, name)
    shutil.rmtree(classes)
    return jar
