"""The order of steps of `init`: from what is known of a new project to its first files, written all or not at all."""

from __future__ import annotations

from pathlib import Path

from rbacgen import catalog, files, starter
from rbacgen.mapping import Mapping
from rbacgen.starter import Answers
from rbacgen.steps import editing, workflow


def refuse_standing() -> None:
    """Raises RbacgenError where the current folder has a project already, or a schema that rbacgen has not generated."""
    workflow.refuse_standing(Path.cwd() / files.PROJECT_FILE)
    editing.refuse_foreign(Path.cwd() / files.SCHEMA_FILE)


def write(name: str, mapping_name: str, mapping: Mapping, answers: Answers) -> tuple[str, ...]:
    """Writes a project file for a mapping, and the schema for editors, into the current folder; gives what is left to do.

    Raises RbacgenError where a project stands there already; nothing is written then.
    """
    refuse_standing()
    text = starter.project_file(name, mapping_name, mapping, answers)
    schema = editing.new_project_schema(mapping, answers.chosen(mapping), catalog.load())
    staged = files.Staged()
    try:
        staged.write(Path.cwd() / files.PROJECT_FILE, text)
        staged.write(Path.cwd() / files.SCHEMA_FILE, schema)
        staged.commit()
    finally:
        staged.discard()
    return starter.what_next(mapping, answers)
