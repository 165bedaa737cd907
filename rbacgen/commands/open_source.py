"""Opens the source that a command was given: a file, a directory, standard input, or Azure itself."""

from __future__ import annotations

import errno
import os
import posixpath
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.authorization.catalog import Catalog
from rbacgen.commands import files
from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import Ask, DirectoryRefusedError, LiveSource, Presence, Source, check_tenant
from rbacgen.model.state import Part, Unread

if TYPE_CHECKING:
    from rbacgen.sources.azure.clouds import Cloud

LIVE = "azure"
STANDARD_INPUT = "-"
_LONGEST_NAME = 200  # that is said: what is longer is hardly a name

Connect = Callable[[str, Catalog], LiveSource]
"""Makes a connection to Azure: from the project's cloud, and the catalogue that roles are known by."""
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


class ConnectionOptions(Struct, frozen=True):
    """Which Azure to speak to, as the options say; what they leave open, the environment and the project say.

    `patience` is in seconds: what one list may lose to throttling and failures.
    """

    cloud: str | None = None
    arm_endpoint: str | None = None
    authority: str | None = None
    graph_endpoint: str | None = None
    patience: float = 120.0


def connector(
    asked: ConnectionOptions, environment: Mapping[str, str], now: datetime, progress: Callable[[str], None] | None
) -> Connect:
    """What connects to Azure with the login that the environment decides on, when it comes to that."""

    def connect(of_project: str, known: Catalog) -> LiveSource:
        from rbacgen.sources.azure.reader import Azure

        return Azure.of(cloud(asked, environment, of_project), environment, known, now, asked.patience, progress)

    return connect


def cloud(asked: ConnectionOptions, environment: Mapping[str, str], of_project: str) -> Cloud:
    """The cloud of the option, else the environment's, else the project's. Raises RbacgenError where it is none."""
    from rbacgen.sources.azure import clouds

    is_said = any(environment.get(each) for each in (clouds.CLOUD, clouds.ARM_ENDPOINT))
    return clouds.cloud_of(
        asked.cloud or (None if is_said or of_project in ("", "public") else of_project),
        arm_endpoint=asked.arm_endpoint,
        authority=asked.authority,
        graph_endpoint=asked.graph_endpoint,
        environment=environment,
    )


class Reader:
    """Opens the sources of one command, and keeps the connection to Azure, if it came to one, for what is asked after.

    Without `connect` there are only files to read.
    """

    def __init__(self, connect: Connect | None, of_project: str, known: Catalog) -> None:
        self._connect = connect
        self._cloud = of_project
        self._catalog = known
        self.live: LiveSource | None = None

    def read(self, given: str | None, ask: Ask, tenant: str = "") -> Source:
        """What the source holds. Raises RbacgenError where it is none, or is of another tenant than this one."""
        found = source(given, replace(ask, tenant=tenant), self._connected, self._catalog)
        check_tenant(found.name, found.tenant, tenant)
        return found

    def _connected(self) -> LiveSource:
        assert self._connect is not None
        self.live = self._connect(self._cloud, self._catalog)
        return self.live

    def with_justifications(self, found: Source) -> Source:
        """The reading with the justifications of its PIM rows, if it is Azure's."""
        return found if self.live is None else self.live.with_justifications(found)

    def with_directory(self, found: Source, ids: frozenset[str]) -> Source:
        """The reading with what the directory says of these principals, if it is Azure's.

        Where the directory may not be asked, or does not show somebody, a note says so; where it could not be, it is unread.
        """
        if self.live is None or not ids:
            return found
        try:
            directory = self.live.directory(ids)
        except DirectoryRefusedError as error:
            remedy = f" ({error.hint})" if error.hint else ""
            note = f"{error.message}, so names and whether principals still exist are not known{remedy}"
            return replace(found, notes=(*found.notes, note))
        except RbacgenError as error:
            missed = Unread("the directory", Part.DIRECTORY, error.message, error.hint)
            return replace(found, state=found.state.with_unread(missed))
        not_visible = sum(entry.presence is Presence.NOT_VISIBLE for entry in directory.values())
        notes = (_not_shown(not_visible, len(directory)),) if not_visible else ()
        return replace(found, directory=directory, notes=(*found.notes, *notes))


def _not_shown(not_visible: int, asked: int) -> str:
    """What is to be said where the directory leaves it open whether somebody exists."""
    return (
        f"whether {not_visible:,} of the {asked:,} principals still exist is not known: the login may not see them in its "
        "directory, or they hold access in a subscription of another tenant"
    )


def source(given: str | None, ask: Ask, connect: Callable[[], LiveSource], catalog: Catalog) -> Source:
    """What the source holds: Azure where none or `azure` is given, `-` for standard input, else a file or a directory.

    Only Azure is asked for what `ask` says; what is written down is read whole. Raises RbacgenError where there is no such
    source, or it is none.
    """
    if given in (None, LIVE):
        return connect().read(ask)
    assert given is not None
    if not given:  # as a path it would be the current folder, where the project's own render may lie
        raise RbacgenError(
            "SOURCE is empty", "name one, or none to read Azure; a variable that is not set may be the cause"
        )
    from rbacgen import sources

    if given == STANDARD_INPUT:
        return sources.read("standard input", decoded(sys.stdin.buffer.read(), "standard input"), catalog)
    path = Path(given)
    name = files.shown(path)
    try:
        found = _terraform_files(path, name) if path.is_dir() else path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a null byte in it is a ValueError
        raise _not_opened(given, name, error) from None
    if isinstance(found, bytes):
        return sources.read(name, decoded(found, name), catalog)
    if not found:
        raise RbacgenError(
            f"there is no Terraform file in {name}",
            "give a directory of .tf files, or a file: a snapshot, an az list or `terraform show -json`",
        )
    return sources.read(name, found, catalog)


def _not_opened(given: str, name: str, error: OSError | ValueError) -> RbacgenError:
    """Why a file or directory could not be opened; content that was given for its name, with persons in it, is not said."""
    is_none = isinstance(error, (FileNotFoundError, ValueError)) or error.errno == errno.ENAMETOOLONG
    if is_none and (len(given) > _LONGEST_NAME or "\n" in given or given.lstrip().startswith(("[", "{"))):
        return RbacgenError(
            "what was given as SOURCE looks like the content of a file, and not like its name",
            "give the name of the file, or pipe the content in and give `-`",
        )
    if is_none:
        return RbacgenError(
            f"there is no {name}", "write one with `rbacgen snapshot -o FILE`, or name none to read Azure"
        )
    return _unreadable(name, error)


def _unreadable(name: str, error: OSError | ValueError) -> RbacgenError:
    why = (isinstance(error, OSError) and error.strerror) or "unknown reason"
    said = name if len(name) <= _LONGEST_NAME else "what was given as SOURCE"
    return RbacgenError(f"{said} cannot be read: {why.lower()}", "see to it that this account may read it")


def decoded(content: bytes, name: str) -> str:
    """The text of a file. Windows PowerShell redirects into UTF-16, and marks UTF-8 with a byte order mark.

    Raises RbacgenError where it is none: a plan as Terraform writes it, for one, is a zip archive.
    """
    if content.startswith(b"PK\x03\x04"):
        raise RbacgenError(
            f"{name} is a plan as `terraform plan -out` writes it",
            "give what Terraform prints of it: `terraform show -json PLAN > plan.json`",
        )
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise RbacgenError(f"{name} is no text", "save it as UTF-8") from None


def _terraform_files(folder: Path, called: str) -> dict[str, str]:
    """The Terraform files of a directory, which is called so, and of those below it, by the path to call them by.

    Left out is what Terraform leaves out too, hidden and backup files, and what it keeps for itself in `.terraform`.
    Raises RbacgenError where one of the directories cannot be read: what lies in it would look absent.
    """

    def refuse(error: OSError) -> None:
        raise _unreadable(files.shown(Path(error.filename)), error) from None

    found: dict[str, str] = {}
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.endswith((".tf", ".tf.json")) and not name.startswith("."):
                path = Path(parent) / name
                below = path.relative_to(folder).as_posix()
                read = files.read_text(path, below if called == "." else posixpath.join(called, below))
                found[read.name] = read.text
    return found
