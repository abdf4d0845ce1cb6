"""Endpoints that serve versions, on record: they say so themselves, and show life while they last.

Each writes its own document and nobody else's.  So whoever reads the book knows what answers where,
and one that was killed, which says nothing, is known by its process, or by its silence.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from tinydb import where

from cellbook.commenting import local_author
from cellbook.records import Endpoint, ServedArm, from_doc, to_doc
from cellbook.store import Store, create, update
from cellbook.tracking.liveness import is_alive, own_identity

ENDPOINTS = "endpoints"


@dataclass(frozen=True, slots=True)
class Answering:
    """One arm of an endpoint as it is now, for :meth:`EndpointNote.tell`."""

    arm: str
    model: str
    version: str
    """Id of the registered version; empty for a bundle that is none."""
    digest: str
    weight: float
    shadow: bool


@dataclass(frozen=True, slots=True)
class SeenEndpoint:
    """An endpoint as it was found."""

    endpoint: Endpoint
    alive: bool
    end: int | None
    """When it ended or, of one that was killed, when it last showed life; None while it answers."""

    @property
    def killed(self) -> bool:
        """Whether it ended without a word."""
        return not self.alive and self.endpoint.end_time is None

    def until(self, arm: ServedArm) -> int | None:
        """Return until when an arm was served; None while it is."""
        return self.end if arm.until is None else arm.until


class EndpointNote:
    """What an endpoint says of itself; kept by the process that holds its socket.

    Parameters
    ----------
    store
        The book's memory.
    name, address
        Of the endpoint.
    workers
        How many processes answer.
    records
        Whether its predictions are kept.
    """

    def __init__(
        self, store: Store, name: str, address: str, *, workers: int = 1, records: bool = False
    ) -> None:
        self._store = store
        author = local_author()
        self._endpoint = Endpoint(
            endpoint_id=store.new_id(),
            name=name,
            address=address,
            process=own_identity(),
            writer=store.writer,
            start_time=_now(),
            by="" if author is None else author.name,
            workers=workers,
            records=records,
        )
        self._begun = False
        self._told: tuple[str, tuple[Answering, ...]] | None = None
        self._now: dict[str, Answering] = {}
        """By their keys, the arms that answer."""

    def tell(self, strategy: str, arms: Sequence[Answering]) -> None:
        """Say which arms there are now; said again, it is a sign of life.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        said = (strategy, tuple(arms))
        if said == self._told:
            self._store.beat()
            return
        now, wanted = _now(), list(arms)
        gone = [key for key, one in self._now.items() if one not in wanted]
        stay = [one for key, one in self._now.items() if key not in gone]
        new = {self._store.new_id(): one for one in wanted if one not in stay}
        told = {key: _served(one, now) for key, one in new.items()}
        if self._begun:
            docs = {key: to_doc(one) for key, one in told.items()}
            changes = {
                "strategy": strategy,
                "arms": {**docs, **{key: {"until": now} for key in gone}},
            }
            op = update(ENDPOINTS, self._endpoint.endpoint_id, changes)
        else:
            doc = to_doc(self._endpoint) | {"strategy": strategy}
            doc["arms"] = {key: to_doc(one) for key, one in told.items()}
            op = create(ENDPOINTS, self._endpoint.endpoint_id, doc)
        self._store.commit([op])
        self._begun, self._told = True, said
        self._now = {key: one for key, one in self._now.items() if key not in gone} | new

    def end(self) -> None:
        """Say that it answers no more.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        if self._begun:
            self._begun = False
            self._store.commit(
                [update(ENDPOINTS, self._endpoint.endpoint_id, {"end_time": _now()})]
            )


def read_endpoints(store: Store) -> list[SeenEndpoint]:
    """Return all endpoints that served registered models, the one started last first."""
    found = [_seen(store, from_doc(Endpoint, doc)) for _, _, doc in store.select(ENDPOINTS)]
    return sorted(found, key=lambda one: one.endpoint.endpoint_id, reverse=True)


def endpoints_of(store: Store, ids: Iterable[str]) -> list[SeenEndpoint]:
    """Return the endpoints that served a version, by its ids, the one started last first."""
    wanted = set(ids)
    return [
        one
        for one in read_endpoints(store)
        if any(arm.version in wanted for arm in one.endpoint.arms.values())
    ]


def digests_served(store: Store) -> Set[str]:
    """Return the digests of what endpoints that answer have behind their arms now."""
    query = where("end_time").exists()
    found = (_seen(store, from_doc(Endpoint, doc)) for _, _, doc in store.select(ENDPOINTS, ~query))
    return {
        arm.digest
        for one in found
        if one.alive
        for arm in one.endpoint.arms.values()
        if arm.until is None and arm.digest
    }


def _seen(store: Store, endpoint: Endpoint) -> SeenEndpoint:
    if endpoint.end_time is not None:
        return SeenEndpoint(endpoint, False, endpoint.end_time)
    sign = store.last_sign(endpoint.writer)
    if is_alive(endpoint.process, sign, time.time()):
        return SeenEndpoint(endpoint, True, None)
    last = endpoint.start_time if sign is None else int(sign * 1000)
    return SeenEndpoint(endpoint, False, max(last, endpoint.start_time))


def _served(one: Answering, now: int) -> ServedArm:
    return ServedArm(one.arm, one.model, one.version, one.digest, now, one.weight, one.shadow)


def _now() -> int:
    return time.time_ns() // 1_000_000
