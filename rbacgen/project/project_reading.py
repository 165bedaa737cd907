"""A project file as it is being read: its shape, and what is wrong with it so far."""

from __future__ import annotations

from rbacgen.model import rules
from rbacgen.model.problems import Position, Problem
from rbacgen.project.decode import Reading, read
from rbacgen.project.document import MappingNode, Node
from rbacgen.project.lock import Lock
from rbacgen.project.project_file import ProjectShape


class ProjectReading:
    """A project file and the lock beside it; every part of the project notes here what is wrong with it."""

    def __init__(self, root: Node, lock: Lock) -> None:
        self.root = root
        self.lock = lock
        self.reading = Reading()
        self.shape = read(root, ProjectShape, self.reading)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was noted."""
        return tuple(self.reading.problems)

    @property
    def places(self) -> dict[str, Position]:
        """The places of the top-level keys."""
        return self.root.keys if isinstance(self.root, MappingNode) else {}

    def refuse(self, rule: str, at: Position, message: str) -> None:
        """Notes one problem."""
        self.reading.problems.append(rules.problem(rule, at, message))

    def is_broken(self, *path: str | int) -> bool:
        """Whether the value at this path could not be read, which is noted already."""
        return tuple(path) in self.reading.broken
