"""Reads and writes files: mappings, project, lock, templates; every write whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, field

from rbacgen.model import rules
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import InputError, Position, Problem, RbacgenError

PROJECT_FILE = "rbacgen.yaml"
LOCK_FILE = "rbacgen.lock"
ROLES_FILE = "azure_roles.json"
SCHEMA_FILE = "rbacgen.schema.json"
_ELSEWHERE = "see to it that this account may write there, or name another place with `-o`"

_PACKAGE = Path(__file__).resolve().parent.parent
# In a checkout `mappings/` and `templates/` are beside the package, in a wheel inside it.
_SHIPPED = _PACKAGE.parent if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE


class Text(Struct, frozen=True):
    """A file that was read: its text, and the name to call it by in messages."""

    name: str
    text: str


def shown(path: Path) -> str:
    """The path as a person would type it from here: relative where it lies below the current folder."""
    absolute = path.absolute()
    with contextlib.suppress(ValueError):
        return absolute.relative_to(Path.cwd()).as_posix()
    with contextlib.suppress(ValueError):
        relative = os.path.relpath(absolute, Path.cwd())
        if relative.count("..") <= 3:
            return Path(relative).as_posix()
    return absolute.as_posix()


def below_repository() -> str:
    """The current folder as seen from the root of the repository that it lies in; empty for the root, and where there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".git").exists():  # a folder, or a file in a worktree and in a submodule
            return "" if folder == here else here.relative_to(folder).as_posix()
    return ""


def read_text(path: Path, name: str = "") -> Text:
    """The file's text. Raises InputError where it is not there, not readable or not UTF-8."""
    name = name or shown(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError([rules.problem("unreadable-file", Position(name), "there is no such file")]) from None
    except OSError as error:
        message = f"cannot be read: {(error.strerror or 'unknown reason').lower()}"
        raise InputError([rules.problem("unreadable-file", Position(name), message)]) from error
    try:
        return Text(name, content.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        at = Position(name, line, column)
        raise InputError([rules.problem("unreadable-file", at, "not UTF-8 text: save the file as UTF-8")]) from error


def find_project(given: str | None) -> Path:
    """The project file: the one that is given (or in the folder that is given), else here or in a parent folder.

    Raises RbacgenError where an empty name is given, and where none is and there is no such file.
    """
    if given == "":
        raise RbacgenError(
            "the name of the project file is empty", "name one; a variable that is not set may be the cause"
        )
    if given is not None:
        path = Path(given)
        return path / PROJECT_FILE if path.is_dir() else path
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder / PROJECT_FILE
    raise RbacgenError(
        f"there is no {PROJECT_FILE} here or in a folder above",
        "write one with `rbacgen init`, or name one with `--project FILE`",
    )


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with rbacgen."""
    return tuple(sorted(path.name for path in (_SHIPPED / "mappings").iterdir() if (path / "mapping.yaml").is_file()))


def is_shipped(folder: Path) -> bool:
    """Whether this is the folder of a mapping that comes with rbacgen."""
    return folder.parent == _SHIPPED / "mappings"


def mapping_folder(name: str, at: Position, project_folder: Path) -> tuple[Path, str]:
    """The folder of a mapping and the name to call it by: a shipped one by its name, else a path from the project file.

    Raises InputError where there is no such mapping.
    """
    if "/" not in name and "\\" not in name and not name.startswith("."):
        shipped = _SHIPPED / "mappings" / name
        if (shipped / "mapping.yaml").is_file():
            return shipped, name
    folder = project_folder / name
    if folder.is_dir():
        return folder, shown(folder)
    known = shipped_mappings()
    hint = did_you_mean(name, known) or f": shipped are {', '.join(known)}; a path is taken from the project file"
    raise InputError([rules.problem("unknown-mapping", at, f"no mapping `{name}`{hint}")])


def read_mapping(folder: Path, name: str) -> tuple[tuple[str, Text], ...]:
    """Every YAML file of a mapping: its path below the folder, and its text. Raises InputError with all that cannot be read."""
    found: list[tuple[str, Text]] = []
    problems: list[Problem] = []
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        relative = path.relative_to(folder).as_posix()
        try:
            found.append((relative, read_text(path, f"{name}/{relative}")))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def read_templates(names: Iterable[str], folder: Path | None) -> dict[str, str]:
    """The text of each template: the user's where the folder has it, else the shipped one.

    Raises RbacgenError where the folder is not there, or holds a template that no file is made from.
    """
    desired = tuple(names)
    shipped = _SHIPPED / "templates" / "terraform"
    own: set[str] = set()
    if folder is not None:
        if not folder.is_dir():
            raise RbacgenError(
                f"there is no folder {shown(folder)} with templates", f"copy some of {', '.join(desired)} there"
            )
        own = {path.name.removesuffix(".tf.j2") for path in folder.glob("*.tf.j2")}
        if unknown := sorted(own - set(desired)):
            raise RbacgenError(
                f"{shown(folder)}/{unknown[0]}.tf.j2 is no template that rbacgen renders",
                f"the templates are {', '.join(f'{name}.tf.j2' for name in desired)}",
            )
    return {
        name: read_text((folder if folder is not None and name in own else shipped) / f"{name}.tf.j2").text
        for name in desired
    }


def terraform_files(folder: Path) -> dict[str, str]:
    """The Terraform files of one directory by name; none where there is no such directory.

    Lines that git made end in CR LF on checkout, as it does on Windows, end in LF here, so that they are no change.
    """
    if not folder.is_dir():
        return {}
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name.endswith((".tf", ".tf.json")))
    return {name: read_text(folder / name).text.replace("\r\n", "\n") for name in names}


class Staged(Struct):
    """Writes and removals, to be carried out together: nothing that is there changes before `commit`."""

    texts: dict[Path, str] = field(default_factory=dict)
    removals: list[Path] = field(default_factory=list)
    _prepared: list[tuple[str, Path]] = field(default_factory=list)

    def write(self, path: Path, text: str) -> None:
        """Notes a file's new content."""
        self.texts[path] = text

    def remove(self, path: Path) -> None:
        """Notes a file that is to go."""
        self.removals.append(path)

    def commit(self) -> None:
        """Writes every file beside its place, then puts each into its place in one step, then removes what is to go.

        Raises RbacgenError where one cannot be written; nothing that was there has changed then.
        """
        for path, text in self.texts.items():
            self._prepare(path, text)
        undo: list[tuple[Path, str]] = []
        path = Path()
        try:
            while self._prepared:
                temporary, path = self._prepared[0]
                undo.append((path, _kept(path)))
                os.replace(temporary, path)
                self._prepared.pop(0)
            for path in self.removals:
                undo.append((path, _kept(path)))
                path.unlink(missing_ok=True)
        except OSError as error:
            _put_back(undo)
            raise RbacgenError(
                f"{shown(path)} cannot be replaced: {(error.strerror or '').lower()}", _ELSEWHERE
            ) from error
        for _, kept in undo:
            if kept:
                os.unlink(kept)

    def discard(self) -> None:
        """Takes prepared files away again; a no-op after `commit`."""
        for temporary, _ in self._prepared:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        self._prepared.clear()

    def _prepare(self, path: Path, text: str) -> None:
        import tempfile  # 5 ms that only a writing command should cost

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            self._prepared.append((temporary, path))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            os.chmod(temporary, 0o644 if not path.exists() else path.stat().st_mode & 0o777)
        except OSError as error:
            raise RbacgenError(
                f"{shown(path)} cannot be written: {(error.strerror or '').lower()}", _ELSEWHERE
            ) from error


def _kept(path: Path) -> str:
    """A second name for what is there, by which it can be put back; empty where nothing does."""
    import shutil
    import tempfile

    if not path.exists():
        return ""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    os.unlink(name)
    try:
        os.link(path, name)
    except OSError:  # a file system without hard links
        shutil.copy2(path, name)
    return name


def _put_back(undo: Iterable[tuple[Path, str]]) -> None:
    """Undoes replacements and removals as far as the disk lets it."""
    for path, kept in undo:
        with contextlib.suppress(OSError):
            if not kept:
                path.unlink()
                continue
            os.replace(kept, path)
        if kept:  # replacing a name of a file by another name of it leaves both
            with contextlib.suppress(OSError):
                os.unlink(kept)


_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}


def descriptor(path: Path) -> int | None:
    """The number of the open descriptor that a path of Unix's means, as `/dev/stdout` and process substitutions do."""
    name = path.as_posix()
    if name in _STREAMS:
        return _STREAMS[name]
    folder, _, number = name.rpartition("/")
    return int(number) if folder in ("/dev/fd", "/proc/self/fd") and number.isdecimal() else None


def _is_replaceable(path: Path) -> bool:
    """Whether another file may take the place of what is there: a regular file does, or nothing."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise RbacgenError(f"{shown(path)} cannot be written: {(error.strerror or '').lower()}") from error


def write_one(path: Path, text: str) -> None:
    """Replaces one file atomically, the one that a link leads to; what is no file, such as a pipe, is written into.

    Raises RbacgenError where it cannot be written.
    """
    write([(path, text)])


def write(texts: Iterable[tuple[Path, str]]) -> None:
    """Replaces files, all of them or none, and then writes into what is no file, such as a pipe. A link leads to the file.

    Raises RbacgenError where one cannot be written.
    """
    staged = Staged()
    streams = []
    for path, text in texts:
        if descriptor(path) is None and _is_replaceable(path):
            staged.write(Path(os.path.realpath(path)) if path.is_symlink() else path, text)
        elif path.is_dir():
            raise RbacgenError(f"{shown(path)} cannot be written: {os.strerror(errno.EISDIR).lower()}")
        else:
            streams.append((path, text))
    try:
        staged.commit()
    finally:
        staged.discard()
    for path, text in streams:
        _write_into(path, text)


def _write_into(path: Path, text: str) -> None:
    number = descriptor(path)
    try:
        # A descriptor is the caller's own, and may be in the middle of a file: it is written on, not opened anew.
        where = path if number is None else os.dup(number)
        with open(where, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise RbacgenError(f"{shown(path)} cannot be written: {(error.strerror or '').lower()}") from error
