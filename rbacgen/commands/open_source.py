"""Opens the SOURCE of a command: a file, a directory, standard input, or live Azure."""

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
_LONGEST_NAME = 200  # in messages: a longer text is hardly a name

Connect = Callable[[str, Catalog], LiveSource]
"""Connects to Azure: from the project's cloud and the catalogue of roles."""
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


class ConnectionOptions(Struct, frozen=True):
    """Which Azure to connect to, from the options; the environment and the project decide what the options leave open.

    `patience` is how many seconds one list may lose to throttling and failures.
    """

    cloud: str | None = None
    arm_endpoint: str | None = None
    authority: str | None = None
    graph_endpoint: str | None = None
    patience: float = 120.0


def connector(
    options: ConnectionOptions, environment: Mapping[str, str], now: datetime, progress: Callable[[str], None] | None
) -> Connect:
    """A function that connects to Azure with the login that the environment decides on, when Azure is needed."""

    def connect(of_project: str, known: Catalog) -> LiveSource:
        from rbacgen.sources.azure.reader import Azure

        return Azure.of(cloud(options, environment, of_project), environment, known, now, options.patience, progress)

    return connect


def cloud(options: ConnectionOptions, environment: Mapping[str, str], of_project: str) -> Cloud:
    """The cloud of the option, else the environment's, else the project's. Raises RbacgenError where there is no such cloud."""
    from rbacgen.sources.azure import clouds

    is_set = any(environment.get(each) for each in (clouds.CLOUD, clouds.ARM_ENDPOINT))
    return clouds.cloud_of(
        options.cloud or (None if is_set or of_project in ("", "public") else of_project),
        arm_endpoint=options.arm_endpoint,
        authority=options.authority,
        graph_endpoint=options.graph_endpoint,
        environment=environment,
    )


class Reader:
    """Opens the sources of one command, and keeps the connection to Azure, if there is one, for later questions.

    Without `connect`, only files can be read.
    """

    def __init__(self, connect: Connect | None, of_project: str, known: Catalog) -> None:
        self._connect = connect
        self._cloud = of_project
        self._catalog = known
        self.live: LiveSource | None = None

    def read(self, given: str | None, ask: Ask, tenant: str = "") -> Source:
        """The content of the source. Raises RbacgenError where it cannot be read, or belongs to another tenant than this one."""
        found = source(given, replace(ask, tenant=tenant), self._connected, self._catalog)
        check_tenant(found.name, found.tenant, tenant)
        return found

    def _connected(self) -> LiveSource:
        assert self._connect is not None
        self.live = self._connect(self._cloud, self._catalog)
        return self.live

    def with_justifications(self, found: Source) -> Source:
        """The reading with the justifications of its PIM assignments, if it is of live Azure."""
        return found if self.live is None else self.live.with_justifications(found)

    def with_directory(self, found: Source, ids: frozenset[str]) -> Source:
        """The reading with the directory's entries of these principals, if it is of live Azure.

        A note says where the login may not read the directory, or does not see a principal; a directory that could not be
        read is unread.
        """
        if self.live is None or not ids:
            return found
        try:
            directory = self.live.directory(ids)
        except DirectoryRefusedError as error:
            remedy = f" ({error.hint})" if error.hint else ""
            note = f"{error.message}, so names of principals, and whether they still exist, are not known{remedy}"
            return replace(found, notes=(*found.notes, note))
        except RbacgenError as error:
            missed = Unread("the directory", Part.DIRECTORY, error.message, error.hint)
            return replace(found, state=found.state.with_unread(missed))
        not_visible = sum(entry.presence is Presence.NOT_VISIBLE for entry in directory.values())
        notes = (_not_visible(not_visible, len(directory)),) if not_visible else ()
        return replace(found, directory=directory, notes=(*found.notes, *notes))


def _not_visible(not_visible: int, count: int) -> str:
    """The note where the directory does not show whether some principals exist."""
    return (
        f"it is not known whether {not_visible:,} of the {count:,} principals still exist: the login may not see them in its "
        "directory, or they have access in a subscription of another tenant"
    )


def source(given: str | None, ask: Ask, connect: Callable[[], LiveSource], catalog: Catalog) -> Source:
    """The content of a source: live Azure for None or `azure`, standard input for `-`, else a file or a directory.

    `ask` applies to Azure only; files are read completely. Raises RbacgenError where there is no such source, or it cannot be
    read.
    """
    if given in (None, LIVE):
        return connect().read(ask)
    assert given is not None
    if not given:  # as a path it would be the current folder, which may contain the project's own render
        raise RbacgenError(
            "SOURCE is empty", "give one, or leave it out to read live Azure; perhaps a variable is not set"
        )
    from rbacgen import sources

    if given == STANDARD_INPUT:
        return sources.read("standard input", decoded(sys.stdin.buffer.read(), "standard input"), catalog)
    path = Path(given)
    name = files.shown(path)
    try:
        found = _terraform_files(path, name) if path.is_dir() else path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a null byte raises ValueError
        raise _not_opened(given, name, error) from None
    if isinstance(found, bytes):
        return sources.read(name, decoded(found, name), catalog)
    if not found:
        raise RbacgenError(
            f"{name} contains no Terraform files",
            "give a directory of .tf files, or a file: a snapshot, an az list or `terraform show -json`",
        )
    return sources.read(name, found, catalog)


def _not_opened(given: str, name: str, error: OSError | ValueError) -> RbacgenError:
    """Why a file or directory could not be opened; content given instead of a name is not repeated: it may name persons."""
    is_missing = isinstance(error, (FileNotFoundError, ValueError)) or error.errno == errno.ENAMETOOLONG
    if is_missing and (len(given) > _LONGEST_NAME or "\n" in given or given.lstrip().startswith(("[", "{"))):
        return RbacgenError(
            "SOURCE looks like the content of a file, not like the name of one",
            "give the name of the file, or pipe the content in with `-` as SOURCE",
        )
    if is_missing:
        return RbacgenError(
            f"{name} does not exist",
            "write one with `rbacgen snapshot -o FILE`, or leave SOURCE out to read live Azure",
        )
    return _unreadable(name, error)


def _unreadable(name: str, error: OSError | ValueError) -> RbacgenError:
    why = (isinstance(error, OSError) and error.strerror) or "unknown reason"
    shown = name if len(name) <= _LONGEST_NAME else "SOURCE"
    return RbacgenError(f"{shown} cannot be read: {why.lower()}", "give this account permission to read it")


def decoded(content: bytes, name: str) -> str:
    """The text of a file. Windows PowerShell redirects into UTF-16, and marks UTF-8 with a byte order mark.

    Raises RbacgenError where it is not text: a plan file of Terraform, for example, is a zip archive.
    """
    if content.startswith(b"PK\x03\x04"):
        raise RbacgenError(
            f"{name} is a plan file of `terraform plan -out`",
            "convert it to JSON: `terraform show -json PLAN > plan.json`",
        )
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise RbacgenError(f"{name} is not text", "save it as UTF-8") from None


def _terraform_files(folder: Path, called: str) -> dict[str, str]:
    """The Terraform files of a directory and those below it, by their path; `called` is the directory's name in messages.

    Terraform's own exclusions apply: hidden and backup files, and its `.terraform` folder. Raises RbacgenError where one of
    the directories cannot be read: its content would look absent.
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
