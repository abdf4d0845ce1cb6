"""The packages of an environment as a lock file in the form of PEP 751 (``pylock.toml``)."""

from __future__ import annotations

from cellbook.records import Environment


def lock_text(environment: Environment) -> str:
    """Return an environment's packages as ``pylock.toml``.

    Versions are exact.  Hashes are not known of what is installed already: they belong to the
    files of a registry, which installers throw away; so the file says of each package only what is
    known, and the comment at its head says that.
    """
    lines = [
        "# Written by Cellbook from what was installed: exact versions, without hashes, for those",
        "# are of the registry's files and are not kept by installers. `cellbook export --hashes`",
        "# asks the registry for them.",
        'lock-version = "1.0"',
        'created-by = "cellbook"',
        f"requires-python = {_text('==' + environment.python)}",
        "packages = []" if not environment.packages else "",
    ]
    for name, version in environment.packages.items():
        lines += ["[[packages]]", f"name = {_text(name)}", f"version = {_text(version)}"]
        lines += _source(environment.sources.get(name))
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _source(told: object) -> list[str]:
    """Return the lines that say where a package that is of no registry came from."""
    if not isinstance(told, dict) or not isinstance(told.get("url"), str):
        return []
    url = told["url"]
    vcs = told.get("vcs_info")
    if isinstance(vcs, dict):
        return [
            "[packages.vcs]",
            f"type = {_text(str(vcs.get('vcs', 'git')))}",
            f"url = {_text(url)}",
            f"commit-id = {_text(str(vcs.get('commit_id', '')))}",
        ]
    folder = told.get("dir_info")
    if isinstance(folder, dict):
        path = url.removeprefix("file://")
        editable = "true" if folder.get("editable") else "false"
        return ["[packages.directory]", f"path = {_text(path)}", f"editable = {editable}"]
    found = ["[packages.archive]", f"url = {_text(url)}"]
    archive = told.get("archive_info")
    hashes = archive.get("hashes") if isinstance(archive, dict) else None
    if isinstance(hashes, dict) and hashes:
        pairs = ", ".join(f"{name} = {_text(str(value))}" for name, value in hashes.items())
        found.append(f"hashes = {{ {pairs} }}")
    return found


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else " " for char in escaped) + '"'
