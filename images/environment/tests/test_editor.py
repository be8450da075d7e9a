"""The editor tool: the commands of version 20250728 and undo_edit, and nothing changed but the text that was
meant."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from running import DESKTOP_USER, Environment

TOOL = "str_replace_based_edit_tool"


@pytest.fixture
def folder(environment: Environment) -> Path:
    """An empty folder of the desktop user."""
    environment.bash("rm -rf ~/edit; mkdir ~/edit")
    return environment.home / "edit"


def put(folder: Path, name: str, data: bytes, mode: int = 0o644) -> Path:
    """A file of the desktop user."""
    path = folder / name
    path.write_bytes(data)
    path.chmod(mode)
    os.chown(path, DESKTOP_USER, DESKTOP_USER)
    return path


def edit(environment: Environment, path: Path | str, command: str, **arguments: Any) -> dict[str, Any]:
    """Run an editor command."""
    return environment.execute(TOOL, command=command, path=str(path), **arguments)


def test_create_view_replace_insert_undo(environment: Environment, folder: Path) -> None:
    path = folder / "new" / "poem.txt"
    assert edit(environment, path, "create", file_text="roses\nviolets\n")["error"] is None
    assert path.read_text() == "roses\nviolets\n"
    assert edit(environment, path, "view")["output"] == "     1\troses\n     2\tviolets\n     3\t"
    assert edit(environment, path, "str_replace", old_str="violets", new_str="tulips")["error"] is None
    assert "tulips" in edit(environment, path, "insert", insert_line=0, insert_text="flowers:")["output"]
    assert path.read_text() == "flowers:\nroses\ntulips\n"
    assert edit(environment, path, "insert", insert_line=3, insert_text="end")["error"] is None
    assert path.read_text() == "flowers:\nroses\ntulips\nend\n"
    for before in ("flowers:\nroses\ntulips\n", "roses\ntulips\n", "roses\nviolets\n"):
        assert edit(environment, path, "undo_edit")["error"] is None
        assert path.read_text() == before
    edit(environment, path, "undo_edit")
    assert not path.exists(), "undoing its creation removes the file"
    assert "nothing to undo" in edit(environment, path, "undo_edit")["error"]


def test_files_belong_to_the_desktop_user(environment: Environment, folder: Path) -> None:
    edit(environment, folder / "mine", "create", file_text="x")
    assert (folder / "mine").stat().st_uid == DESKTOP_USER


def test_view_range(environment: Environment, folder: Path) -> None:
    path = put(folder, "n", b"".join(b"%d\n" % number for number in range(1, 11)))
    assert edit(environment, path, "view", view_range=[3, 4])["output"] == "     3\t3\n     4\t4"
    assert edit(environment, path, "view", view_range=[10, -1])["output"] == "    10\t10\n    11\t"
    assert "beyond" in edit(environment, path, "view", view_range=[99, -1])["error"]


def test_view_of_a_directory_is_two_levels_without_hidden_files(
    environment: Environment, folder: Path
) -> None:
    environment.bash("cd ~/edit; mkdir -p a/b/c .hidden; touch a/b/c/deep a/b/mid a/top .secret")
    lines = edit(environment, folder, "view")["output"].splitlines()
    assert lines == [f"{folder}/", f"{folder}/a/", f"{folder}/a/b/", f"{folder}/a/top"]


def test_view_of_a_long_file_is_cut_with_a_note(environment: Environment, folder: Path) -> None:
    output = edit(environment, put(folder, "long", b"line of text\n" * 5000), "view")["output"]
    assert len(output) < 16_200
    assert "use view_range" in output


def test_replacement_must_be_unique(environment: Environment, folder: Path) -> None:
    path = put(folder, "twice", b"one\ntwo\none\n")
    error = edit(environment, path, "str_replace", old_str="one", new_str="x")["error"]
    assert "2 times" in error
    assert "[1, 3]" in error
    assert "does not appear" in edit(environment, path, "str_replace", old_str="three", new_str="x")["error"]
    assert path.read_bytes() == b"one\ntwo\none\n"


def test_replacement_without_new_text_deletes(environment: Environment, folder: Path) -> None:
    path = put(folder, "f", b"keep drop keep2")
    edit(environment, path, "str_replace", old_str=" drop")
    assert path.read_bytes() == b"keep keep2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("é old\n".encode("latin-1"), "é new\n".encode("latin-1")),
        (b"\xef\xbb\xbfold \xc3\xa9\n", b"\xef\xbb\xbfnew \xc3\xa9\n"),
        ("\ufeffold 日\n".encode("utf-16-le"), "\ufeffnew 日\n".encode("utf-16-le")),
        ("\ufeffold\n".encode("utf-16-be"), "\ufeffnew\n".encode("utf-16-be")),
        (b"a\r\nold\r\nb\r\n", b"a\r\nnew\r\nb\r\n"),
        (b"a\nold\r\nb\r\n", b"a\nnew\r\nb\r\n"),
        (b"old", b"new"),
    ],
    ids=["latin-1", "utf-8 mark", "utf-16-le", "utf-16-be", "crlf", "mixed", "no line end"],
)
def test_encoding_and_line_ends_are_kept(
    environment: Environment, folder: Path, before: bytes, after: bytes
) -> None:
    path = put(folder, "f", before)
    assert edit(environment, path, "str_replace", old_str="old", new_str="new")["error"] is None
    assert path.read_bytes() == after


def test_text_over_several_lines_matches_in_a_crlf_file(environment: Environment, folder: Path) -> None:
    path = put(folder, "f", b"a\r\nb\r\nc\r\n")
    assert edit(environment, path, "str_replace", old_str="a\nb", new_str="x\ny")["error"] is None
    assert path.read_bytes() == b"x\r\ny\r\nc\r\n"


def test_text_that_the_encoding_cannot_express_is_refused_and_the_file_unchanged(
    environment: Environment, folder: Path
) -> None:
    path = put(folder, "f", "é old".encode("latin-1"))
    assert "latin-1" in edit(environment, path, "str_replace", old_str="old", new_str="日本")["error"]
    assert path.read_bytes() == "é old".encode("latin-1")


@pytest.mark.parametrize("mode", [0o600, 0o755, 0o664])
def test_mode_is_kept(environment: Environment, folder: Path, mode: int) -> None:
    path = put(folder, "f", b"old", mode)
    assert edit(environment, path, "str_replace", old_str="old", new_str="new")["error"] is None
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_symbolic_link_stays_a_link(environment: Environment, folder: Path) -> None:
    target = put(folder, "target", b"old")
    environment.bash("ln -s target ~/edit/link")
    edit(environment, folder / "link", "str_replace", old_str="old", new_str="new")
    assert (folder / "link").is_symlink()
    assert target.read_bytes() == b"new"


def test_write_is_atomic_and_leaves_no_temporary_file(environment: Environment, folder: Path) -> None:
    path = put(folder, "f", b"old")
    inode = path.stat().st_ino
    edit(environment, path, "str_replace", old_str="old", new_str="new")
    assert path.stat().st_ino != inode, "a new file took the old one's place"
    assert [entry.name for entry in folder.iterdir()] == ["f"]


def test_failed_write_leaves_the_file_unchanged_and_no_temporary_file(
    environment: Environment, folder: Path
) -> None:
    path = put(folder, "f", b"old")
    environment.bash("chmod a-w ~/edit")
    assert edit(environment, path, "str_replace", old_str="old", new_str="new")["error"]
    environment.bash("chmod u+w ~/edit")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in folder.iterdir()] == ["f"]


def test_create_does_not_overwrite(environment: Environment, folder: Path) -> None:
    path = put(folder, "f", b"old")
    assert "exists already" in edit(environment, path, "create", file_text="new")["error"]
    assert path.read_bytes() == b"old"


def test_anything_but_a_text_file_is_refused(environment: Environment, folder: Path) -> None:
    environment.bash("cd ~/edit; mkfifo pipe; mkdir d")
    put(folder, "binary", b"\x7fELF\0\0")
    assert "not a regular file" in edit(environment, folder / "pipe", "view")["error"]
    assert "binary" in edit(environment, folder / "binary", "view")["error"]
    assert "directory" in edit(environment, folder / "d", "str_replace", old_str="a", new_str="b")["error"]
    assert "No such file" in edit(environment, folder / "missing", "view")["error"]
    assert "not a regular file" in edit(environment, "/dev/zero", "view")["error"]
    assert (
        "beyond"
        in edit(environment, put(folder, "f", b"a\n"), "insert", insert_line=5, insert_text="x")["error"]
    )


def test_editor_has_only_the_shells_rights(environment: Environment, folder: Path) -> None:
    runtime = Path(environment.variables["RUNTIME_DIRECTORY"])
    for path in ("/etc/shadow", f"/proc/{environment.process.pid}/environ", runtime / "secrets" / "tls.key"):
        assert "Permission denied" in edit(environment, path, "view")["error"]
    assert "Permission denied" in edit(environment, "/etc/evil", "create", file_text="x")["error"]


def test_older_name_of_the_tool_and_of_the_text_work(environment: Environment, folder: Path) -> None:
    path = put(folder, "f", b"a\n")
    result = environment.execute(
        "str_replace_editor", command="insert", path=str(path), insert_line=1, new_str="b"
    )
    assert result["error"] is None
    assert path.read_bytes() == b"a\nb\n"
