"""The order of steps of `render`: from a project worked out to files that are written, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis.results import CheckedProject, RenderResult, WrittenDirectory
from rbacgen.commands import files, load
from rbacgen.model.problems import InputError, RbacgenError, Severity
from rbacgen.model.source import Source
from rbacgen.project import managed_scopes
from rbacgen.terraform import blocks, guards, imports, previous
from rbacgen.terraform.blocks import RootModule
from rbacgen.terraform.imports import Taken
from rbacgen.terraform.previous import Existing
from rbacgen.terraform.render import TEMPLATES, Layout, Renderer
from rbacgen.terraform.transitions import Transitions, transfers, transitions

if TYPE_CHECKING:
    from rbacgen.commands.open_source import Connect


class RenderOptions(Struct, frozen=True):
    """How a render is asked for. `output` is the folder that holds one directory per environment.

    `existing` is a source of what exists already: `azure` for live Azure, else a file.
    """

    output: Path | None = None
    environments: tuple[str, ...] = ()
    templates: Path | None = None
    is_module: bool = False
    json: bool = False
    check: bool = False
    allow_shrink: bool = False
    existing: str | None = None


def render(given: str | None, today: date, options: RenderOptions, connect: Connect | None = None) -> RenderResult:
    """Renders a project's environments, or with `check` reports what a render would change.

    With `existing`, a file or `azure`, what exists there is taken over by import blocks under the names that it has; `connect`
    is needed for `azure`. Raises InputError where the project has errors, and RbacgenError where a file that is not ours is in
    the way, or where more than a third of the assignments that are there would be destroyed without `allow_shrink`; nothing is
    written then.
    """
    checked = load.work_out(given, today, proving=load.TestOptions())
    errors = checked.of(Severity.ERROR)
    if errors:
        raise InputError(errors)
    project = checked.project
    chosen = load.chosen_environments(project, options.environments)
    output = options.output if options.output is not None else files.find_project(given).parent / "terraform"
    earlier = _earlier(output, project.name, [each.name for each in project.environments])
    modules = imports.keep_all(blocks.root_modules(project, checked.desired), earlier.before, project)
    source = _existing(checked, chosen, options, connect, earlier.is_first) if options.existing is not None else None
    taken = (
        {name: imports.take(modules[name], source, earlier.before[name], project, today) for name in chosen}
        if source
        else {}
    )
    modules |= {name: each.module for name, each in taken.items()}
    changes = _changes(checked, modules, earlier, chosen, taken, options)
    directories = _write(output, checked, modules, changes, earlier, chosen, options)
    written = tuple(
        replace(each, imported=taken[each.environment].imported, imported_roles=taken[each.environment].imported_roles)
        if each.environment in taken
        else each
        for each in directories
    )
    imported = imports.import_result(source, taken.values()) if source else None
    return RenderResult(checked, written, imported, options.check)


class EarlierRender(Struct, frozen=True):
    """What the output folder holds: the Terraform files of each directory by its name, and what of them is this project's.

    `left_over` are the directories of environments that the project no longer has.
    """

    texts: Mapping[str, Mapping[str, str]]
    before: Mapping[str, Existing]
    left_over: tuple[str, ...]

    @property
    def is_first(self) -> bool:
        """Whether nothing has been rendered yet."""
        return not any(each.resources for each in self.before.values())


def _earlier(output: Path, project_name: str, environments: list[str]) -> EarlierRender:
    folders = [each.name for each in sorted(output.iterdir()) if each.is_dir()] if output.is_dir() else []
    others = {name: files.terraform_files(output / name) for name in folders if name not in environments}
    left_over = guards.left_over(others, project_name, environments)
    texts = {name: files.terraform_files(output / name) for name in environments}
    texts |= {name: others[name] for name in left_over}
    return EarlierRender(texts, {name: previous.read(each, project_name) for name, each in texts.items()}, left_over)


def _existing(
    checked: CheckedProject, chosen: tuple[str, ...], options: RenderOptions, connect: Connect | None, is_first: bool
) -> Source:
    """The source of what exists. Raises RbacgenError where it is of a kind that does not know, or of another tenant.

    Where this is not the first render, justifications show what of PIM an apply has made: they hold the project's mark.
    """
    from rbacgen.commands.open_source import Reader

    project = checked.project
    reader = Reader(connect, project.cloud, checked.catalog)
    source = reader.read(options.existing, managed_scopes.ask(project, checked.desired, chosen), project.tenant)
    guards.check_existing_source(source)
    if not is_first and any(each.actual.through_pim for each in source.state):
        source = reader.with_justifications(source)
    return source


def _changes(
    checked: CheckedProject,
    modules: Mapping[str, RootModule],
    earlier: EarlierRender,
    chosen: tuple[str, ...],
    taken: Mapping[str, Taken],
    options: RenderOptions,
) -> dict[str, Transitions]:
    """What moves, leaves and comes in, by directory. Raises RbacgenError where a guard says no."""
    moving = transfers(modules.values(), earlier.before)
    if options.environments:
        guards.check_transfers(moving, chosen)
    if not options.allow_shrink and not options.check:
        rendered = chosen if options.environments else (*chosen, *earlier.left_over)
        guards.check_shrink(
            before={identity for name in rendered for identity in earlier.before[name].assignments},
            desired={identity for module in modules.values() for identity in module.identities()},
            lapsed=[blocks.identity_of(each, checked.project.pim) for each in checked.desired.lapsed],
        )
    rendered_modules = [*modules.values(), *(_emptied(name) for name in earlier.left_over)]
    import_ids = {name: each.imports for name, each in taken.items()}
    changes = transitions(rendered_modules, earlier.before, moving, import_ids)
    if options.is_module:
        guards.check_module(changes.values(), with_existing=bool(taken))
    return changes


def _emptied(name: str) -> RootModule:
    """What is left of an environment that is gone has to be applied once more: an empty module lets Terraform clear it."""
    return RootModule(name, "", (), ())


def _write(
    output: Path,
    checked: CheckedProject,
    modules: Mapping[str, RootModule],
    changes: Mapping[str, Transitions],
    earlier: EarlierRender,
    chosen: tuple[str, ...],
    options: RenderOptions,
) -> list[WrittenDirectory]:
    """Writes every directory, all of them or none; with `check`, none."""
    sources = {} if options.json else files.read_templates(TEMPLATES, options.templates)
    renderer = Renderer(Layout(checked.project, options.is_module, options.json), sources)
    staged = files.Staged()
    directories: list[WrittenDirectory] = []
    try:
        for name in chosen:
            texts = renderer.files(modules[name], changes[name])
            directories.append(_stage(output / name, modules[name], texts, earlier, staged))
        for name in earlier.left_over if not options.environments else ():
            module, present = _emptied(name), earlier.texts[name]
            texts = renderer.files(module, changes[name])
            texts = {each: text for each, text in texts.items() if not each.startswith("versions.")}
            texts |= {each: present[each] for each in earlier.before[name].files if each.startswith("versions.")}
            directories.append(_stage(output / name, module, texts, earlier, staged, is_gone=True))
        if not options.check:
            staged.commit()
    finally:
        staged.discard()
    return directories


def _stage(
    folder: Path,
    module: RootModule,
    texts: Mapping[str, str],
    earlier: EarlierRender,
    staged: files.Staged,
    is_gone: bool = False,
) -> WrittenDirectory:
    """Prepares what one directory is to hold; nothing is visible before the commit."""
    present, before = earlier.texts[module.environment], earlier.before[module.environment]
    changed = tuple(sorted(name for name, text in texts.items() if present.get(name) != text))
    if unowned := guards.unowned(changed, present, before):
        raise RbacgenError(
            f"{files.shown(folder / unowned)} exists and was not rendered from this project",
            "move it away or give another folder with `--output`; nothing was written",
        )
    removed = tuple(sorted(before.files - set(texts)))
    for name in changed:
        staged.write(folder / name, texts[name])
    for name in removed:
        staged.remove(folder / name)
    desired = module.identities()
    return WrittenDirectory(
        environment=module.environment,
        folder=files.shown(folder),
        changed=changed,
        removed=removed,
        unchanged=len(texts) - len(changed),
        assignments=len(desired),
        added=len(desired - before.assignments),
        gone=len(before.assignments - desired),
        is_gone=is_gone,
    )
