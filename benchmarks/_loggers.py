"""Cellbook and its peers behind one small face, for the benchmarks.

Run by the benchmarks in a process of its own: ``python _loggers.py LOGGER WORKLOAD N`` does the
workload in the working directory and prints a JSON object.  Peers are imported only when chosen,
so that this file runs in an environment that lacks the others.
"""

from __future__ import annotations

import array
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

BEFORE_IMPORT = time.perf_counter()


class Logger:
    """A tracker: `start` opens it and begins a run, `log` records one value of one metric."""

    durable = True
    """Whether what was logged outlives SIGKILL by design."""
    speed = 1.0
    """How many of the asked-for calls are worth waiting for."""

    def start(self) -> None:
        raise NotImplementedError

    def log(self, step: int) -> None:
        raise NotImplementedError

    def whole_run(self, number: int) -> None:
        """Make a finished run of 10 params, 5 metrics, 3 tags."""
        raise NotImplementedError

    def finish(self) -> None:
        pass


PARAMS = {f"p{i}": i * 0.5 for i in range(10)}
METRICS = {f"m{i}": i / 3 for i in range(5)}
TAGS = {"a": "1", "b": "2", "c": "3"}


class Cellbook(Logger):
    def start(self) -> None:
        import cellbook as cb

        self.cb = cb
        self.run = cb.start_run("bench")
        self.log_metric = self.run.log_metric

    def log(self, step: int) -> None:
        self.log_metric("loss", 0.5, step)

    def whole_run(self, number: int) -> None:
        with self.cb.start_run(f"r{number}", params=PARAMS, tags=TAGS) as run:
            run.log_metrics(METRICS)

    def finish(self) -> None:
        self.run.end()

    @staticmethod
    def kept() -> int:
        import cellbook as cb

        book = cb.open()
        record = book.find_run("#1")
        series = book.store.series_reader.read(record.points, runs=[record.run_id])
        return len(series[0].values) if series else 0


class BareWrite(Logger):
    """The floor: one ``os.write`` of a 24-byte record a call."""

    def start(self) -> None:
        import struct

        self.pack = struct.Struct("<IIqd").pack
        self.fd = os.open("points.bin", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def log(self, step: int) -> None:
        os.write(self.fd, self.pack(1, 2, step, 0.5))


class BareSqlite(Logger):
    """SQLite in WAL mode, a commit a call."""

    speed = 0.5

    def start(self) -> None:
        import sqlite3

        self.db = sqlite3.connect("bare.sqlite", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("CREATE TABLE points (run TEXT, key TEXT, step INT, t REAL, value REAL)")
        self.db.execute("CREATE TABLE runs (id INTEGER PRIMARY KEY, body TEXT)")

    def log(self, step: int) -> None:
        self.db.execute(
            "INSERT INTO points VALUES (?, ?, ?, ?, ?)", ("r", "loss", step, time.time(), 0.5)
        )

    def whole_run(self, number: int) -> None:
        body = json.dumps({"params": PARAMS, "metrics": METRICS, "tags": TAGS})
        self.db.execute("INSERT INTO runs (body) VALUES (?)", (body,))
        self.db.execute("UPDATE runs SET body = ? WHERE id = ?", (body, number))


class MLflow(Logger):
    speed = 0.002

    def start(self) -> None:
        import mlflow

        self.mlflow = mlflow
        mlflow.set_tracking_uri("sqlite:///mlflow.db")
        mlflow.start_run()

    def log(self, step: int) -> None:
        self.mlflow.log_metric("loss", 0.5, step=step)

    def whole_run(self, number: int) -> None:
        self.mlflow.end_run()
        with self.mlflow.start_run(run_name=f"r{number}", tags=TAGS):
            self.mlflow.log_params(PARAMS)
            self.mlflow.log_metrics(METRICS)

    def finish(self) -> None:
        self.mlflow.end_run()


class Trackio(Logger):
    durable = False
    speed = 0.2

    def start(self) -> None:
        os.environ["TRACKIO_DIR"] = str(Path.cwd() / "trackio")
        import trackio

        self.trackio = trackio
        trackio.init(project="bench", embed=False)

    def log(self, step: int) -> None:
        self.trackio.log({"loss": 0.5}, step=step)

    def finish(self) -> None:
        self.trackio.finish()


class WandbOffline(Logger):
    durable = False
    speed = 0.05

    def start(self) -> None:
        os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DIR=str(Path.cwd()))
        import wandb

        self.run = wandb.init(project="bench")

    def log(self, step: int) -> None:
        self.run.log({"loss": 0.5}, step=step)

    def finish(self) -> None:
        self.run.finish()


class TensorBoard(Logger):
    durable = False
    speed = 0.2

    def start(self) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self.event, self.summary = Event, Summary
        self.writer = EventFileWriter("tensorboard")

    def log(self, step: int) -> None:
        value = self.summary.Value(tag="loss", simple_value=0.5)
        self.writer.add_event(
            self.event(wall_time=time.time(), step=step, summary=self.summary(value=[value]))
        )

    def finish(self) -> None:
        self.writer.close()


class DVCLive(Logger):
    speed = 0.002

    def start(self) -> None:
        from dvclive import Live

        self.live = Live("dvclive", save_dvc_exp=False, report=None, monitor_system=False)

    def log(self, step: int) -> None:
        self.live.step = step
        self.live.log_metric("loss", 0.5)
        self.live.make_summary()

    def finish(self) -> None:
        self.live.end()


class Aim(Logger):
    speed = 0.05

    def start(self) -> None:
        import aim

        self.run = aim.Run(repo=".", system_tracking_interval=None, capture_terminal_logs=False)

    def log(self, step: int) -> None:
        self.run.track(0.5, name="loss", step=step)

    def finish(self) -> None:
        self.run.close()


LOGGERS: dict[str, type[Logger]] = {
    "cellbook": Cellbook,
    "bare write": BareWrite,
    "bare SQLite WAL": BareSqlite,
    "Trackio": Trackio,
    "TensorBoard": TensorBoard,
    "W&B offline": WandbOffline,
    "Aim": Aim,
    "MLflow": MLflow,
    "DVCLive": DVCLive,
}


def first(name: str, count: int) -> dict[str, Any]:
    """Time the import and first run in an empty folder."""
    logger = LOGGERS[name]()
    logger.start()
    logger.log(0)
    return {"first_s": time.perf_counter() - BEFORE_IMPORT}


def hot(name: str, count: int) -> dict[str, Any]:
    """Time each of `count` calls in a tight loop."""
    logger = LOGGERS[name]()
    logger.start()
    count = max(200, int(count * logger.speed))
    logger.log(0)
    times = array.array("q", bytes(8 * count))  # made whole, so that it does not grow meanwhile
    clock = time.perf_counter_ns
    before = 0
    for step in range(1, count):
        if step == count // 2:
            before = _resident()
        begin = clock()
        logger.log(step)
        times[step] = clock() - begin
    grown = _resident() - before
    logger.finish()
    took = sorted(times[1:])
    return {
        "calls": count,
        "median_us": took[len(took) // 2] / 1000,
        "p99_us": took[int(len(took) * 0.99)] / 1000,
        "bytes_per_point": max(0, grown) / (count / 2),
    }


def kill(name: str, count: int) -> dict[str, Any]:
    """Log `count` points, say so, and wait for SIGKILL."""
    logger = LOGGERS[name]()
    logger.start()
    for step in range(count):
        logger.log(step)
    print(json.dumps({"logged": count}), flush=True)
    time.sleep(600)
    return {}


def runs(name: str, count: int) -> dict[str, Any]:
    """Make `count` finished runs; the cost of one among the first and the last tenth."""
    logger = LOGGERS[name]()
    logger.start()
    took = []
    for number in range(count):
        begin = time.perf_counter()
        logger.whole_run(number)
        took.append(time.perf_counter() - begin)
    tenth = max(1, count // 10)
    return {
        "runs": count,
        "first_ms": statistics.median(took[:tenth]) * 1000,
        "last_ms": statistics.median(took[-tenth:]) * 1000,
    }


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    workload = {"first": first, "hot": hot, "kill": kill, "runs": runs}[sys.argv[2]]
    print(json.dumps(workload(sys.argv[1], int(sys.argv[3]))), flush=True)
