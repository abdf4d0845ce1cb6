"""Names that a pickle may import, and what they mean for whoever loads it."""

from __future__ import annotations

from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING

_CLOUD = "cloudpickle.cloudpickle"

DANGEROUS = frozenset(
    f"{module}.{name}"
    for modules, names in (
        ("builtins", "__import__ compile eval exec getattr open"),
        ("importlib importlib._bootstrap", "__import__ _gcd_import import_module"),
        (
            "nt os posix",
            "execl execle execlp execlpe execv execve execvp execvpe fork forkpty popen "
            "posix_spawn posix_spawnp remove rmdir spawnl spawnle spawnlp spawnlpe spawnv spawnve "
            "spawnvp spawnvpe startfile system unlink",
        ),
        ("pty", "spawn"),
        ("runpy", "run_module run_path"),
        ("shutil", "rmtree"),
        ("subprocess", "Popen call check_call check_output getoutput getstatusoutput run"),
    )
    for module in modules.split()
    for name in names.split()
)
"""What a model has no need to call."""

IMPORTERS = frozenset(
    (
        f"{_CLOUD}.subimport", "cloudpickle.subimport", "builtins.__import__",
        "importlib.import_module", "importlib.__import__", "importlib._bootstrap._gcd_import",
        "pkgutil.resolve_name", "pydoc.locate",
    )
)  # fmt: skip
"""Functions that import what they are told to."""

LOADERS = frozenset(
    f"{module}.{name}"
    for module, name in (
        *((one, "loads") for one in ("pickle", "_pickle", "cloudpickle", _CLOUD, "dill", "joblib")),
        ("dill._dill", "loads"), ("pickle", "_loads"), ("torch.storage", "_load_from_bytes"),
    )
)  # fmt: skip
"""Functions that load a pickle from bytes."""

BLIND = frozenset(
    f"{module}.{name}"
    for modules, names in (
        ("_pickle pickle", "Unpickler _Unpickler _load load"),
        (f"cloudpickle {_CLOUD}", "load"),
        ("dill dill._dill", "Unpickler load load_module load_session"),
        ("joblib joblib.numpy_pickle", "load"),
        ("numpy numpy.lib._npyio_impl numpy.lib.npyio", "load"),
        ("pandas pandas.io.pickle", "read_pickle"),
        ("torch torch.serialization", "load"),
        ("marshal", "load loads"),
        ("shelve", "open"),
    )
    for module in modules.split()
    for name in names.split()
)
"""What loads a pickle, or code, from where nobody can look before it is loaded."""


def is_dangerous(name: str) -> bool:
    """Whether no model needs to call what is imported so, also by a way round."""
    parts = name.split(".")
    return any(".".join(parts[start:]) in DANGEROUS for start in range(len(parts)))


def name_of_old(module: str, name: str) -> str:
    """Return what a pickle of Python 2's time imports by a name: Python maps it as it loads."""
    module, name = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
    return f"{module}.{name}"
