"""The harness of the guides notices what is wrong: it could not hold them to their word otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guides import guide
from tests.guides.guide import CUT, Command, Edited, Happening, HasClone, MalformedError, NeedsTerraform, Written
from tests.guides.reader import Reader

NO_TERRAFORM = "none is wanted here"


def followed(folder: Path, text: str) -> Reader:
    """A reader who has followed a guide of this text."""
    with Reader(folder, NO_TERRAFORM) as reader:
        reader.follow(guide.steps(text.splitlines()))
        return reader


def test_a_guide_is_read_into_steps() -> None:
    """Comments, files, edits and commands in order, each with its line; what is not run is left out."""
    text = """\
# Title
<!-- azure: claims: a sentence -->
<!-- clone -->
```yaml file=a/b.yaml
x: 1
```
```diff file=a/b.yaml
-x: 1
+x: 2
 y
```
<!-- not run: why -->

```sh
rm -rf /
```
<!-- terraform -->
```console
$ one \\
    two    # exit 2: differs
said
…
$ three
```
"""
    assert guide.steps(text.splitlines()) == (
        Happening(2, "claims"),
        HasClone(3),
        Written(4, "a/b.yaml", "x: 1\n"),
        Edited(7, "a/b.yaml", "x: 1\ny\n", "x: 2\ny\n"),
        NeedsTerraform(17),
        Command(19, "one \\\n    two    # exit 2: differs", 2, 20, 22, ("said", "…")),
        Command(23, "three", 0, 23, 23, ()),
    )


@pytest.mark.parametrize(
    "block",
    [
        "```sh\nls\n```",
        "```yaml\na: 1\n```",
        "```\nplain\n```",
        "```console\nls\n```",
        "```diff file=x\nno sign\n```",
        "```yaml in=x\na: 1\n```",
    ],
)
def test_a_block_that_nobody_could_follow_is_refused(block: str) -> None:
    """Nothing can be shown without being run, but with a reason."""
    with pytest.raises(MalformedError):
        guide.steps(block.splitlines())


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a"], ["a", "b"], False),
        ([], ["a"], False),
        ([], [], True),
        ([CUT], [], True),
        ([CUT], ["a", "b"], True),
        (["a", CUT], ["a", "b"], True),
        (["a", CUT], ["b", "a"], False),
        ([CUT, "b"], ["a", "b"], True),
        ([CUT, "b"], ["b", "a"], False),
        ([CUT, "b", CUT], ["a", "b", "c"], True),
        ([CUT, "x", CUT], ["a", "b", "c"], False),
        ([CUT, "b", "c", CUT, "b", CUT], ["b", "b", "c", "b"], True),
        ([CUT, "b", "c", CUT, "b", CUT], ["b", "b", "c"], False),
        (["a", CUT, "a"], ["a"], False),
    ],
)
def test_outputs_agree_but_for_what_is_cut(shown: list[str], real: list[str], same: bool) -> None:
    """A cut stands for any lines, also none, and for nothing else."""
    assert guide.agree(shown, real) is same


LINES = st.lists(st.sampled_from("abcd"), max_size=8)


@given(st.lists(st.sampled_from(["a", "b", "c", "d", CUT]), max_size=8), LINES)
def test_a_blessed_output_agrees(shown: list[str], real: list[str]) -> None:
    """Whatever was shown and wherever it was cut."""
    assert guide.agree(guide.blessed(shown, real), real)


def test_a_blessed_output_is_cut_where_it_was() -> None:
    """New words beside a cut take the place of the old ones; a line of its own is told apart from what is cut."""
    shown = ["wrote it", CUT, "2 errors", "", "bye"]
    assert guide.blessed(shown, ["made it", "x", "y", "3 errors", "", "bye"]) == ["made it", CUT, "3 errors", "", "bye"]


def test_a_line_that_is_kept_between_cuts_stays_when_a_word_of_it_changes() -> None:
    """It is the one that the guide speaks of."""
    shown = [CUT, "file:8: warning: the user has Owner", CUT, "9 findings"]
    real = ["first", "file:8: error: the user has Owner", "file:9: error: somebody else does something", "8 findings"]
    assert guide.blessed(shown, real) == [CUT, real[1], CUT, "8 findings"]


@given(LINES, LINES)
def test_the_outputs_of_a_guide_are_written_where_its_commands_stand(first: list[str], second: list[str]) -> None:
    """Both at once, whatever lengths they had; nothing else of the guide changes."""
    lines = ["words", "```console", "$ one", "old", "older", "$ two", "```", "more"]
    one, two = guide.steps(lines)
    assert isinstance(one, Command)
    assert isinstance(two, Command)
    text = guide.with_outputs(lines, [(one, first), (two, second)])
    assert text.splitlines() == ["words", "```console", "$ one", *first, "$ two", *second, "```", "more"]


@pytest.mark.parametrize("text", ["x: 2\ny\n", "x: 1\ny\nx: 1\ny\n", "ax: 1\ny\n"])
def test_an_edit_is_made_where_its_lines_stand_once(text: str) -> None:
    """Not there, there twice, or as the end of another line: it is refused."""
    with pytest.raises(MalformedError):
        guide.edit(Edited(1, "f", "x: 1\ny\n", "x: 3\n"), text)


def test_what_a_reader_does_is_noticed(tmp_path: Path) -> None:
    """Files are written where the reader stands, the folder is kept, and outputs and exit codes are compared."""
    reader = followed(
        tmp_path,
        """\
```console
$ mkdir here && cd here
```
```text file=f.txt
one
```
```console
$ cat f.txt
one
$ cat f.txt
two
$ cat f.txt; false
one
$ false    # exit 1: as it should be
$ true     # exit 1: as it should not be
$ pwd; echo wrong >&2
/home/you/here
wrong
```
""",
    )
    assert [each.is_as_shown for each in reader.ran] == [True, True, False, False, True, False, True]
    assert (tmp_path / "home" / "here" / "f.txt").read_text(encoding="utf-8") == "one\n"


def test_without_a_terraform_a_guide_ends_where_it_takes_one(tmp_path: Path) -> None:
    """What stands before it was run, and the reason is kept."""
    reader = followed(tmp_path, "```console\n$ true\n```\n<!-- terraform -->\n```console\n$ terraform version\n```\n")
    assert [each.command.text for each in reader.ran] == ["true"]
    assert reader.stopped == NO_TERRAFORM


def test_only_the_day_is_added_to_what_a_guide_says(tmp_path: Path) -> None:
    """Where a command takes one and the guide gives none; nothing else of the command changes."""
    reader = followed(
        tmp_path,
        """\
```yaml file=rbacgen.yaml
project: p
mapping: mlops
environments: {dev: {subscription: 00000000-0000-0000-0000-000000000001, scopes: {environment: rg, workspace: mlw}}}
team: {solution_architect: [{group: g, id: 00000000-0000-0000-0000-000000000002, in: [dev], ends: 2026-11-23}]}
```
```console
$ rbacgen check | grep -c '\\[ended\\]'
1
$ rbacgen check --today 2026-11-22 | grep -c '\\[ended\\]'    # exit 1: none
0
$ mkdir new && cd new && rbacgen init p
wrote rbacgen.yaml, and rbacgen.schema.json for editors; what comes next:
…
$ cd .. && rm rbacgen.yaml && rbacgen init q --from new/rbacgen.yaml    # exit 1: no source
…
```
""",
    )
    assert [each.output for each in reader.ran if not each.is_as_shown] == []
