"""All cases."""

from tests.checkpointing import (
    hazards_arrays,
    hazards_attributes,
    hazards_classes,
    hazards_containers,
    hazards_functions,
    hazards_hostile,
    hazards_keys,
    hazards_live,
    hazards_natives,
    hazards_odd,
    hazards_tables,
)

CASES = (
    *hazards_containers.CASES,
    *hazards_functions.CASES,
    *hazards_classes.CASES,
    *hazards_arrays.CASES,
    *hazards_tables.CASES,
    *hazards_live.CASES,
    *hazards_natives.CASES,
    *hazards_hostile.CASES,
    *hazards_attributes.CASES,
    *hazards_keys.CASES,
    *hazards_odd.CASES,
)
