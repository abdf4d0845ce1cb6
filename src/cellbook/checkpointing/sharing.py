"""Which variables held the same objects when they were saved, though not all of them come back.

A restore of some variables, or one that must leave others as they are, gives what comes back
objects of its own: what was one object is two from then on.
"""

from __future__ import annotations

import bisect
import datetime
import logging
import re
import sys
import types
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from cellbook.checkpointing.digests import split_stream
from cellbook.checkpointing.rebuild import Lost
from cellbook.checkpointing.reducers import importable
from cellbook.checkpointing.sections import Section
from cellbook.checkpointing.walking import reach

_FIXED = (
    *(int, float, complex, str, bytes, tuple, frozenset, range, slice, type(None), type(...)),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, re.Pattern),
    *(types.ModuleType, types.BuiltinFunctionType, types.MethodType, types.CodeType),
    *(types.WrapperDescriptorType, types.MethodDescriptorType, types.GetSetDescriptorType),
    *(types.MethodWrapperType, types.ClassMethodDescriptorType, types.MemberDescriptorType),
    *(Lost, logging.Logger, type(typing.Any), type(typing.Union)),
)
"""Of which nobody can tell one from two, or of which there is one."""


def _can_share(it: Any) -> bool:
    """Whether it makes a difference that something is one object and not two."""
    kind = type(it)
    numpy: Any = sys.modules.get("numpy")
    pandas: Any = sys.modules.get("pandas")
    if issubclass(kind, _FIXED) or it is Lost:
        return False
    if numpy is not None and issubclass(kind, (numpy.dtype, numpy.generic)):
        return False
    if pandas is not None and issubclass(kind, pandas.api.extensions.ExtensionDtype):
        return False
    return not (issubclass(kind, (type, types.FunctionType)) and importable(it))


def find_shared(
    few: Mapping[str, Any], many: Mapping[str, Any], stop: Collection[int]
) -> list[tuple[str, str]]:
    """Return which of `few` variables hold objects that some of `many` hold too, in pairs.

    Parameters
    ----------
    few, many
        Names and values; it is cheap if nothing of the first can be shared.
    stop
        Identities of what is live.
    """
    held: dict[int, list[str]] = {}
    for name, value in few.items():
        for it in reach(value, set(stop)):
            if _can_share(it):
                held.setdefault(id(it), []).append(name)
    found: dict[tuple[str, str], None] = {}
    if held:
        for other, value in many.items():
            for it in reach(value, set(stop)):
                found.update({(name, other): None for name in held.get(id(it), ())})
    return list(found)


def find_shared_later(
    few: Mapping[str, Any],
    memo: Mapping[int, Any],
    later: Sequence[Section],
    read: Callable[[int, int], bytes],
    stop: Collection[int],
) -> list[tuple[str, str]]:
    """Return which of `few` variables hold objects that sections hold that are not decoded.

    These are only looked through: what they refer to is there already, or in one of them.

    Parameters
    ----------
    few
        Names and values.
    memo
        What the decoder knows by place.
    later
        The sections.
    read
        Returns so many bytes of the stream from an offset.
    stop
        Identities of what is live.
    """
    first = max(memo, default=-1) + 1
    ends: list[int] = []
    fixed: set[int] = set()
    partners: list[set[str]] = []
    found: list[tuple[str, str]] = []
    for section in later:
        own: set[int] = set()
        parts, made = split_stream(read(section.start, section.end - section.start), own)
        places = {one for one in parts if isinstance(one, int)}
        met = [memo[one] for one in places if one in memo]
        sharing = {name for name, _ in find_shared(few, {section.name: met}, stop)}
        for place in places:
            if first <= place < (ends[-1] if ends else first) and place not in fixed:
                # Through what another of them holds; which part of that it is, is not looked at.
                sharing |= partners[bisect.bisect_right(ends, place)]
        start = ends[-1] if ends else first
        fixed |= {start + one for one in own}
        ends.append(start + made)
        partners.append(sharing)
        found += [(name, section.name) for name in few if name in sharing]
    return found
