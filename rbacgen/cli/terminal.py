"""What a command prints: results to stdout or a file, errors and progress to stderr, colour on terminals only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rbacgen.cli.options import Outputs
    from rbacgen.model.problems import Problem, RbacgenError


def print_error(error: RbacgenError) -> None:
    """Prints an error to stderr: its problems, one per line, or its sentence and the remedy."""
    from rbacgen.model.problems import InputError

    if isinstance(error, InputError):
        warn(error.problems)
        return
    clear_progress()
    click.echo(f"rbacgen: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def warn(problems: Iterable[Problem]) -> None:
    """Prints problems to stderr, one per line."""
    clear_progress()
    from rbacgen.reports import text

    colour = style(sys.stderr)
    for problem in problems:
        click.echo(text.problem_line(problem, colour), err=True)


def style(stream: Any) -> Any:
    """What colours a text by the kind of message: on terminals only, and not if NO_COLOR is set (https://no-color.org)."""
    from rbacgen.reports.text import plain

    if os.environ.get("NO_COLOR") or not is_terminal(stream):
        return plain
    colours = {"error": "red", "warning": "yellow", "note": "cyan"}
    return lambda words, kind: click.style(words, fg=colours.get(kind), bold=kind == "error")


def is_terminal(stream: Any) -> bool:
    """Whether a person sees what is written to the stream."""
    return stream is not None and stream.isatty()


def put(text: str, output: str | None) -> None:
    """Writes the result of a command: to stdout if `output` is None or `-`, else to this file, whole or not at all.

    Raises RbacgenError if it cannot be written.
    """
    clear_progress()
    if output in (None, "-"):
        try:
            click.echo(text, nl=False)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            from rbacgen.model.problems import RbacgenError

            reason = (error.strerror or "unknown reason").lower()
            raise RbacgenError(f"the result cannot be written: {reason}") from error
        return
    assert output is not None
    from rbacgen.commands.files import write_one

    write_one(Path(output), text)


def put_reports(outputs: Outputs, make: Callable[[str, Any, int], str]) -> None:
    """Writes every report, made by format, colour and width: the files together or not at all, then stdout."""
    from rbacgen.reports.text import plain

    if outputs.files:
        from rbacgen.commands.files import write

        write((Path(path), make(name, plain, 80)) for path, name in outputs.files)
    if outputs.stdout:
        put(make(outputs.stdout, style(sys.stdout), width()), None)


def width() -> int:
    """The columns to write for: those of the terminal, between 60 and 120, or 80 without a terminal."""
    import shutil

    return min(max(shutil.get_terminal_size((80, 24)).columns, 60), 120) if is_terminal(sys.stdout) else 80


_shown: list[str] = []  # the words on the line of progress, if there are any


def progress() -> Callable[[str], None] | None:
    """What shows progress, if a person sees stderr."""
    return _show if is_terminal(sys.stderr) else None


def _show(words: str) -> None:
    """Shows progress on one line of a terminal, which the next words replace."""
    _shown[:] = [words]
    click.echo(f"\r\x1b[K{words}", nl=False, err=True)


def clear_progress() -> None:
    """Removes the line of progress, before something else is written."""
    if _shown:
        _shown.clear()
        click.echo("\r\x1b[K", nl=False, err=True)
