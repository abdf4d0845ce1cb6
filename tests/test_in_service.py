"""A book's models behind HTTP by their names, and what they answer in the book."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from cellbook.answers import ModelVersionQuery, Reader, show_model_version
from cellbook.answers.lineage import find_lineage
from cellbook.book import Book
from cellbook.cli import main
from cellbook.errors import CellbookError, InvalidInput, NotFound
from cellbook.in_service import (
    Names,
    Recorder,
    bundle_at,
    deployed_name,
    names,
    recording,
    row_ids,
)
from cellbook.monitoring import Predictions
from cellbook.serving import Server, Settings, score
from cellbook.serving.logging_predictions import Prediction
from cellbook.serving.outputs import outputs_of
from tests.registry.conftest import book, opened
from tests.serving.bundles import Client
from tests.serving.test_reloading import Load
from tests.serving.test_server import X, eventually, importable, workers_of

__all__ = ["book", "importable", "opened"]


def register(book: Book, slope: float, alias: str | None = "champion") -> None:
    x = np.arange(4.0).reshape(-1, 1)
    example = pd.DataFrame({"x": x[:, 0]})
    model = LinearRegression(fit_intercept=False).fit(example, slope * x[:, 0])
    book.models.log(model, "line", alias=alias, input_example=example)


def settings(book: Book, **options: Any) -> Settings:
    return Settings(port=0, poll=0.2, resolver=names(book.url), **options)


def predicted(book: Book, rows: int, **options: Any) -> pd.DataFrame:
    predictions = Predictions(book.store)
    eventually(lambda: len(predictions.frame("line", **options)) >= rows)
    return predictions.frame("line", **options)


def test_an_alias_that_moves_is_followed_and_no_request_fails(book: Book) -> None:
    register(book, 2.0)
    with (
        Server("models:/line@champion", settings(book, workers=2)) as server,
        Load(server.url, threads=2) as load,
    ):
        assert Client(server.url).invoke(X).headers["cellbook-version"] == "1"
        register(book, 3.0)
        eventually(lambda: server.said and server.said[-1].endswith("champion is version 2"))
        answers = [Client(server.url).invoke(X).doc["predictions"][0] for _ in range(10)]
        assert answers == pytest.approx([3.0] * 10)
        book.models.drop_alias("line", "champion")
        eventually(lambda: "no version of 'line' has the alias" in server.said[-1].lower())
        assert Client(server.url).invoke(X).status == 200
        book.models.set_alias("line/1", "champion")
        eventually(lambda: server.said[-1].endswith("champion is version 1"))
    assert not load.errors
    assert {reply.status for reply in load.replies} == {200}
    assert {reply.headers["cellbook-version"] for reply in load.replies} == {"1", "2"}


def ten_times(rows: list[list[float]]) -> list[float]:
    return [10 * row[0] for row in rows]


def test_what_oneself_made_is_served_without_consent(
    book: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book.models.log(ten_times, "rule", input_example=[[1.0]], alias="champion")
    with Server("models:/rule@champion", settings(book)) as server:
        reply = Client(server.url).post("/invocations", {"inputs": [[2.0]]})
        assert reply.doc == {"predictions": [20.0]}
    # Somebody else's: what is asked for is named as whoever asked names it.
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path / "other"))
    with pytest.raises(CellbookError) as failed:
        Server("models:/rule@champion", settings(book))
    assert "Loading rule@champion runs code" in str(failed.value)
    assert "serve it with --trust" in str(failed.value)
    with Server("models:/rule@champion", settings(book, trust=True)):
        pass


@pytest.mark.parametrize("name", ["line", "line/1", "line@1", "line@champion", "model:line"])
def test_what_names_a_version_is_served(book: Book, name: str) -> None:
    register(book, 2.0)
    folder, version = Names(str(book.store.root))(name) or (Path(), "")
    assert version == "1"
    assert (folder / "MLmodel").is_file()


def test_a_version_is_written_once_and_again_where_it_is_damaged(book: Book) -> None:
    register(book, 2.0)
    resolve = Names(str(book.store.root))
    folder, _ = resolve("line") or (Path(), "")
    written = (folder / "MLmodel").stat().st_ino
    assert (Names(str(book.store.root))("line") or ("",))[0] == folder
    assert (folder / "MLmodel").stat().st_ino == written
    (folder / "MLmodel").write_text("other")
    assert (Names(str(book.store.root))("line") or ("",))[0] == folder
    assert (folder / "MLmodel").read_text() != "other"
    (folder / "digests.json").unlink()
    resolve("line")
    assert (folder / "digests.json").is_file()
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]


def test_paths_are_left_alone_and_what_is_neither_is_told(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    register(book, 2.0)
    resolve = Names(str(book.store.root))
    (tmp_path / "line").mkdir()
    assert resolve("line") is None
    assert resolve(str(tmp_path / "none")) is None
    assert deployed_name("line", book.url) == str(tmp_path / "line")
    assert deployed_name("line/1", book.url) == "models:/line/1"
    assert deployed_name("./none", book.url) == "./none"
    with pytest.raises(NotFound, match=r"There is no bundle lien, .*Did you mean 'line'"):
        resolve("lien")
    with pytest.raises(NotFound, match="There is no bundle first"):
        Names(str(tmp_path / "nowhere"))("first")
    (tmp_path / "weights.bin").write_bytes(b"1")
    book.models.register(tmp_path / "weights.bin", "raw")
    with pytest.raises(InvalidInput, match="cannot be served"):
        resolve("models:/raw")


def test_predictions_are_recorded_and_labels_join(book: Book) -> None:
    register(book, 2.0)
    log = recording(book.url)
    with Server("line@champion", settings(book, log=log)) as server:
        client = Client(server.url)
        first = client.invoke(X).headers["cellbook-prediction-id"]
        several = client.invoke(pd.DataFrame({"x": [2.0, 3.0]})).headers["cellbook-prediction-id"]
    # What waits is written when the endpoint ends.
    Predictions(book.store).label("line", {first: 2.5, f"{several}-1": 6.5})
    frame = predicted(book, 3)
    assert frame["id"].tolist() == [first, *row_ids(several, 2)]
    assert set(frame["model"]) == {"line/1"}
    assert set(frame["arm"]) == {"champion"}
    assert frame["input.x"].tolist() == [1.0, 2.0, 3.0]
    assert frame["output.prediction"].tolist() == pytest.approx([2.0, 4.0, 6.0])
    assert frame["label"].fillna(-1).tolist() == [2.5, -1, 6.5]
    assert (frame["latency"] > 0).all()


def test_a_killed_worker_loses_only_what_waited(book: Book) -> None:
    register(book, 2.0)
    with Server("line", settings(book, log=recording(book.url))) as server:
        client = Client(server.url)
        kept = {client.invoke(X).headers["cellbook-prediction-id"] for _ in range(20)}
        assert set(predicted(book, 20)["id"]) == kept
        client.invoke(X)
        worker = workers_of(server)[0]
        os.kill(worker.pid, signal.SIGKILL)
        eventually(lambda: any("a worker died" in one for one in server.said))
        after = eventually(lambda: _tried(client))
    frame = predicted(book, 21)
    assert kept | {after} <= set(frame["id"])
    # A killed worker may leave a part that no document names yet.
    assert book.verify().ok


def _tried(client: Client) -> str:
    try:
        return client.invoke(X).headers["cellbook-prediction-id"]
    except OSError:
        return ""


def test_matrices_are_recorded_by_column_and_a_share_is_kept(book: Book) -> None:
    x = pd.DataFrame({"x": np.arange(6.0)})
    model = LogisticRegression().fit(x, [0, 0, 0, 1, 1, 1])
    book.models.log(model, "line", input_example=x, method="predict_proba")
    with Server("line", settings(book, log=recording(book.url, 0.5))) as server:
        Client(server.url).invoke(pd.DataFrame({"x": np.linspace(0, 5, 400)}))
    frame = predicted(book, 1)
    assert 120 < len(frame) < 280
    assert frame["output.prediction.0"].add(frame["output.prediction.1"]).tolist() == (
        pytest.approx([1.0] * len(frame))
    )
    for share in (0, 1.5):
        with pytest.raises(InvalidInput, match="share"):
            recording(book.url, share)


def test_the_command_serves_a_deployment_of_names(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register(book, 2.0)
    register(book, 3.0, "challenger")
    file = str(tmp_path / "line.json")
    told = ["--book", str(tmp_path / "home")]
    assert main(["deploy", "new", file, "line@champion", *told]) == 0
    assert main(["deploy", "canary", file, "models:/line@challenger", "50", *told]) == 0
    arms = json.loads(Path(file).read_text())["arms"]
    assert [one["model"] for one in arms] == ["models:/line@champion", "models:/line@challenger"]
    assert main(["deploy", "canary", file, "models:/line/9", "50", *told]) == 2
    assert "no version '9'" in capsys.readouterr().err
    command = [sys.executable, "-m", "cellbook", "serve", file, "--port", "0", "--record", *told]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith("loading ")
        url = serving.stdout.readline().split()[-1]
        for _ in range(40):
            assert Client(url).invoke(X).status == 200
        began = time.monotonic()
        serving.send_signal(signal.SIGINT)
        assert serving.wait(60) == 0
        assert time.monotonic() - began < 20
    frame = predicted(book, 40)
    assert set(zip(frame["arm"], frame["model"], strict=True)) == {
        ("champion", "line/1"),
        ("canary", "line/2"),
    }


def test_the_command_tells_windows_drift_and_performance(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    told = ["--book", str(tmp_path / "home")]
    assert main(["monitor", *told]) == 0
    assert "No endpoint has predictions" in capsys.readouterr().out
    x = pd.DataFrame({"x": rng.normal(size=2_000), "bought": 1})
    book.track_data(x, "people", keep=True)
    log = Predictions(book.store).log("line")
    for hour, mean in ((1, 0.0), (2, 3.0)):
        ids = log.log(
            {"x": rng.normal(mean, size=400)}, [1] * 400, model="line/1", time_ms=hour * 3_600_000
        )
        (tmp_path / f"{hour}.csv").write_text(
            "id,label\n" + "".join(f"{one},{int(hour == 1)}\n" for one in ids)
        )
    log.close()
    assert main(["monitor", *told]) == 0
    assert "line      800   line/1" in capsys.readouterr().out
    for hour in (1, 2):
        file = str(tmp_path / f"{hour}.csv")
        words = ["--labels", file, "--data", "people@1", "--metric", "accuracy"]
        assert main(["monitor", "line", *words, *told]) == 0
    head, _, first, second = capsys.readouterr().out.splitlines()[-4:]
    assert head.split() == ["WINDOW", "ROWS", "DRIFT", "ACCURACY"]
    assert first.split()[3:] == ["400", "none", "1", "(400)"]
    assert second.split()[3:] == ["400", "x", "0", "(400)"]
    assert main(["monitor", "line", "--json", *told]) == 0
    assert [one["rows"] for one in json.loads(capsys.readouterr().out)] == [400, 400]
    report = tmp_path / "report.html"
    assert main(["monitor", "line", "--data", "people@1", "--html", str(report), *told]) == 0
    assert "line: drift" in capsys.readouterr().out
    assert "Drift of what comes in" in report.read_text()
    for wrong, words in (
        (["other", "--html", str(report)], "those of line"),
        (["other"], "other: No predictions are on record yet. There are those of line."),
        (["line", "--window", "long"], "no length of time"),
        (["line", "--labels", "none.csv"], "There is no file none.csv"),
        (["line", "--data", "nobody"], "nobody"),
    ):
        assert main(["monitor", *wrong, *told]) == 2
        assert words in capsys.readouterr().err


def test_answers_of_a_shadow_are_recorded_as_such(book: Book) -> None:
    recorder = Recorder(str(book.store.root), 1.0)
    for arm, shadow in (("champion", False), ("challenger", True)):
        made = outputs_of(np.array([1.0]))
        inputs = pd.DataFrame({"x": [1.0]})
        recorder([Prediction("one", 1, "line", "1", arm, "", inputs, made, 0.001, shadow=shadow)])
    recorder.close()
    arms = Predictions(book.store).frame("line")["arm"]
    assert sorted(arms) == ["challenger (shadow)", "champion"]


def seen_by(book: Book, version: str) -> Any:
    return show_model_version(Reader(book), ModelVersionQuery(version))


def test_who_serves_a_version_is_on_record_and_predictions_point_back(
    book: Book, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CELLBOOK_USER", "ada")
    with book.start_run("fitted"):
        register(book, 2.0)
    with Server("models:/line@champion", settings(book, log=recording(book.url))) as server:
        client = Client(server.url)
        for _ in range(3):
            client.invoke(X)
        (one,) = seen_by(book, "line/1").endpoints
        assert (one.name, one.arm, one.asked) == ("line", "champion", "models:/line@champion")
        assert (one.address, one.by, one.until, one.records) == (server.url, "ada", None, True)
        register(book, 3.0)
        eventually(lambda: seen_by(book, "line/2").row.endpoints == ("line",))
        for _ in range(2):
            client.invoke(X)
        (before,) = seen_by(book, "line/1").endpoints
        assert before.until is not None
        assert not before.killed
        assert seen_by(book, "line/1").row.endpoints == ()
    predicted(book, 5)
    assert [one.rows for one in seen_by(book, "line/1").predictions] == [3]
    assert [one.rows for one in seen_by(book, "line/2").predictions] == [2]
    (after,) = seen_by(book, "line/2").endpoints
    assert (after.until is None, after.killed) == (False, False)
    forth = find_lineage(book, "model:line@1")
    assert [(forth.node(one.before).title, one.what, forth.node(one.after).title)
            for one in forth.edges] == [
        ("#1 fitted", "logged", "line@1"),
        ("line@1", "served", "line"),
        ("line", "answered", "3 predictions"),
    ]  # fmt: skip
    back = find_lineage(book, "endpoint:line")
    assert {one.title for one in back.nodes} == {
        "#1 fitted", "line@1", "line@2", "line", "3 predictions", "2 predictions",
    }  # fmt: skip
    with pytest.raises(NotFound, match="there are: line"):
        find_lineage(book, "endpoint:nobody")
    told = ["--book", str(book.folder)]
    assert main(["models", "show", "line/2", *told]) == 0
    said = capsys.readouterr().out
    assert "2 predictions of line" in said
    assert f"answered: line as champion at {server.url}" in said


def test_a_killed_server_is_seen_as_ended(book: Book) -> None:
    register(book, 2.0)
    server = Server("line@champion", settings(book))
    assert seen_by(book, "line").row.endpoints == ("line",)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    (one,) = seen_by(book, "line").endpoints
    assert one.killed
    assert one.until is not None
    assert seen_by(book, "line").row.endpoints == ()


def test_bundles_that_are_in_no_book_are_no_matter_of_it(book: Book, tmp_path: Path) -> None:
    register(book, 2.0)
    book.models.bundle("line", tmp_path / "bundle")
    with Server(tmp_path / "bundle", settings(book)) as server:
        assert Client(server.url).invoke(X).status == 200
    assert seen_by(book, "line").endpoints == ()


def test_a_name_is_taken_wherever_a_bundle_is(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    register(book, 2.0)
    X.to_csv("x.csv", index=False)
    told = ["--book", str(book.folder)]

    def call(*words: str) -> str:
        status = main([*words, *told])
        out, err = capsys.readouterr()
        assert status == 0, err
        return out

    for number, name in enumerate(("models:/line/1", "models:/line@champion", "line@champion")):
        call("score", name, "x.csv", f"{number}.csv")
        assert pd.read_csv(f"{number}.csv")["prediction"].tolist() == pytest.approx([2.0])
    call("deploy", "docker", "models:/line/1", "image")
    assert (tmp_path / "image" / "bundle" / "MLmodel").is_file()
    call("deploy", "kserve", "line@champion", "line.yaml", "--image", "registry.example/line:1")
    assert '"line"' in Path("line.yaml").read_text()
    call("deploy", "mlserver", "models:/line@champion", "mlserver")
    digest = book.models.find("line").digest
    assert digest in call("bundle", "show", "models:/line/1")
    assert json.loads(call("bundle", "materials", "models:/line/1"))["specVersion"] == "1.7"
    call("bundle", "pack", "models:/line@champion", "line.zip")
    call("bundle", "unpack", "models:/line@champion", "folder")
    assert digest in call("bundle", "show", "folder")
    for verb in (["wheels"], ["sign", "--key", "none.pem"]):
        assert main(["bundle", verb[0], "models:/line/1", *verb[1:], *told]) == 2
        assert "is registered, and stays what it is" in capsys.readouterr().err
    assert main(["score", "models:/line/9", "x.csv", "9.csv", *told]) == 2
    assert "no version '9'" in capsys.readouterr().err
    with bundle_at("models:/line@champion", book.url) as place:
        assert score(place.path, X)["prediction"].tolist() == pytest.approx([2.0])
        assert (place.own, place.version and place.version.label) == (True, "line/1")
    with bundle_at(tmp_path / "folder") as place:
        assert (place.path, place.version, place.own) == (tmp_path / "folder", None, False)


def test_checked_by_name_production_is_open(
    book: Book, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # That an environment is really built is seen to in tests/registry.
    register(book, 2.0)
    monkeypatch.setattr("cellbook.packaging.checking._build", lambda *_: "")
    monkeypatch.setattr("cellbook.packaging.checking._run", lambda *_: ("", (("example", ""),)))
    assert main(["bundle", "check", "models:/line@champion", "--book", str(book.folder)]) == 0
    assert "✓ example" in capsys.readouterr().out
    assert book.models.move_stage("line/1", "production").stage.value == "production"


def test_the_command_looks_at_one_arm_where_it_is_asked_to(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--book", str(tmp_path / "home")]
    log = Predictions(book.store).log("line")
    for arm, rows in (("champion", 40), ("challenger (shadow)", 30)):
        log.log({"x": [1.0] * rows}, [1] * rows, model="line/1", arm=arm, time_ms=3_600_000)
    log.close()
    for options, rows in (([], 40), (["--arm", "challenger"], 30), (["--arm", "champion"], 40)):
        assert main(["monitor", "line", "--json", *options, *told]) == 0
        assert [one["rows"] for one in json.loads(capsys.readouterr().out)] == [rows]
    assert main(["monitor", "line", "--arm", "canary", *told]) == 2
    assert "There are: challenger (shadow), champion." in capsys.readouterr().err


def test_the_command_says_how_many_labels_are_of_predictions(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Predictions(book.store).log("line")
    (known,) = log.log({"x": [1.0]}, [1], time_ms=3_600_000)
    log.close()
    file = tmp_path / "labels.csv"
    file.write_text(f"id,label\n{known},1\nnosuchid,1\n")
    assert main(["monitor", "line", "--labels", str(file), "--book", str(tmp_path / "home")]) == 0
    assert "2 labels taken in, 1 of them of predictions on record: " in capsys.readouterr().err


def test_the_command_looks_at_a_version_and_has_no_number_without_labels(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for slope in (1.0, 2.0):
        register(book, slope)
    told = ["--book", str(tmp_path / "home")]
    log = Predictions(book.store).log("line")
    for version, rows in (("line/1", 40), ("line/2", 30)):
        log.log({"x": [1.0] * rows}, [1] * rows, model=version, time_ms=3_600_000)
    log.close()
    for name, count in (("line", 70), ("line/1", 40), ("line@champion", 30)):
        assert main(["monitor", name, "--json", *told]) == 0
        assert [one["rows"] for one in json.loads(capsys.readouterr().out)] == [count]
    assert main(["monitor", "line", "--metric", "accuracy", *told]) == 0
    assert "nan" not in capsys.readouterr().out
