"""Opening what a command was given: files in any encoding, directories, standard input, and Azure where nothing is named."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from rbacgen import reading
from rbacgen.catalog import Catalog
from rbacgen.model import State
from rbacgen.problems import InputError, RbacgenError
from rbacgen.source import Ask, Entry, Source, SourceKind

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

    return reading.source(given, Ask(()), refuse, roles)


def test_azure_is_asked_where_no_source_is_named(roles: Catalog) -> None:
    """For what the command wants to know."""
    live = Live()
    ask = Ask(("11111111-1111-1111-1111-111111111111",))
    assert reading.source(None, ask, lambda: live, roles).kind is SourceKind.AZURE
    assert live.asked == [ask]


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
        (b"PK\x03\x04\x14\x00", "is a plan as `terraform plan -out` writes it"),
        (b"\xff\xfe\x00", "is no text"),
        (b"\x80\x81", "is no text"),
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
    with pytest.raises(RbacgenError, match="there is no ") as fault:
        opened(str(tmp_path / "none.json"), roles)
    assert "rbacgen snapshot" in fault.value.hint


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
        assert str(row.held.at) == "a/main.tf:1:1"
        assert found.state.coverage.unread == ()


def test_a_directory_without_terraform_is_refused(roles: Catalog, tmp_path: Path) -> None:
    """It would look as if nobody had any access."""
    (tmp_path / "state.json").write_text(EMPTY_STATE, encoding="utf-8")
    with pytest.raises(RbacgenError, match="there is no Terraform file in "):
        opened(str(tmp_path), roles)


def test_a_terraform_file_that_is_no_text_is_refused(roles: Catalog, tmp_path: Path) -> None:
    """With the place."""
    (tmp_path / "a.tf").write_bytes(b"# \xff\n")
    with pytest.raises(InputError) as fault:
        opened(str(tmp_path), roles)
    assert fault.value.problems[0].at.line == 1
