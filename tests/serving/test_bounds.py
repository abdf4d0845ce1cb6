"""What an endpoint holds in memory is bounded in bytes, whatever it is sent."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from cellbook.serving import Server, Settings
from cellbook.serving.logging_predictions import Logging, Prediction
from cellbook.serving.outputs import outputs_of
from tests.serving.bundles import Client, Reply, numbered
from tests.serving.test_server import X, eventually


def test_large_requests_that_wait_are_few(tmp_path: Path) -> None:
    numbered(tmp_path / "slow", 1, code="time.sleep(0.02 if len(frame) < 4 else 2)")
    settings = Settings(port=0, trust=True, max_body=1 << 20, max_held=3 << 20)
    body = json.dumps({"inputs": [[1.0]] * 4}).encode().ljust(1 << 20)
    with Server(tmp_path / "slow", settings) as server:
        replies: list[Reply] = []

        def ask() -> None:
            replies.append(Client(server.url).post("/invocations", body))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        refused = [reply for reply in replies if reply.status == 503]
        assert [reply.status for reply in replies].count(200) == 3
        assert len(refused) == 3
        assert all(reply.headers["retry-after"] == "1" for reply in refused)
        assert "bytes are being answered already" in refused[0].doc["message"]
        # What was answered, or refused, counts no more.
        for _ in range(4):
            assert Client(server.url).post("/invocations", b" " * (2 << 20)).status == 413
        assert Client(server.url).post("/invocations", body).status == 200
        assert Client(server.url).invoke(X).status == 200


def test_large_predictions_do_not_wait_for_a_slow_log() -> None:
    go = threading.Event()
    dropped: list[int] = []
    told: list[Prediction] = []

    def log(predictions: Any) -> None:
        go.wait(60)
        told.extend(predictions)

    logging = Logging(log, dropped.append)
    made = outputs_of(np.zeros(1 << 17))  # 1 MiB
    one = Prediction("id", 0, "e", "1", "a", "", None, made, 0.0)
    logging.add(one, lambda: None, 15 << 20)
    time.sleep(0.5)  # It has taken the first, which is held all the same.
    for _ in range(9):
        logging.add(one, lambda: None, 15 << 20)
    assert len(dropped) == 6
    go.set()
    eventually(lambda: len(told) == 4)
    time.sleep(0.5)
    logging.add(one, lambda: None, 63 << 20)
    eventually(lambda: len(told) == 5)
    logging.close()
