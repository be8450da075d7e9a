"""Debian packages: named in lists, installed only after saying so. dpkg and apt are stand-ins."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from launcher import packages
from launcher.places import Places
from launcher.report import Clock, Failure

_DPKG_QUERY = """\
import pathlib, sys
known = dict(line.split() for line in pathlib.Path({root!r}, "known").read_text().splitlines())
names = [name for name in sys.argv[1:] if not name.startswith("-")]
for name in names:
    if name in known:
        print(name, known[name])
    else:
        print("dpkg-query: no packages found matching", name, file=sys.stderr)
sys.exit(any(name not in known for name in names))
"""
_APT_GET = """\
import os, pathlib, sys
root = pathlib.Path({root!r})
with root.joinpath("apt-calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
assert os.environ["DEBIAN_FRONTEND"] == "noninteractive" and not sys.stdin.read()
if (root / f"{{sys.argv[1]}}-fails").exists():
    sys.exit("E: no such mirror")
"""


class Machine:
    """A checkout with lists of packages, and a PATH with nothing but stand-ins."""

    def __init__(self, root: Path) -> None:
        self.root, self.places = root, Places(root)
        self.bin = root / "bin"
        self.bin.mkdir()
        self.list = self.places.sources / "packages.txt"
        self.list.parent.mkdir()
        self.list.write_text("nftables  # enforces\niproute2\n\nnftables\n", encoding="utf-8")
        self.installed()
        self.program("dpkg-query", _DPKG_QUERY)
        self.program("apt-get", _APT_GET)

    def program(self, name: str, code: str) -> None:
        path = self.bin / name
        path.write_text(f"#!{sys.executable}\n{code.format(root=str(self.root))}", encoding="utf-8")
        path.chmod(0o755)

    def installed(self, **status: str) -> None:
        lines = [f"{name} {words}\n" for name, words in status.items()]
        (self.root / "known").write_text("".join(lines), encoding="utf-8")

    def provide(self) -> str | None:
        return packages.provide(self.places, Clock(), [self.list], "the sandbox")

    @property
    def apt_calls(self) -> list[str]:
        file = self.root / "apt-calls"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(made.bin))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return made


def test_each_list_of_the_checkout_names_packages() -> None:
    places = Places.of_this_checkout()
    for file in (places.sources / "packages.txt", *packages.for_demo(places)):
        names = packages.read([file])
        assert names, file
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name) for name in names)


def test_a_list_has_reasons_and_a_name_counts_once(machine: Machine) -> None:
    assert packages.read([machine.list]) == ["nftables", "iproute2"]


def test_only_what_is_wholly_installed_is_not_missing(machine: Machine) -> None:
    machine.installed(nftables="installed", iproute2="config-files", procps="half-installed")
    assert packages.missing(["nftables", "iproute2", "procps", "absent"]) == ["iproute2", "procps", "absent"]


def test_what_is_there_is_not_installed_again(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.installed(nftables="installed", iproute2="installed")
    assert machine.provide() is None
    assert machine.apt_calls == []
    assert capsys.readouterr().err == ""


def test_what_lacks_is_named_before_it_is_installed(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.installed(nftables="installed")
    assert machine.provide() is None
    assert machine.apt_calls == ["update --quiet", "install --yes --quiet --no-install-recommends iproute2"]
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "1 Debian packages that the sandbox lacks: iproute2"
    assert said[1].startswith("installing them with apt-get")


def test_somebody_who_may_not_install_is_told_the_command(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert machine.provide() == "Debian packages are missing: sudo apt-get install nftables iproute2"
    assert machine.apt_calls == []


@pytest.mark.parametrize("lacking", ["dpkg-query", "apt-get"])
def test_a_system_that_is_not_debian_is_said(machine: Machine, lacking: str) -> None:
    (machine.bin / lacking).unlink()
    assert machine.provide() == "the sandbox needs a Debian system, and this is none"
    assert machine.apt_calls == []


@pytest.mark.parametrize("step", ["update", "install"])
def test_a_failing_apt_get_is_shown_and_its_log_named(machine: Machine, step: str) -> None:
    (machine.root / f"{step}-fails").touch()
    with pytest.raises(Failure) as failure:
        machine.provide()
    said = str(failure.value)
    assert f"`apt-get {step}" in said
    assert f"The whole log: {machine.places.logs / 'apt.log'}\n" in said
    assert said.endswith("E: no such mirror")
