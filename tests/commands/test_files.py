"""What is written and what is not: the user's own files stay, and a render that fails leaves everything as it stood."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import stat
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from rbacgen.commands import files
from rbacgen.model.problems import InputError, RbacgenError
from tests.fakes.world import World

Snapshot = Mapping[str, tuple[bytes, int]]


def snapshot(folder: Path) -> Snapshot:
    """Every file below a folder with its bytes and the time of its last change."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def output(world: World) -> Path:
    """The output of a first render, with a file of the user's own in each directory."""
    world.render()
    folder = world.folder / "terraform"
    for name in ("dev", "prod"):
        (folder / name / "backend.tf").write_text("# mine\n")
        (folder / name / "notes.txt").write_text("mine too\n")
    return folder


def rename(world: World) -> None:
    """A change that touches files of both environments."""
    world.project["team"]["developer"][0]["group"] = "grp-makers"


def test_an_empty_name_is_no_project_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a path it is the current folder, which may hold another project than the one that was meant."""
    world.write()
    monkeypatch.chdir(world.folder)
    with pytest.raises(RbacgenError, match="the name of the project file is empty"):
        files.find_project("")


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    """As a process substitution of a shell's is one: what reads it gets the text, and the pipe stays a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()
    files.write_one(pipe, "grüße\n")
    reader.join(10)
    assert got == ["grüße\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    """At once, so that whoever has the old file open reads it to its end; also where the link leads to nothing yet."""
    (tmp_path / "kept").mkdir()
    target, link, other = tmp_path / "kept" / "target.json", tmp_path / "link.json", tmp_path / "other.json"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to("kept/target.json")
    other.symlink_to(link)
    with target.open() as before:
        files.write_one(other, "new")
        assert before.read() == "old"
    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("new", 0o600)
    assert link.is_symlink()
    assert other.is_symlink()
    target.unlink()
    files.write_one(link, "newer")
    assert (target.read_text(), link.is_symlink()) == ("newer", True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["kept", "link.json", "other.json", "target.json"]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("/dev/stdout", 1),
        ("/dev/stderr", 2),
        ("/dev/fd/63", 63),
        ("/proc/self/fd/1", 1),
        ("fd/1", None),
        ("/dev/fd/x", None),
    ],
)
def test_the_names_of_descriptors(name: str, number: int | None) -> None:
    """Asked, and not written to: a fault would replace them for the whole machine where an administrator runs the tests."""
    assert files.descriptor(Path(name)) == number


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A folder, a link that leads in a circle, and a descriptor that nobody has opened."""
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    for path, why in (
        (tmp_path, "is a directory"),
        (circle, "too many levels of symbolic links"),
        (Path("/dev/fd/987"), "bad file descriptor"),
    ):
        with pytest.raises(RbacgenError, match=f"cannot be written: {why}"):
            files.write_one(path, "text")
    assert list(tmp_path.iterdir()) == [circle]


def test_a_second_render_changes_no_file(world: World, output: Path) -> None:
    """Not even its time; a directory tells that nothing changed."""
    before = snapshot(output)
    rendered = world.render()
    assert rendered.is_current
    assert [each.changed for each in rendered.directories] == [(), ()]
    assert snapshot(output) == before


def test_a_change_writes_only_the_files_that_it_changes(world: World, output: Path) -> None:
    """Those of the user's and those of other scope kinds keep their time."""
    before = snapshot(output)
    rename(world)
    rendered = world.render()
    after = snapshot(output)
    changed = {name for name in after if before.get(name) != after[name]}
    said = {f"{each.environment}/{name}" for each in rendered.directories for name in each.changed}
    assert changed == said == {"dev/access_vault.tf", "dev/moved.tf", "prod/access_vault.tf", "prod/moved.tf"}


def test_check_writes_nothing_and_says_what_would_change(world: World, output: Path) -> None:
    """For changed files and for whole environments."""
    before = snapshot(output)
    assert world.render(check=True).is_current
    rename(world)
    del world.project["environments"]["prod"]
    rendered = world.render(check=True)
    assert not rendered.is_current
    assert [(each.environment, bool(each.changed), bool(each.removed)) for each in rendered.directories] == [
        ("dev", True, False),
        ("prod", False, True),
    ]
    assert snapshot(output) == before


def test_check_of_what_was_never_rendered_makes_no_folder(world: World) -> None:
    """All is to be written, nothing is."""
    assert not world.render(check=True).is_current
    assert not (world.folder / "terraform").exists()


def test_a_foreign_file_in_the_way_stops_the_render(world: World) -> None:
    """With nothing written, in other environments neither."""
    foreign = world.folder / "terraform" / "prod" / "versions.tf"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("terraform {}\n")
    with pytest.raises(RbacgenError, match=r"prod/versions\.tf exists and was not rendered from this project"):
        world.render()
    assert [path for path in world.folder.glob("terraform/**/*") if path.is_file()] == [foreign]
    assert foreign.read_text() == "terraform {}\n"


def test_two_projects_do_not_share_a_directory(world: World, output: Path) -> None:
    """The one that was rendered there first is left as it is; in one output folder both can live side by side."""
    before = snapshot(output)
    world.project["project"] = "other"
    with pytest.raises(RbacgenError, match="not rendered from this project"):
        world.render()
    assert snapshot(output) == before
    environments = world.project["environments"]
    world.project["environments"] = {
        "east": {**environments["dev"], "as": "dev"},
        "west": {**environments["prod"], "as": "prod"},
    }
    world.render()
    after = snapshot(output)
    assert {name: after[name] for name in before} == before
    assert "east/versions.tf" in after


def test_an_environment_that_is_gone_is_emptied_for_a_last_apply(world: World, output: Path) -> None:
    """Its access would stay in Azure for ever if nothing could be applied there any more; the user's own files stay."""
    (output / "modules").mkdir()
    (output / "modules" / "main.tf").write_text("# mine\n")
    versions = (output / "dev" / "versions.tf").read_text()
    del world.project["environments"]["dev"]
    rendered = world.render(allow_shrink=True)
    assert sorted(path.name for path in (output / "dev").iterdir()) == ["backend.tf", "notes.txt", "versions.tf"]
    assert (output / "dev" / "versions.tf").read_text() == versions
    assert (output / "modules" / "main.tf").exists()
    assert [(each.environment, each.is_gone, len(each.removed) > 0) for each in rendered.directories] == [
        ("prod", False, False),
        ("dev", True, True),
    ]
    assert world.render(check=True).is_current
    shutil.rmtree(output / "dev")
    assert [each.environment for each in world.render().directories] == ["prod"]


def test_a_chosen_environment_leaves_the_others_alone(world: World, output: Path) -> None:
    """What stands in their directories keeps its bytes and its time, also where the environment is gone."""
    before = snapshot(output)
    rename(world)
    rendered = world.render(environments=("prod",))
    after = snapshot(output)
    assert [each.environment for each in rendered.directories] == ["prod"]
    assert {name for name in after if before.get(name) != after[name]} == {"prod/access_vault.tf", "prod/moved.tf"}
    del world.project["environments"]["dev"]
    world.render(environments=("prod",))
    assert {name: each for name, each in snapshot(output).items() if name.startswith("dev/")} == {
        name: each for name, each in before.items() if name.startswith("dev/")
    }


def test_an_unknown_environment_is_said_with_its_near_miss(world: World) -> None:
    """And nothing is written."""
    with pytest.raises(RbacgenError, match=r"no environment `prd` \(did you mean `prod`\?\)"):
        world.render(environments=("prd",))
    assert not (world.folder / "terraform").exists()


def shrinking(world: World, groups: int) -> None:
    """A team whose developers are so many groups: three assignments each, beside none of anybody else."""
    world.project["team"] = {
        "developer": [{"group": f"grp-{n}", "id": f"aaaaaaaa-0000-4000-8000-0000000001{n:02}"} for n in range(groups)]
    }


@pytest.mark.parametrize(("left", "is_refused"), [(9, False), (6, False), (5, True), (0, True)])
def test_more_than_a_third_may_not_go_unsaid(world: World, left: int, is_refused: bool) -> None:
    """A third exactly may; one more takes `--allow-shrink`; a check is no change and is never refused."""
    shrinking(world, 9)
    world.render()
    before = snapshot(world.folder / "terraform")
    shrinking(world, left)
    if is_refused:
        with pytest.raises(RbacgenError, match=rf"{27 - 3 * left} of the 27 assignments") as refused:
            world.render()
        assert "--allow-shrink" in refused.value.hint
        assert snapshot(world.folder / "terraform") == before
        world.render(check=True)
        world.render(allow_shrink=True)
    else:
        world.render()
    assert (
        sum(
            text.count("\nresource")
            for name in ("dev", "prod")
            for file, text in world.rendered(name).items()
            if file.startswith("access")
        )
        == 3 * left
    )


def test_what_goes_to_another_environment_does_not_go(world: World) -> None:
    """Renaming an environment takes every assignment along: nothing shrinks."""
    world.render()
    environments = world.project["environments"]
    world.project["environments"] = {"development": {**environments["dev"], "as": "dev"}, "prod": environments["prod"]}
    world.render()
    assert set(world.rendered("dev")) == {"versions.tf", "removed.tf"}
    taken = set(re.findall(r"  to = (\S+)", world.rendered("development")["imports.tf"]))
    assert set(re.findall(r"  from = (\S+)", world.rendered("dev")["removed.tf"])) == taken
    assert len(taken) == 6  # five assignments and a custom role


# Failures


def test_input_with_errors_writes_nothing(world: World, output: Path) -> None:
    """A problem anywhere stops the render of everything."""
    before = snapshot(output)
    rename(world)
    world.project["environments"]["prod"]["scopes"]["nonsense"] = "x"
    with pytest.raises(InputError):
        world.render()
    assert snapshot(output) == before


def test_a_template_that_fails_writes_nothing(world: World, output: Path) -> None:
    """Not even the directory that was rendered before it."""
    before = snapshot(output)
    rename(world)
    templates = world.folder / "templates"
    templates.mkdir()
    (templates / "access.tf.j2").write_text('{% if environment == "prod" %}{{ nothing }}{% endif %}\n')
    with pytest.raises(RbacgenError, match="nothing"):
        world.render(templates=templates)
    assert snapshot(output) == before


def test_a_new_folder_is_not_left_behind_by_a_render_that_fails(world: World) -> None:
    """What was not there before is not there after."""
    templates = world.folder / "templates"
    templates.mkdir()
    (templates / "access.tf.j2").write_text("{{ nothing }}\n")
    with pytest.raises(RbacgenError):
        world.render(templates=templates)
    assert not (world.folder / "terraform").exists()


def test_a_folder_that_cannot_be_made_leaves_all_as_it_was(world: World) -> None:
    """A file stands in its place: no other environment is written either."""
    (world.folder / "terraform").mkdir()
    (world.folder / "terraform" / "prod").write_text("mine\n")
    before = snapshot(world.folder / "terraform")
    with pytest.raises(RbacgenError, match=r"prod/.* cannot be written: file exists"):
        world.render()
    assert snapshot(world.folder / "terraform") == before


def test_a_file_that_cannot_be_replaced_leaves_all_as_it_was(world: World, output: Path) -> None:
    """A folder has its name: what was replaced before it is put back, and what is new is gone again."""
    (output / "prod" / "moved.tf").mkdir()
    before = snapshot(output)
    rename(world)
    with pytest.raises(RbacgenError, match=r"prod/moved\.tf cannot be replaced: is a directory"):
        world.render()
    assert {name: each[0] for name, each in snapshot(output).items()} == {
        name: each[0] for name, each in before.items()
    }


@pytest.mark.parametrize("broken_at", [1, 2, 3, 4])
def test_a_disk_that_fails_leaves_all_as_it_was(
    world: World, output: Path, monkeypatch: pytest.MonkeyPatch, broken_at: int
) -> None:
    """Be it at the first file or at a later one: those that were replaced already are put back, and nothing is left over."""
    before = {name: content for name, (content, _) in snapshot(output).items()}
    rename(world)
    replace, calls = os.replace, iter(range(1, 100))

    def failing(source: str | Path, target: str | Path) -> None:
        if next(calls) == broken_at:
            raise OSError(5, "Input/output error", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(RbacgenError, match="cannot be replaced: input/output error"):
        world.render()
    assert {name: content for name, (content, _) in snapshot(output).items()} == before


def test_a_disk_that_is_full_leaves_all_as_it_was(world: World, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a new content is written, nothing that stands there has changed yet."""
    before = snapshot(output)
    rename(world)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(RbacgenError, match="cannot be written: no space left on device"):
        world.render()
    monkeypatch.undo()
    assert snapshot(output) == before


def test_a_file_keeps_its_rights_when_it_is_replaced(world: World, output: Path) -> None:
    """New ones can be read by all, as others of a repository can."""
    path = output / "dev" / "access_vault.tf"
    path.chmod(0o640)
    rename(world)
    world.render()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE((output / "dev" / "moved.tf").stat().st_mode) == 0o644


def test_one_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`write_one` makes the folders above it, and takes its draft away when it fails."""
    path = tmp_path / "a" / "b.txt"
    files.write_one(path, "one\n")
    assert path.read_bytes() == b"one\n"

    def failing(*_: object) -> None:
        raise OSError(5, "Input/output error", "b.txt")

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(RbacgenError):
        files.write_one(path, "two\n")
    assert [each.name for each in path.parent.iterdir()] == ["b.txt"]
    assert path.read_bytes() == b"one\n"


def test_access_whose_day_has_come_goes_without_being_asked(world: World) -> None:
    """The guard against shrinking is against mistakes, and must not keep ended access alive."""
    world.project |= {"pim": False, "ends": "2026-12-31"}
    for role in ("developer", "operator"):
        world.mapping[f"roles/{role}.yaml"]["lifetime"] = "project"
    world.render()
    world.today = datetime.date(2026, 12, 31)
    rendered = world.render()
    assert sum(each.gone for each in rendered.directories) > sum(each.assignments for each in rendered.directories)


def test_a_called_module_cannot_take_over(world: World) -> None:
    """Terraform takes `import` blocks in root modules only: a file that breaks `init` is not written."""
    world.render(is_module=True)
    environments = world.project["environments"]
    world.project["environments"] = {"development": {**environments["dev"], "as": "dev"}, "prod": environments["prod"]}
    with pytest.raises(RbacgenError, match="have to be imported"):
        world.render(is_module=True)
