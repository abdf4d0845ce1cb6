"""Deployments: made, kept as one JSON file, changed, and taken back.

A server looks at the file again and again, so whatever is written here takes effect by itself.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidInput, NotFound
from cellbook.records.base import to_doc
from cellbook.records.deployment import Arm, Deployment, PastArms, Strategy
from cellbook.records.shaping import read_json, read_record

CHAMPION = "champion"
"""What the arm is called that all others are compared with."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_PAST = 20
_LARGEST = 1 << 20


def single(name: str, model: str) -> Deployment:
    """Return a deployment of one model."""
    return check(Deployment(name, (Arm(CHAMPION, model),)))


def canary(deployment: Deployment, model: str, percent: float) -> Deployment:
    """Let a new model answer some percent; called again, with the same model, that many.

    Raises
    ------
    InvalidInput
        If `percent` is not from 0 to 100.
    """
    if not 0 <= percent <= 100:
        raise InvalidInput(f"{percent} is no percentage. Give a number from 0 to 100.")
    champion = dataclasses.replace(_champion(deployment), weight=100.0 - percent)
    return _changed(deployment, Strategy.CANARY, (champion, Arm("canary", model, float(percent))))


def split(
    deployment: Deployment, models: Mapping[str, str], weights: Mapping[str, float] | None = None
) -> Deployment:
    """Let models answer side by side.

    Parameters
    ----------
    deployment
        Whose champion is one of them, with the weight 1.
    models
        The others, by the name of their arm.
    weights
        Other weights than 1, by the name of the arm.
    """
    given = dict(weights or {})
    champion = dataclasses.replace(_champion(deployment), weight=given.pop(CHAMPION, 1.0))
    others = tuple(Arm(name, model, given.pop(name, 1.0)) for name, model in models.items())
    if given:
        raise InvalidInput(f"There is no arm {next(iter(given))!r}. Weigh those that there are.")
    return _changed(deployment, Strategy.SPLIT, (champion, *others))


def shadow(
    deployment: Deployment, model: str, *, share: float = 1.0, name: str = "challenger"
) -> Deployment:
    """Ask another model the same, too, without anybody seeing what it says.

    Parameters
    ----------
    deployment
        Whose champion answers.
    model
        The other model.
    share
        The share of requests, from 0 to 1, that it is asked.
    name
        What its arm is called.
    """
    champion = dataclasses.replace(_champion(deployment), weight=1.0)
    return _changed(deployment, Strategy.SHADOW, (champion, Arm(name, model, share, shadow=True)))


def promote(deployment: Deployment, arm: str) -> Deployment:
    """Let one arm's model answer everybody, as the champion.

    Raises
    ------
    NotFound
        If there is no such arm.
    """
    found = next((one for one in deployment.arms if one.name == arm), None)
    if found is None:
        there = ", ".join(one.name for one in deployment.arms)
        raise NotFound(f"The endpoint has no arm {arm!r}. It has {there}.")
    return _changed(deployment, Strategy.SINGLE, (Arm(CHAMPION, found.model),))


def rollback(deployment: Deployment) -> Deployment:
    """Bring back what stood behind the endpoint before.

    Raises
    ------
    NotFound
        If nothing did.
    """
    if not deployment.past:
        raise NotFound("The endpoint has always been as it is: there is nothing to go back to.")
    last = deployment.past[-1]
    return dataclasses.replace(
        deployment, strategy=last.strategy, arms=last.arms, past=deployment.past[:-1]
    )


def check(deployment: Deployment) -> Deployment:
    """Return the deployment, which can be served as it is.

    Raises
    ------
    InvalidInput
        If it cannot.
    """
    names = [arm.name for arm in deployment.arms]
    for name in (deployment.name, *names):
        if not _NAME.fullmatch(name):
            raise InvalidInput(
                f"{name!r} names no endpoint or arm. Use letters, digits, dots, - and _."
            )
    if len(set(names)) < len(names):
        raise InvalidInput("Two arms of the endpoint have one name. Rename one.")
    for arm in deployment.arms:
        if not (math.isfinite(arm.weight) and arm.weight >= 0):
            raise InvalidInput(f"The weight of arm {arm.name} is {arm.weight}. Give 0 or more.")
        if arm.shadow and arm.weight > 1:
            raise InvalidInput(f"The share of shadow {arm.name} is {arm.weight}. Give 0 to 1.")
        if not arm.model:
            raise InvalidInput(f"Arm {arm.name} has no model. Name one.")
    weights = [arm.weight for arm in deployment.arms if not arm.shadow]
    if not any(weights):
        raise InvalidInput("No arm answers. Give one that is no shadow a weight above 0.")
    if not math.isfinite(sum(weights)):
        raise InvalidInput("The weights are too large to be added. Give smaller ones.")
    return deployment


def read_deployment(file: str | os.PathLike[str]) -> Deployment:
    """Return the deployment that a file tells.

    Raises
    ------
    InvalidInput
        If it tells none that can be served.
    """
    path = Path(file)
    try:
        with path.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        told = read_json(content[:_LARGEST].decode(json.detect_encoding(content)))
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}. `cellbook deploy new` makes one.") from None
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is no deployment ({error}). Mend it or make it anew.") from None
    try:
        _check_fields(told)
        return check(read_record(Deployment, told))
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from None


def _check_fields(told: Any) -> None:
    """Refuse what a person typed and nobody would read, such as ``wieght``."""
    parts: list[tuple[str, type[Deployment | Arm], Any]] = [("A deployment", Deployment, told)]
    if isinstance(told, dict) and isinstance(told.get("arms"), list):
        parts += [("An arm", Arm, arm) for arm in told["arms"]]
    for what, kind, part in parts:
        known = [field.name for field in dataclasses.fields(kind)]
        unknown = [name for name in part if name not in known] if isinstance(part, dict) else []
        if unknown:
            raise InvalidInput(
                f"{what} has no {unknown[0]!r:.60}. It has {', '.join(known)}: correct the name, "
                "or leave it out."
            )


def write_deployment(deployment: Deployment, file: str | os.PathLike[str]) -> None:
    """Write a deployment as a whole, or not at all."""
    path = Path(file)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("w", encoding="utf-8") as opened:
            json.dump(to_doc(check(deployment)), opened, indent=1, ensure_ascii=False)
            opened.write("\n")
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _champion(deployment: Deployment) -> Arm:
    answering = [arm for arm in deployment.arms if not arm.shadow]
    named = [arm for arm in answering if arm.name == CHAMPION]
    return dataclasses.replace((named or answering)[0], name=CHAMPION)


def _changed(deployment: Deployment, strategy: Strategy, arms: tuple[Arm, ...]) -> Deployment:
    now = time.time_ns() // 1_000_000
    past = (*deployment.past, PastArms(deployment.strategy, deployment.arms, now))[-_PAST:]
    return check(dataclasses.replace(deployment, strategy=strategy, arms=arms, past=past))
