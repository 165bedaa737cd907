"""The known operations of Azure, by provider and plane: for typing errors and for what a pattern would cover."""

from __future__ import annotations

from functools import cache
from os.path import join

from msgspec import Struct

from rbacgen.authorization.catalog.roles import FOLDER
from rbacgen.authorization.patterns import matches, overlaps
from rbacgen.model.assignment import Plane

MARKS = {" ": Plane.CONTROL, "!": Plane.DATA}
"""What opens the line of an operation in the shipped file, below the line of its provider."""


class Operation(Struct, frozen=True):
    """An operation of Azure. The same name may be an operation of both planes."""

    name: str
    plane: Plane


class Operations:
    """Known operations. The list is not complete: an operation that it lacks may well exist, a provider too."""

    __slots__ = ("_blocks", "_parsed", "_wide")

    def __init__(self, text: str) -> None:
        """`text` holds, by provider, a line with its namespace and then one marked line for each of its operations.

        A line with a `*` is what some role grants though no operation of it is known: there are some, on that plane.
        """
        self._blocks: dict[str, tuple[str, list[str]]] = {}
        self._parsed: dict[str, dict[tuple[str, Plane], Operation]] = {}
        self._wide: list[tuple[str, Plane]] = []
        provider = ""
        lines: list[str] = []
        for line in text.splitlines():
            if line[:1] in MARKS and "*" in line:
                self._wide.append((f"{provider}/{line[1:]}", MARKS[line[0]]))
            elif line[:1] in MARKS:
                lines.append(line)
                self._blocks[provider.lower()] = (provider, lines)
            elif line and not line.startswith("#"):
                provider, lines = line, []

    def __len__(self) -> int:
        return sum(len(lines) for _, lines in self._blocks.values())

    def _of(self, namespace: str) -> dict[tuple[str, Plane], Operation]:
        folded = namespace.lower()
        parsed = self._parsed.get(folded)
        if parsed is None:
            provider, lines = self._blocks.get(folded, ("", []))
            found = [Operation(f"{provider}/{line[1:]}", MARKS[line[0]]) for line in lines]
            parsed = self._parsed[folded] = {
                (operation.name.lower(), operation.plane): operation for operation in found
            }
        return parsed

    def providers(self) -> tuple[str, ...]:
        """The namespaces of all providers with known operations, sorted."""
        return tuple(sorted((name for name, _ in self._blocks.values()), key=str.lower))

    def provider_known(self, operation: str) -> bool:
        """Whether the provider of an operation (its text up to the first slash) has known operations."""
        return operation.partition("/")[0].lower() in self._blocks

    def known(self, operation: str, plane: Plane) -> bool:
        """Whether this is a known operation of the plane, without regard to case."""
        return (operation.lower(), plane) in self._of(operation.partition("/")[0])

    def in_provider(self, namespace: str) -> tuple[Operation, ...]:
        """The known operations of a provider (`Microsoft.Compute`), of both planes, sorted; none for an unknown one."""
        return tuple(self._of(namespace).values())

    def matching(self, pattern: str, plane: Plane) -> tuple[str, ...]:
        """The known operations of the plane that a permission string covers, sorted."""
        namespace, slash, _ = pattern.partition("/")
        namespaces = [namespace] if slash and "*" not in namespace else sorted(self._blocks, key="{}/".format)
        return tuple(
            operation.name
            for each in namespaces
            for operation in self._of(each).values()
            if operation.plane is plane and matches(pattern, operation.name)
        )

    def beginning(self, start: str, most: int = 80) -> tuple[str, ...]:
        """What the known operations that begin so go on with: their providers, then parts of their names, then whole names.

        A provider or a part ends in a slash. More than `most` names are cut at the next slash that distinguishes some of them.
        """
        folded = start.lower()
        providers = [name for name in self.providers() if f"{name}/".lower().startswith(folded[: len(name) + 1])]
        if len(providers) > 1:
            return tuple(f"{name}/" for name in providers)
        names = tuple(
            dict.fromkeys(
                each.name
                for name in providers
                for each in self.in_provider(name)
                if each.name.lower().startswith(folded)
            )
        )
        slashes = start.count("/")
        while len(names) > most:
            parts = tuple(dict.fromkeys(_cut(name, slashes) for name in names))
            if len(parts) > 1:
                return parts
            slashes += 1
        return names

    def planes(self, pattern: str) -> tuple[Plane, ...]:
        """The planes on which an operation is known, or on which a pattern covers known ones or meets what a role grants.

        Empty means that the plane is not known; then both are to be tried.
        """
        if "*" in pattern:
            return tuple(plane for plane in Plane if self.matching(pattern, plane) or self._is_granted(pattern, plane))
        return tuple(plane for plane in Plane if self.known(pattern, plane))

    def _is_granted(self, pattern: str, plane: Plane) -> bool:
        return any(each is plane and overlaps(pattern, wide) for wide, each in self._wide)

    def wide(self) -> tuple[tuple[str, Plane], ...]:
        """The permission strings that roles grant and of which no operation is known, sorted by provider."""
        return tuple(self._wide)

    def near(self, operation: str, plane: Plane | None = None, n: int = 3) -> tuple[str, ...]:
        """Up to `n` known operations of the plane (of either, without one) that `operation` may have meant, nearest first.

        They are of the provider that it names, or of the one whose namespace comes nearest.
        """
        # Imported here, because only a mistake needs it.
        from difflib import get_close_matches

        folded = operation.strip().lower()
        namespace, _, rest = folded.partition("/")
        close = (
            [namespace] if namespace in self._blocks else get_close_matches(namespace, self._blocks, n=1, cutoff=0.8)
        )
        if not close:
            return ()
        candidates = {
            name.partition("/")[2]: found.name
            for (name, each), found in self._of(close[0]).items()
            if plane in (each, None)
        }
        return tuple(candidates[name] for name in get_close_matches(rest, candidates, n=n))


def _cut(name: str, slashes: int) -> str:
    """An operation up to the slash after so many others, and with it; whole where it has no more."""
    parts = name.split("/")
    return name if len(parts) <= slashes + 1 else "/".join(parts[: slashes + 1]) + "/"


@cache
def load() -> Operations:
    """The operations that ship with rbacgen."""
    with open(join(FOLDER, "azure_operations.txt"), encoding="utf-8") as file:
        return Operations(file.read())
