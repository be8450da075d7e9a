"""Every link, anchor and path in the documents exists in the repository."""

from __future__ import annotations

import fnmatch
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
TRACKED = frozenset(
    subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )
) - {""}
FOLDERS = frozenset(str(parent) for name in TRACKED for parent in PurePosixPath(name).parents) - {"."}
DOCUMENTS = tuple(sorted(name for name in TRACKED if name.endswith(".md") and (ROOT / name).is_file()))
SHORTENED_IN = {
    "ARCHITECTURE.md": (
        "images/orchestration/src/orchestration",
        "images/environment/src",
        "images/environment/src/desktop_control",
        "testbench",
    )
}
"""Folders below which a document writes shorter paths, and says so."""

_FENCE = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_PATH = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.*-]+)+/?")


def prose(name: str) -> str:
    """A document without its code blocks."""
    return _FENCE.sub("", (ROOT / name).read_text(encoding="utf-8"))


def anchors(name: str) -> frozenset[str]:
    """The anchors that GitHub gives the headings of a document."""
    found = (re.sub(r"[`*\[\]()]", "", heading) for heading in _HEADING.findall(prose(name)))
    return frozenset(re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in found)


def exists(path: str) -> bool:
    """Whether a path, which may have `*` in it, is that of a tracked file or folder."""
    wanted = path.rstrip("/")
    return any(fnmatch.fnmatchcase(name, wanted) for name in (*TRACKED, *FOLDERS))


def joined(folder: str, path: str) -> str:
    """The path from the repository's root of one that is relative to a folder."""
    parts: list[str] = []
    for part in PurePosixPath(folder, path).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def broken_links(name: str) -> Iterator[str]:
    """The relative links of a document whose file, folder or heading does not exist."""
    for link in _LINK.findall(_CODE.sub("", prose(name))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = joined(str(PurePosixPath(name).parent), target) if target else name
        if not exists(path) or (anchor and anchor not in anchors(path)):
            yield link


def broken_paths(name: str) -> Iterator[str]:
    """The paths in a document's code spans that begin with a folder of the repository but do not exist."""
    bases = ("", str(PurePosixPath(name).parent), *SHORTENED_IN.get(name, ()))
    for span in _CODE.findall(prose(name)):
        if not _PATH.fullmatch(span):
            continue
        first = span.split("/")[0]
        if any(joined(base, first) in FOLDERS for base in bases) and not any(
            exists(joined(base, span)) for base in bases
        ):
            yield span


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_relative_link_leads_to_a_file_and_heading_of_the_repository(name: str) -> None:
    assert list(broken_links(name)) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_that_a_document_names_exists(name: str) -> None:
    assert list(broken_paths(name)) == []


def test_a_broken_link_heading_or_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.md").write_text(
        "# One heading\n[a](page.md#one-heading) [b](other.md) [c](#two) `docs/gone.md` `docs/there.md`\n"
        "```\n[not a link](nowhere)\n```\n"
    )
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    monkeypatch.setattr(f"{__name__}.TRACKED", frozenset({"page.md", "docs/there.md"}))
    monkeypatch.setattr(f"{__name__}.FOLDERS", frozenset({"docs"}))
    assert list(broken_links("page.md")) == ["other.md", "#two"]
    assert list(broken_paths("page.md")) == ["docs/gone.md"]


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md", "docs/GLOSSARY.md"])
def test_the_document_is_there_and_can_be_found_from_the_readme(name: str) -> None:
    assert name in DOCUMENTS
    assert f"]({name})" in (ROOT / "README.md").read_text(encoding="utf-8")
