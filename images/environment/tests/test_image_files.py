"""The images' files: with any umask of the checkout, the users of an image can read its code and none of them
can write it. The built images are tested elsewhere, because that needs a container engine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from dockerfile import copies_with_the_checkouts_modes, stages

IMAGE = Path(__file__).parents[1]
DOCKERFILES = sorted(IMAGE.parent.glob("*/Dockerfile"))
CONTROL_USER, DESKTOP_USER = 64011, 64012


def test_the_dockerfiles_of_both_images_are_checked() -> None:
    assert {path.parent.name for path in DOCKERFILES} >= {"environment", "orchestration"}


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_no_file_of_an_image_keeps_the_mode_that_it_has_in_the_checkout(dockerfile: Path) -> None:
    assert [copies_with_the_checkouts_modes(stage) for stage in stages(dockerfile)] == [
        [] for _ in stages(dockerfile)
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("COPY a /x/\n", 1),
        ("ADD a /x/\n", 1),
        ("COPY --chmod=0644 a /x/\n", 0),
        ("COPY --from=other /a /x/\n", 0),
        ("COPY a /x/b\nRUN chmod -R u=rwX,go=rX /x\n", 0),
        ("WORKDIR /x\nCOPY a ./\nRUN true \\\n && chmod -R u=rwX,go=rX /x && true\n", 0),
        ("RUN chmod -R u=rwX,go=rX /x\nCOPY a /x/\n", 1),
        ("COPY a /y/\nRUN chmod -R u=rwX,go=rX /x\n", 1),
        ("COPY a /x/\nFROM b\nRUN chmod -R u=rwX,go=rX /x\n", 1),
        ("# COPY a /x/\n", 0),
    ],
)
def test_the_check_of_modes_finds_every_such_copy(tmp_path: Path, text: str, left: int) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM base AS one\n{text}")
    found = [copy for stage in stages(dockerfile) for copy in copies_with_the_checkouts_modes(stage)]
    assert len(found) == left


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_an_edited_dockerfile_changes_the_images_tag(dockerfile: Path) -> None:
    """The tag is a hash of the build context, and .dockerignore says which files that contains."""
    lines = (dockerfile.parent / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*" and "!Dockerfile" in lines


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_an_image_runs_as_a_user_with_a_named_group(dockerfile: Path) -> None:
    """Container runtimes add supplementary groups from /etc/group only if the user is given without a
    group."""
    users = re.findall(r"^USER (\S+)$", dockerfile.read_text(), re.MULTILINE)
    assert users[-1].count(":") == 1 and not users[-1].startswith(("0", "root"))
    assert not re.search(r"useradd[^&]*--groups|usermod|adduser", dockerfile.read_text())


@pytest.fixture(scope="module")
def installation() -> Iterator[Path]:
    """What `make install` makes of a checkout with umask 077. Python's packages and noVNC have the modes of
    their archives and take long to fetch, so they are left out."""
    folder = Path(mkdtemp(prefix="environment-umask-"))
    folder.chmod(0o755)
    try:
        checkout, prefix = folder / "checkout" / "images" / "environment", folder / "prefix"
        shutil.copytree(IMAGE, checkout, ignore=shutil.ignore_patterns("__pycache__"))
        for path in (checkout, *checkout.rglob("*")):
            path.chmod(path.stat().st_mode & 0o700)
        (folder / "no-requirements.txt").touch()
        (prefix / "novnc").mkdir(parents=True)
        subprocess.run(
            [
                *("make", "--no-print-directory", "-C", str(checkout), "install", f"PREFIX={prefix}"),
                f"REQUIREMENTS={folder / 'no-requirements.txt'}",
            ],
            umask=0o077,
            check=True,
            timeout=300,
            stdout=subprocess.DEVNULL,
        )
        yield prefix
    finally:
        shutil.rmtree(folder)


def as_user(user: int, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


@pytest.mark.parametrize("user", [CONTROL_USER, DESKTOP_USER], ids=["control", "desktop"])
def test_both_users_can_read_an_installation_from_a_private_checkout(installation: Path, user: int) -> None:
    closed = as_user(user, "find", str(installation), "!", "-type", "l", "!", "-readable")
    assert closed.stderr == ""
    # as-desktop is the one program that only the control user may read and run.
    expected = [] if user == CONTROL_USER else [str(installation / "as-desktop")]
    assert closed.stdout.split() == expected
    folders = as_user(user, "find", str(installation), "-type", "d", "!", "-executable")
    assert folders.stdout == ""


@pytest.mark.parametrize("user", [CONTROL_USER, DESKTOP_USER], ids=["control", "desktop"])
def test_no_user_can_write_an_installation(installation: Path, user: int) -> None:
    assert as_user(user, "find", str(installation), "!", "-type", "l", "-writable").stdout == ""


def test_programs_stay_executable_and_python_finds_the_code(installation: Path) -> None:
    for name in ("environment", "healthcheck", "services/xvnc/run", "services/.common/finish"):
        assert as_user(CONTROL_USER, "test", "-x", str(installation / name)).returncode == 0, name
    assert not os.access(installation / "src/desktop_control/settings.py", os.X_OK)
    python = str(installation / "venv/bin/python")
    found = as_user(CONTROL_USER, python, "-c", "import desktop_control.settings as s; print(s.__file__)")
    assert Path(found.stdout.strip()).is_relative_to(installation), found.stderr
