"""The editor tool's commands, one model each: all of tool version 20250728, and undo_edit of 20250124."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

_MAX_PATH = 4096
_MAX_TEXT = 5_000_000


def _is_path(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError(f"{path!r} is not an absolute path; did you mean '/{path}'?")
    if "\0" in path:
        raise ValueError("a path cannot contain a NUL character")
    return path


FilePath = Annotated[str, Field(strict=True, max_length=_MAX_PATH), AfterValidator(_is_path)]
Text = Annotated[str, Field(strict=True, max_length=_MAX_TEXT)]
LineNumber = Annotated[int, Field(strict=True, ge=0)]


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    path: FilePath


class View(_Command):
    """`view_range` is [first, last], counted from 1; -1 as last means the end of the file."""

    command: Literal["view"]
    view_range: (
        Annotated[list[Annotated[int, Field(strict=True)]], Field(min_length=2, max_length=2)] | None
    ) = None

    @model_validator(mode="after")
    def _is_range(self) -> "View":
        if self.view_range is not None:
            first, last = self.view_range
            if first < 1 or (last != -1 and last < first):
                raise ValueError(
                    f"view_range: {self.view_range} is not [first, last] with 1 <= first <= last, or last -1"
                )
        return self


class Create(_Command):
    command: Literal["create"]
    file_text: Text


class StrReplace(_Command):
    command: Literal["str_replace"]
    old_str: Annotated[str, Field(strict=True, min_length=1, max_length=_MAX_TEXT)]
    new_str: Text | None = None


class Insert(_Command):
    """Tool versions before 20250728 call `insert_text` `new_str`."""

    command: Literal["insert"]
    insert_line: LineNumber
    insert_text: Text | None = None
    new_str: Text | None = None

    @model_validator(mode="after")
    def _has_one_text(self) -> "Insert":
        if (self.insert_text is None) == (self.new_str is None):
            raise ValueError("give insert_text")
        return self


class UndoEdit(_Command):
    command: Literal["undo_edit"]


EditorInput = View | Create | StrReplace | Insert | UndoEdit

EDITOR_INPUT: TypeAdapter[EditorInput] = TypeAdapter(Annotated[EditorInput, Field(discriminator="command")])
