"""cloudpickle's own test suite, run against our encoder and decoder.

Of later releases the source distribution holds no tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
RELEASE = "2.2.1"
FILES = "cloudpickle_file_test.py::CloudPickleFileTests"
NOT_OURS = {
    "a restored class is a new one; what the notebook has of it is restored with it": (
        "test_NamedTuple test_namedtuple test_abc_cache_not_pickled test_generic_subclass "
        "test_generic_type test_locally_defined_enum test_locally_defined_intenum "
        "test_interactively_defined_enum test_interactive_dynamic_type_and_remote_instances "
        "test_interactive_dynamic_type_and_stored_remote_instances "
        "test_pickle_dynamic_typevar_tracking"
    ),
    "a function lives on the globals of its module or notebook, not on a copy of its own": (
        "test_closure_interacting_with_a_global_variable test_func_globals test_import "
        "test_interactive_remote_function_calls test_multiprocess test_submodule "
        "test_interactive_remote_function_calls_no_side_effect "
        "test_interactively_defined_global_variable"
    ),
    "what can be imported is imported": (
        "test_pickle_constructs_from_installed_packages_registered_for_pickling_by_value "
        "test_pickle_constructs_from_module_registered_for_pickling_by_value "
        "test_pickle_various_versions_of_the_same_function_with_different_pickling_method"
    ),
    "the error is another: it says what is put on record": (
        "test_closed_file test_dynamic_module_with_unpicklable_builtin "
        "test_multiprocessing_lock_raises test_recursion_during_pickling"
    ),
    "a file that is written is named, not read from the disk": "test_plus_mode test_seek",
    "standard output is live, and stays": "test_pickling_special_file_handles",
    "a view of a part of an object's memory is named, not copied": (
        "test_sliced_and_non_contiguous_memoryview"
    ),
    "it is about a helper of cloudpickle's": "test_cell_manipulation",
    "it is about an option of pickle's": "test_out_of_band_buffers",
}
"""Tests that are not run, by reason.  There is one protocol, so the class of the other is not run
either."""


def test_cloudpickle_suite_passes_on_our_encoder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
         "--dest", tmp_path, f"cloudpickle=={RELEASE}"],
        check=True, timeout=100,
    )  # fmt: skip
    folder = tmp_path / f"cloudpickle-{RELEASE}"
    with tarfile.open(f"{folder}.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    shutil.rmtree(folder / "cloudpickle")
    shutil.copy(HERE / "cloudpickle_adapter.py", folder / "sitecustomize.py")
    left_out = [
        f"--deselect=tests/{place}::{name}"
        for names in NOT_OURS.values()
        for name in names.split()
        for place in ("cloudpickle_test.py::CloudPickleTest", FILES)
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
         "--rootdir", folder, "tests/cloudpickle_test.py", "tests/cloudpickle_file_test.py",
         "-k", "not Protocol2", *left_out],
        capture_output=True, text=True, timeout=110, check=False, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None
    assert int(found[1]) > 90
