"""The plan of the packages, as the code is today, and where it is broken: `python -m tests.house`, which `make house` runs.

The plan: nine packages in seven layers and no loose module; a class of at most 300 lines, a module of at most 400, a function
of at most 50; no class name with two meanings. A module may be longer where a comment at its head begins with REASON.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rbacgen"
LAYERS = (
    ("cli",),
    ("commands",),
    ("terraform", "reports", "sources"),
    ("analysis",),
    ("project",),
    ("authorization",),
    ("model",),
)
LOOSE = ("__init__", "__main__")
MODULE, CLASS, FUNCTION = 400, 300, 50
REASON = "# Longer than 400 lines because "


@dataclass(frozen=True, slots=True)
class House:
    """What was found: `sections` are lists of lines under a title, `broken` says in sentences where the plan is not kept."""

    sections: Mapping[str, Sequence[str]]
    broken: Sequence[str]


def contract(pyproject: Path = ROOT / "pyproject.toml") -> tuple[tuple[str, ...], ...]:
    """The rows of the one contract of layers, from the top; siblings of a row in its own order."""
    contracts = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (rows,) = [each["layers"] for each in contracts if each["type"] == "layers"]
    return tuple(tuple(name.strip() for name in row.split("|")) for row in rows)


def inspect(package: Path = PACKAGE, rows: Sequence[Sequence[str]] | None = None) -> House:
    """Reads every module of the package; nothing of it is imported."""
    rows = contract() if rows is None else rows
    modules = {path: path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))}
    trees = {path: ast.parse(text) for path, text in modules.items()}
    packages = sorted(path.name for path in package.iterdir() if (path / "__init__.py").is_file())
    loose = sorted(path.stem for path in package.glob("*.py"))
    arrows = _arrows(package, trees)
    modules_over = list(_long_modules(package, modules))
    classes_over, functions_over, twice = _definitions(package, trees)
    sections = {
        "Packages": packages,
        "Loose modules": loose,
        "Layers": [" | ".join(row) for row in rows],
        "Arrows between packages (imports)": [f"{a} -> {b} ({count})" for (a, b), count in sorted(arrows.items())],
        f"Modules over {MODULE} lines": [
            f"{where}{' (with a reason)' if reason else ''}" for where, reason in modules_over
        ],
        f"Classes over {CLASS} lines": classes_over,
        f"Functions over {FUNCTION} lines": functions_over,
        "Class names used twice": twice,
    }
    planned = sorted(name for row in LAYERS for name in row)
    broken = []
    if packages != planned:
        broken.append(f"the packages are not the nine of the plan: {', '.join(sorted({*packages} ^ {*planned}))}")
    if {*loose} - {*LOOSE}:
        broken.append(f"modules outside of the packages: {', '.join(sorted({*loose} - {*LOOSE}))}")
    if [sorted(row) for row in rows] != [sorted(row) for row in LAYERS]:
        broken.append("the contract in pyproject.toml does not have the seven rows of the plan")
    broken += [f"{a} imports {b}, which is not below it" for a, b in sorted(arrows) if not _is_below(a, b)]
    broken += [f"a module without a reason at its head: {where}" for where, reason in modules_over if not reason]
    broken += [f"a class: {each}" for each in classes_over]
    broken += [f"a function: {each}" for each in functions_over]
    broken += [f"a class name with two meanings: {each}" for each in twice]
    return House(sections, broken)


def _arrows(package: Path, trees: Mapping[Path, ast.Module]) -> Counter[tuple[str, str]]:
    """How many imports there are from one first-level package into another."""
    arrows: Counter[tuple[str, str]] = Counter()
    for path, tree in trees.items():
        home = path.relative_to(package).parts[0].removesuffix(".py")
        for node in ast.walk(tree):
            for name in _imported(node):
                parts = name.split(".")
                if parts[0] == package.name and len(parts) > 1 and parts[1] != home and home not in LOOSE:
                    arrows[home, parts[1]] += 1
    # `from rbacgen import __version__` takes a value of the package itself.
    return Counter({pair: count for pair, count in arrows.items() if (package / pair[1]).is_dir()})


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (each.name for each in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{each.name}" for each in node.names)


def _is_below(above: str, below: str) -> bool:
    rank = {name: number for number, row in enumerate(LAYERS) for name in row}
    return above not in rank or below not in rank or rank[above] < rank[below]


def _long_modules(package: Path, modules: Mapping[Path, str]) -> Iterator[tuple[str, bool]]:
    """Modules that are too long, and whether a reason stands above their first import."""
    for path, text in modules.items():
        lines = text.splitlines()
        if len(lines) > MODULE:
            imports = (number for number, line in enumerate(lines) if line.startswith(("import ", "from ")))
            head = lines[: next(imports, len(lines))]
            yield f"{path.relative_to(package.parent)}: {len(lines)}", any(line.startswith(REASON) for line in head)


def _definitions(package: Path, trees: Mapping[Path, ast.Module]) -> tuple[list[str], list[str], list[str]]:
    """The classes and functions that are too long, and the class names that are used twice, each with its places."""
    classes, functions, places = [], [], defaultdict(list)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            where = f"{path.relative_to(package.parent)}:{node.lineno} {node.name}: {lines}"
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(package.parent)}:{node.lineno}")
                classes += [where] if lines > CLASS else []
            else:
                functions += [where] if lines > FUNCTION else []
    return classes, functions, [f"{name}: {', '.join(at)}" for name, at in sorted(places.items()) if len(at) > 1]


def main() -> int:
    """Prints what was found; 1 where the plan is broken."""
    house = inspect()
    for title, lines in house.sections.items():
        print(f"{title}: {len(lines)}")
        for line in lines:
            print(f"  {line}")
    for line in house.broken:
        print(f"broken: {line}", file=sys.stderr)
    return 1 if house.broken else 0


if __name__ == "__main__":
    sys.exit(main())
