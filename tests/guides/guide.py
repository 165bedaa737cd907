"""A guide as Markdown: what it writes, what it runs, what it shows, and how shown and real output are compared.

What a reader does is what stands in fenced blocks:

    ```yaml file=rbacgen.yaml       the file is written, into the folder that the reader is in
    ```diff file=rbacgen.yaml       lines with - and those without a sign stand there once; they become those with + and without
    ```console                      each line after `$ ` is run; what follows is all that it prints

A command ends with 0, or as a comment at its end says: `$ rbacgen diff    # exit 2: something differs`. A line `…` in an output
stands for any lines, also for none. A block of any other kind needs a comment that says why nobody runs it. Comments, which
no reader sees, tell the rest:

    <!-- azure: NAME: words -->     from here on the stand-in Azure is as the function NAME in `happenings` makes it
    <!-- clone -->                  the reader has a clone of rbacgen at hand, in the folder rbacgen (its examples, that is)
    <!-- terraform -->              what follows takes a Terraform
    <!-- not run: why -->           before a block that is only shown
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CUT = "…"
_FENCE = re.compile(r"```([a-z]+)(?: file=(\S+))?\Z")
_COMMENT = re.compile(r"<!-- (azure|clone|terraform|not run)\b:? ?(\w*)")
_EXIT = re.compile(r"#\s*exit (\d+)\b")


class MalformedError(Exception):
    """A guide that cannot be followed as it is written."""


@dataclass(frozen=True)
class Written:
    """A file that the reader writes."""

    line: int
    path: str
    text: str


@dataclass(frozen=True)
class Edited:
    """A change that the reader makes to a file: what stands there, and what stands there then."""

    line: int
    path: str
    before: str
    after: str


@dataclass(frozen=True)
class Command:
    """A command, with the lines that its output takes in the guide: `start` is the first, `end` the one after the last."""

    line: int
    text: str
    exit_code: int
    start: int
    end: int
    output: tuple[str, ...]


@dataclass(frozen=True)
class Happening:
    """Something that happens in Azure."""

    line: int
    name: str


@dataclass(frozen=True)
class NeedsTerraform:
    """What follows takes a Terraform."""

    line: int


@dataclass(frozen=True)
class HasClone:
    """The reader has a clone of rbacgen."""

    line: int


Step = Written | Edited | Command | Happening | HasClone | NeedsTerraform


def steps(lines: Sequence[str]) -> tuple[Step, ...]:
    """What there is to do in a guide, in order. Raises MalformedError where a block says too little to be followed."""
    found: list[Step] = []
    number, spared = 0, False
    while number < len(lines):
        line = lines[number]
        number += 1
        comment = _COMMENT.match(line)
        if comment is not None:
            match comment.groups():
                case ("azure", name):
                    found.append(Happening(number, name))
                case ("clone", _):
                    found.append(HasClone(number))
                case ("terraform", _):
                    found.append(NeedsTerraform(number))
                case _:
                    spared = True
        if not line.startswith("```"):
            continue
        end = lines.index("```", number)
        fence, body = _FENCE.match(line), lines[number:end]
        if fence is None:
            raise MalformedError(f"line {number}: {line} is no block of a guide")
        language, path = fence.groups()
        if spared:
            spared = False
        elif path is not None:
            found.append(_edited(number, path, body) if language == "diff" else Written(number, path, _text(body)))
        elif language == "console":
            found += _commands(lines, number, end)
        else:
            raise MalformedError(f"line {number}: say `file=`, or in a comment before it why it is not run")
        number = end + 1
    return tuple(found)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _edited(number: int, path: str, body: Sequence[str]) -> Edited:
    if any(line[:1] not in ("", " ", "+", "-") for line in body):
        raise MalformedError(f"line {number}: each line of a diff begins with +, - or a space")
    before, after = ([line[1:] for line in body if line[:1] != sign] for sign in "+-")
    return Edited(number, path, _text(before), _text(after))


def _commands(lines: Sequence[str], start: int, end: int) -> list[Command]:
    if not lines[start].startswith("$ "):
        raise MalformedError(f"line {start + 1}: a console block begins with `$ `")
    found: list[Command] = []
    number = start
    while number < end:
        first, text = number, lines[number][2:]
        number += 1
        while text.endswith("\\"):
            text += f"\n{lines[number]}"
            number += 1
        begin = number
        while number < end and not lines[number].startswith("$ "):
            number += 1
        told = _EXIT.search(text)
        code = int(told[1]) if told else 0
        found.append(Command(first + 1, text, code, begin, number, tuple(lines[begin:number])))
    return found


def edit(edited: Edited, text: str) -> str:
    """The text of a file with a change made. Raises MalformedError unless what is to change stands there once."""
    places = [match.start() for match in re.finditer(f"(?m)^(?={re.escape(edited.before)})", text)]
    if len(places) != 1:
        raise MalformedError(f"line {edited.line}: what is to change stands {len(places)} times in {edited.path}")
    return text[: places[0]] + edited.after + text[places[0] + len(edited.before) :]


def agree(shown: Sequence[str], real: Sequence[str]) -> bool:
    """Whether an output is as it is shown, cuts apart."""
    pieces: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == CUT:
            pieces.append([])
        else:
            pieces[-1].append(line)
    first, *rest = pieces
    if not rest:
        return list(shown) == list(real)
    *middle, last = rest
    at, end = len(first), len(real) - len(last)
    if at > end or list(real[:at]) != first or list(real[end:]) != last:
        return False
    for piece in middle:
        places = (place for place in range(at, end - len(piece) + 1) if list(real[place : place + len(piece)]) == piece)
        found = next(places, None)
        if found is None:
            return False
        at = found + len(piece)
    return True


def blessed(shown: Sequence[str], real: Sequence[str]) -> list[str]:
    """The real output, cut where the shown one is; the lines beside a cut that are no more give way to those in their place."""
    found: list[str] = []
    matcher = difflib.SequenceMatcher(a=list(shown), b=list(real), autojunk=False)
    for _, start, end, begin, stop in matcher.get_opcodes():
        old, new = list(shown[start:end]), list(real[begin:stop])
        found += _cut_alike(old, new) if any(line.strip() == CUT for line in old) else new
    return found


def _cut_alike(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Lines cut as others are: as many kept above and below, and between two cuts the one most like each that was kept."""
    cuts = [place for place, line in enumerate(old) if line.strip() == CUT]
    above = min(cuts[0], len(new))
    below = min(len(old) - cuts[-1] - 1, len(new) - above)
    kept = [*range(above), *range(len(new) - below, len(new))]
    at = above
    for line in old[cuts[0] : cuts[-1]]:
        likeness = [difflib.SequenceMatcher(a=line, b=each).ratio() for each in new[at : len(new) - below]]
        if line.strip() not in (CUT, "") and likeness and max(likeness) > 0.8:
            at += likeness.index(max(likeness)) + 1
            kept.append(at - 1)
    found: list[str] = []
    for place, line in enumerate(new):
        if place in kept:
            found.append(line)
        elif found[-1:] != [CUT]:
            found.append(CUT)
    return found if CUT in found else [*found[:above], CUT, *found[above:]]


def with_outputs(lines: Sequence[str], outputs: Sequence[tuple[Command, Sequence[str]]]) -> str:
    """The text of a guide in which these commands print this."""
    changed = list(lines)
    for command, real in sorted(outputs, key=lambda each: -each[0].start):
        changed[command.start : command.end] = real
    return _text(changed)


def read(path: Path) -> list[str]:
    """The lines of a guide."""
    return path.read_text(encoding="utf-8").splitlines()
