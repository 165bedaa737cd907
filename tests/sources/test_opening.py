"""Opening what a command was given: files in any encoding, directories, standard input, and Azure where nothing is named."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rbacgen.authorization.catalog import Catalog
from rbacgen.commands import open_source
from rbacgen.model.problems import InputError, RbacgenError
from rbacgen.model.source import Ask, Entry, Source, SourceKind
from rbacgen.model.state import State

EMPTY_STATE = '{"format_version": "1.0", "values": {"root_module": {}}}'
BLOCK = """resource "azurerm_role_assignment" "this" {
  scope                = "/"
  role_definition_name = "Reader"
  principal_id         = "aaaaaaaa-0000-4000-8000-000000000001"
}
"""


class Live:
    """Azure, which remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    def read(self, ask: Ask) -> Source:
        self.asked.append(ask)
        return Source(SourceKind.AZURE, "azure", State(()))

    def directory(self, principal_ids: frozenset[str]) -> Mapping[str, Entry]:
        raise NotImplementedError

    def with_justifications(self, source: Source) -> Source:
        raise NotImplementedError


def opened(given: str | None, roles: Catalog) -> Source:
    """The source, where Azure must not be asked."""

    def refuse() -> Live:
        raise AssertionError("Azure was asked")

    return open_source.source(given, Ask(()), refuse, roles)


def test_azure_is_asked_where_no_source_is_named(roles: Catalog) -> None:
    """For what the command wants to know."""
    live = Live()
    ask = Ask(("11111111-1111-1111-1111-111111111111",))
    assert open_source.source(None, ask, lambda: live, roles).kind is SourceKind.AZURE
    assert live.asked == [ask]


def test_an_empty_name_is_no_source(roles: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a path it is the current folder, and the Terraform in there may be the project's own."""
    (tmp_path / "main.tf").write_text(BLOCK)
    monkeypatch.chdir(tmp_path)
    assert opened(".", roles).kind is SourceKind.TERRAFORM_FILES
    with pytest.raises(RbacgenError, match="SOURCE is empty"):
        opened("", roles)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_files_of_powershell_are_read(encoding: str, roles: Catalog, tmp_path: Path) -> None:
    """Its redirection writes UTF-16 with a mark."""
    path = tmp_path / "state.json"
    path.write_text(EMPTY_STATE, encoding=encoding)
    assert opened(str(path), roles).kind is SourceKind.TERRAFORM_STATE


def test_standard_input_is_read(roles: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `-`, as bytes: a pipe of PowerShell may be in UTF-16."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(EMPTY_STATE.encode("utf-16"))))
    assert opened("-", roles).name == "standard input"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04\x14\x00", "is a plan file of `terraform plan -out`"),
        (b"\xff\xfe\x00", "is not text"),
        (b"\x80\x81", "is not text"),
    ],
)
def test_a_file_that_is_no_text_is_refused(content: bytes, message: str, roles: Catalog, tmp_path: Path) -> None:
    """With its name and a cure."""
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(RbacgenError, match=message) as fault:
        opened(str(tmp_path / "x"), roles)
    assert fault.value.hint


def test_a_file_that_is_not_there_is_refused(roles: Catalog, tmp_path: Path) -> None:
    """With the ways to a source."""
    with pytest.raises(RbacgenError, match="does not exist") as fault:
        opened(str(tmp_path / "none.json"), roles)
    assert "rbacgen snapshot" in fault.value.hint


@pytest.mark.parametrize(
    "given",
    [
        '[{"principalName": "ada@contoso.example"}]' + " " * 5000,
        ' {"principalName": "ada@contoso.example"}',
        "Principal\nada@contoso.example",
        "ada@contoso.example " * 20,
        "[ada@contoso.example\0]",
    ],
    ids=["too long", "object", "lines", "long", "null"],
)
def test_content_instead_of_a_name_is_not_said(given: str, roles: Catalog) -> None:
    """As of `rbacgen diff "$(cat az.json)"`: it is no name, and who stands in it is nobody's business."""
    with pytest.raises(RbacgenError, match="looks like the content of a file, not like the name of one") as fault:
        opened(given, roles)
    assert "contoso" not in fault.value.message + fault.value.hint
    assert "`-`" in fault.value.hint


@pytest.mark.parametrize("given", ["locked/az.json", "locked", "x" * 300])
def test_what_may_not_be_looked_at_is_refused(
    given: str, roles: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder may be closed to this account, to its files and to itself."""

    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "stat", refuse)
    said = given if len(given) < 200 else "SOURCE"
    with pytest.raises(RbacgenError) as fault:
        opened(given, roles)
    assert fault.value.message == f"{said} cannot be read: permission denied"
    assert fault.value.hint


def test_a_directory_that_cannot_be_listed_is_no_empty_one(
    roles: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one with less in it: what lies in the closed part would look absent."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "main.tf").write_text(BLOCK, encoding="utf-8")
    listed = os.scandir

    def scandir(path: str) -> Any:
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RbacgenError) as fault:
        opened(".", roles)
    assert fault.value.message == "closed cannot be read: permission denied"


def test_a_directory_above_is_named_alike_throughout(
    roles: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a call leads from the one to the other, also where the command is run in the called one."""
    (tmp_path / "m").mkdir()
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./m"\n}\n', encoding="utf-8")
    (tmp_path / "m" / "main.tf").write_text(BLOCK, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "m")
    for given in ("..", str(tmp_path)):
        found = opened(given, roles)
        assert [str(row.actual.at) for row in found.state] == ["../m/main.tf:1:1"]
        assert found.state.coverage.unread == ()


def test_a_directory_is_read_with_what_lies_below(
    roles: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But not what Terraform keeps in hidden folders, nor other files; places are named from here."""
    for name in ("a/main.tf", "a/.terraform/modules/m/main.tf", ".git/x.tf", "a/.hidden.tf", "a/notes.txt", "a/x.tf~"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BLOCK if name == "a/main.tf" else "!!", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for given in (".", "a", str(tmp_path)):
        found = opened(given, roles)
        (row,) = found.state
        assert str(row.actual.at) == "a/main.tf:1:1"
        assert found.state.coverage.unread == ()


def test_a_directory_without_terraform_is_refused(roles: Catalog, tmp_path: Path) -> None:
    """It would look as if nobody had any access."""
    (tmp_path / "state.json").write_text(EMPTY_STATE, encoding="utf-8")
    with pytest.raises(RbacgenError, match="contains no Terraform files"):
        opened(str(tmp_path), roles)


def test_a_terraform_file_that_is_no_text_is_refused(roles: Catalog, tmp_path: Path) -> None:
    """With the place."""
    (tmp_path / "a.tf").write_bytes(b"# \xff\n")
    with pytest.raises(InputError) as fault:
        opened(str(tmp_path), roles)
    assert fault.value.problems[0].at.line == 1
