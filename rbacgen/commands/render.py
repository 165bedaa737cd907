"""The order of steps of `render`: from a project worked out to files that are written, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis.results import CheckedProject, ImportResult, RenderResult, WrittenDirectory
from rbacgen.commands import files, load
from rbacgen.model.problems import InputError, RbacgenError, Severity
from rbacgen.model.source import Source, SourceKind
from rbacgen.project import desired as desired_state
from rbacgen.project import managed_scopes
from rbacgen.project.project import Project
from rbacgen.terraform import blocks, previous
from rbacgen.terraform import imports as living
from rbacgen.terraform import render as terraform
from rbacgen.terraform.blocks import RootModule
from rbacgen.terraform.imports import Taken
from rbacgen.terraform.previous import Existing

if TYPE_CHECKING:
    from rbacgen.commands.open_source import Connect


class RenderOptions(Struct, frozen=True):
    """How a render is asked for. `output` is the folder that holds one directory per environment.

    `existing` is a source of what lives already: `azure` for live Azure, else a file.
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
    """Renders a project's environments, or with `check` says what a render would change.

    With `existing`, a file or `azure`, what lives there is taken over by import blocks under the names that it has; `connect`
    is needed for `azure`. Raises InputError where the project has errors, and RbacgenError where a file that is not ours stands in the way, or
    where more than a third of the assignments that stand there would go without `allow_shrink`; nothing is written then.
    """
    checked = load.work_out(given, today, proving=load.TestOptions())
    errors = checked.of(Severity.ERROR)
    if errors:
        raise InputError(errors)
    made = checked.project
    chosen = load.chosen_environments(made, options.environments)
    output = options.output if options.output is not None else files.find_project(given).parent / "terraform"
    modules = {module.environment: module for module in blocks.root_modules(made, checked.desired)}
    left_over = _left_over(output, made.name, set(modules))
    standing = {name: files.terraform_files(output / name) for name in (*modules, *left_over)}
    before = {name: previous.read(texts, made.name) for name, texts in standing.items()}
    for name, module in modules.items():
        others = [each for other, each in before.items() if other != name]
        modules[name] = living.keep(module, (*others, before[name]), made)
    is_first = not any(each.resources for each in before.values())
    source = _existing(checked, chosen, options, connect, is_first) if options.existing is not None else None
    taken = {name: living.take(modules[name], source, before[name], made, today) for name in chosen} if source else {}
    modules |= {name: each.module for name, each in taken.items()}
    moving = terraform.transfers(modules.values(), before)
    _guard_transfers(moving, chosen, options)
    looked_at = chosen if options.environments else (*chosen, *left_over)
    _guard_shrink(made, modules, before, looked_at, options)
    # What is left of an environment that is gone still has to be applied once: an empty module lets Terraform clear it.
    emptied = {name: RootModule(name, "", (), ()) for name in left_over}
    imports = {name: each.imports for name, each in taken.items()}
    changes = terraform.transitions([*modules.values(), *emptied.values()], before, moving, imports)
    if options.is_module and any(each.imports for each in changes.values()):
        what = "assignments that live already" if taken else "assignments go from one directory to another and"
        raise RbacgenError(
            f"{what} have to be imported, and a module that is called cannot do that",
            "render once without `--module` and apply, or import or move them in Terraform's state by hand",
        )
    sources = {} if options.json else files.read_templates(terraform.TEMPLATES, options.templates)
    renderer = terraform.Renderer(terraform.Layout(made, options.is_module, options.json), sources)
    staged = files.Staged()
    try:
        directories = []
        for name in chosen:
            texts = renderer.files(modules[name], changes[name])
            written = _stage(output / name, modules[name], texts, standing[name], before[name], staged)
            if name in taken:
                written = replace(written, imported=taken[name].imported, imported_roles=taken[name].imported_roles)
            directories.append(written)
        for name in left_over if not options.environments else ():
            texts = renderer.files(emptied[name], changes[name])
            texts = {each: text for each, text in texts.items() if not each.startswith("versions.")}
            texts |= {each: standing[name][each] for each in before[name].files if each.startswith("versions.")}
            directories.append(
                _stage(output / name, emptied[name], texts, standing[name], before[name], staged, is_gone=True)
            )
        if not options.check:
            staged.commit()
    finally:
        staged.discard()
    return RenderResult(
        checked, tuple(directories), _adoption(source, taken.values()) if source else None, options.check
    )


def _existing(
    checked: CheckedProject, chosen: tuple[str, ...], options: RenderOptions, connect: Connect | None, is_first: bool
) -> Source:
    """The source of what lives. Raises RbacgenError where it is one that cannot tell, or of another tenant.

    Where this is not the first render, justifications tell what of PIM an apply has made: they hold the project's mark.
    """
    from rbacgen.commands.open_source import Reader

    made = checked.project
    reader = Reader(connect, made.cloud, checked.catalog)
    source = reader.read(options.existing, managed_scopes.ask(made, checked.desired, chosen), made.tenant)
    said = {SourceKind.TERRAFORM_FILES: "is wanted", SourceKind.TERRAFORM_PLAN: "will be once it is applied"}
    if source.kind in said:
        raise RbacgenError(
            f"{source.name} says what {said[source.kind]}, not what lives",
            "give `--existing azure`, a snapshot, or what `az role assignment list` or `terraform show -json` of a state says",
        )
    if not is_first and any(each.actual.through_pim for each in source.state):
        source = reader.with_justifications(source)
    return source


def _adoption(source: Source, taken: Iterable[Taken]) -> ImportResult:
    each_taken = tuple(taken)
    notes = list(source.notes)
    if source.kind is SourceKind.TERRAFORM_STATE and any(each.imported or each.imported_roles for each in each_taken):
        notes.append(
            f"what is adopted stands in {source.name} too: if that is the state of another directory, take it out there "
            "(`terraform state rm`) before anybody applies it, for nothing may stand in two states"
        )
    return ImportResult(
        source=str(source.kind),
        source_name=source.name,
        standing=sum(each.standing for each in each_taken),
        referring=sum(each.referring for each in each_taken),
        not_visible=sum(each.not_visible for each in each_taken),
        not_imported=tuple(refused for each in each_taken for refused in each.refused),
        respelled=tuple(sorted({scope for each in each_taken for scope in each.respelled})),
        unread=tuple(sorted({unread for each in each_taken for unread in each.unread})),
        notes=tuple(notes),
    )


def _left_over(output: Path, project_name: str, environments: set[str]) -> tuple[str, ...]:
    """Directories that an earlier render of this project made for environments that it no longer has."""
    if not output.is_dir():
        return ()
    return tuple(
        folder.name
        for folder in sorted(output.iterdir())
        if folder.is_dir()
        and folder.name not in environments
        and any(previous.is_ours(text, project_name) for text in files.terraform_files(folder).values())
    )


def _guard_transfers(moving: Iterable[terraform.Transfer], chosen: tuple[str, ...], options: RenderOptions) -> None:
    for transfer in moving:
        if options.environments and (transfer.source in chosen) != (transfer.target in chosen):
            raise RbacgenError(
                f"{transfer.old_address} goes from {transfer.source} to {transfer.target}: render both together",
                "leave `--environment` out, or name both",
            )


def _guard_shrink(
    made: Project,
    modules: Mapping[str, RootModule],
    before: Mapping[str, Existing],
    looked_at: Iterable[str],
    options: RenderOptions,
) -> None:
    stood = {identity for name in looked_at for identity in before[name].assignments}
    desired = {identity for module in modules.values() for identity in module.identities()}
    gone = len(stood - desired)
    if gone * 3 <= len(stood) or options.allow_shrink or options.check:
        return
    # What goes because its day has come is meant to go: it must not stay for want of an option.
    endless, _ = desired_state.build(made, date.min)
    gone = len(
        stood - desired - {each for module in blocks.root_modules(made, endless) for each in module.identities()}
    )
    if gone * 3 > len(stood):
        raise RbacgenError(
            f"{gone:,} of the {len(stood):,} assignments that stand there would go, which is more than a third",
            "if that is right, say so with `--allow-shrink`; nothing was written",
        )


def _stage(
    folder: Path,
    module: RootModule,
    texts: Mapping[str, str],
    standing: Mapping[str, str],
    before: Existing,
    staged: files.Staged,
    is_gone: bool = False,
) -> WrittenDirectory:
    """Prepares what one directory is to hold; nothing is visible before the commit."""
    changed = tuple(sorted(name for name, text in texts.items() if standing.get(name) != text))
    foreign = [name for name in changed if name in standing and name not in before.files]
    if foreign:
        raise RbacgenError(
            f"{files.shown(folder / foreign[0])} stands there and was not rendered from this project",
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
