"""Registering a model of 100 MB: how long, beside copying and hashing it.

    python benchmarks/models.py [--megabytes 100] [--rounds 7]

A bundle on disk is registered in a book, which reads, checks, copies and hashes it and brings it to
the disk.  Beside it, in the same turns: the same files copied and hashed by hand, each in one pass,
with the `fsync` that keeps them through a power cut, and without it.  Then a model in memory: the
whole of `log_model`, beside `save_bundle` alone, which is what packing it takes, and with the
copying and hashing that comes after it by hand.  Medians, as ratios too, for the machine may have
other things to do.  Every version is of other content, so that nothing is spared as known.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.linear_model import LinearRegression

from cellbook import book as books
from cellbook.packaging import save_bundle

BAR = 1.3
_CHUNK = 1 << 20


def model_of(megabytes: int, seed: int) -> LinearRegression:
    """Return a model with so many coefficients, which are random and so cannot be packed."""
    columns = 1_000
    targets = megabytes * 1_000_000 // (8 * columns)
    made = LinearRegression(fit_intercept=False)
    made.coef_ = np.random.default_rng(seed).normal(size=(targets, columns))
    made.intercept_, made.n_features_in_ = 0.0, columns
    return made


def copy_and_hash(source: Path, target: Path, *, durable: bool) -> None:
    """Copy the files of a folder, each hashed on the way."""
    for file in sorted(source.rglob("*")):
        if not file.is_file():
            continue
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        hasher = hashlib.sha256()
        with file.open("rb") as reader, place.open("wb") as writer:
            while chunk := reader.read(_CHUNK):
                hasher.update(chunk)
                writer.write(chunk)
            if durable:
                writer.flush()
                os.fsync(writer.fileno())


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    taken: dict[str, list[float]] = {}

    def turn(what: str, /, call: Callable[..., object], *given: object, **options: object) -> None:
        start = time.perf_counter()
        call(*given, **options)
        taken.setdefault(what, []).append(time.perf_counter() - start)

    with tempfile.TemporaryDirectory(prefix="cellbook-bench-") as folder:
        place = Path(folder)
        book = books.look_into(place / "book" / ".cellbook", create=True)
        for number in range(args.rounds):
            model = model_of(args.megabytes, number)
            made, copied, plain = place / "made", place / "copied", place / "plain"
            save_bundle(model, made, name="big")
            turn("register a bundle", book.models.register, made, "big")
            turn("copy and hash, fsync", copy_and_hash, made, copied, durable=True)
            turn("copy and hash", copy_and_hash, made, plain, durable=False)
            for one in (made, copied, plain):
                shutil.rmtree(one)
            model = model_of(args.megabytes, -number - 1 + 10_000)
            turn("log_model", book.models.log, model, "big")
            turn("save_bundle", save_bundle, model, made, name="big")
            turn("… then copy and hash, fsync",
                 copy_and_hash, made, copied, durable=True)  # fmt: skip
            for one in (made, copied):
                shutil.rmtree(one)
            versions = book.models.told("big").versions
            for version in versions[:-1]:
                book.models.delete(version.version_id)
            _sweep(book)
        turn("load_model", book.models.load, "big")
        book.close()
    middle = {name: statistics.median(times) for name, times in taken.items()}
    for name, time_taken in middle.items():
        print(f"{name:<30} {time_taken * 1000:8.0f} ms")
    ratio = statistics.median(
        one / other
        for one, other in zip(
            taken["register a bundle"], taken["copy and hash, fsync"], strict=True
        )
    )
    print(f"register / copy and hash: {ratio:.2f} (at most {BAR}) {'✓' if ratio <= BAR else '✗'}")
    both = middle["save_bundle"] + middle["… then copy and hash, fsync"]
    print(f"log_model / (save_bundle, then copy and hash): {middle['log_model'] / both:.2f}")


def _sweep(book: books.Book) -> None:
    """Free what deleted versions consisted of: seven models need not lie on the disk at once."""
    named = {digest for told in book.models.all() for one in told.versions
             for digest in one.files.values()}  # fmt: skip
    for digest, _ in list(book.store.blobs.all()):
        if digest not in named:
            book.store.blobs.discard(digest, unless_since=time.time() + 60)


if __name__ == "__main__":
    main()
