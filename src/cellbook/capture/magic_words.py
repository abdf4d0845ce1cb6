"""Magics, sorted by what they do beside using names."""

from __future__ import annotations

from cellbook.capture.escapes import (
    KEEP_TO_THEMSELVES,
    NOT_PYTHON,
    RUN_A_STATEMENT,
    RUN_THE_CELL,
    TAKE_DATA,
    TAKE_PARAMS,
)
from cellbook.records import LOOKING
from cellbook.records.words import words

SETTING_MAGICS = words(
    "aimport alias alias_magic autoreload cd config cp env ldir load_ext matplotlib mkdir mv popd "
    "pushd rehashx reload_ext rm rmdir set_env unalias"
)
FILE_MAGICS = words("cd cp ldir mkdir mv pushd rm rmdir")
KNOWN_MAGICS = (
    RUN_A_STATEMENT
    | RUN_THE_CELL
    | KEEP_TO_THEMSELVES
    | TAKE_PARAMS
    | TAKE_DATA
    | NOT_PYTHON
    | LOOKING
    | words(
        "autocall automagic bookmark cat code_wrap colors conda dhist dirs ed edit end_run gui hist"
        " history less ll lf lk ls lsmagic lx magic man mamba micromamba more notebook page"
        " pastebin pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision psearch psource pwd"
        " pycat quickref save store sx system tb uv who who_ls whos xdel xmode comment_cell"
        " track_cell end_run log"
    )
)
"""Magics of which it is known what they do with names."""
