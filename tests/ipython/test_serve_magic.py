"""``%serve`` in a real kernel: at once, beside it, and gone with it."""

from __future__ import annotations

import json
import re
import textwrap
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ipython.kernels import Kernel, kernel
from tests.serving.bundles import IRIS, Client, iris_bundle
from tests.serving.test_server import eventually


@pytest.fixture
def k(tmp_path: Path) -> Iterator[Kernel]:
    iris_bundle(tmp_path / "iris")
    with kernel(tmp_path) as started:
        started.run("%load_ext cellbook")
        yield started


def ask(url: str) -> object:
    body = json.dumps({"inputs": IRIS.head(1).to_numpy().tolist()}).encode()
    request = urllib.request.Request(url + "/invocations", body)
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def arms(url: str) -> list[tuple[str, float]]:
    return [(one["name"], one["share"]) for one in Client(url).get("/arms").doc["arms"]]


def test_a_model_is_served_beside_the_kernel(k: Kernel) -> None:
    said = k.run("server = %serve iris").text
    found = re.search(r"iris is being loaded, and will answer at (http://127\.0\.0\.1:\d+)", said)
    assert found is not None
    k.run("server.wait()")
    assert ask(found[1]) == {"predictions": [0]}
    assert "served no more" in k.run("%serve --stop").text
    with pytest.raises(OSError):
        ask(found[1])
    k.run("import cellbook as cb; cb.register_model('iris', 'flowers', alias='champion')")
    k.run("server = %serve models:/flowers@champion --record\nserver.wait()")
    url = k.run("print(server.url)").stdout.strip()
    assert ask(url) == {"predictions": [0]}
    k.run("server.stop()")
    k.run("from cellbook.monitoring import Predictions; told = Predictions(cb.open().store)")
    assert "flowers/1" in k.run("print(told.frame('flowers')['model'].tolist())").stdout
    for wrong, mend in (("flwers", "Did you mean 'flowers'?"), ("models:/flowers@none", "alias")):
        failed = k.run(f"s = %serve {wrong}")
        assert failed.error == "UsageError"
        assert mend in repr(failed)
        assert "http://" not in failed.text
    assert "There is no bundle, version or deployment ./none" in repr(k.run("%serve ./none"))
    assert k.run("%serve iris").text.count("http://") == 1
    k.run("%serve --stop")
    assert "name one bundle" in repr(k.run("%serve"))


def test_arms_join_at_the_same_address_and_go_again(k: Kernel) -> None:
    k.run("server = %serve iris --canary iris --share 20\nserver.wait()")
    url = k.run("print(server.url)").stdout.strip()
    assert arms(url) == [("champion", 0.8), ("canary", 0.2)]
    said = k.run("server = %serve iris --shadow iris").text
    assert f"iris is changed, and answers at {url} as before" in said
    eventually(lambda: arms(url) == [("champion", 1.0), ("challenger", 1.0)])
    k.run("%serve iris --rollback")
    eventually(lambda: arms(url)[1:] == [("canary", 0.2)])
    k.run("%serve iris --promote canary")
    eventually(lambda: len(arms(url)) == 1)
    for wrong, words in (
        ("--canary iris --ab iris", "One thing at a time"),
        ("--share 20", "--share is of"),
        ("--canary iris --share 101", "no percentage"),
        ("--promote nobody", "no arm 'nobody'"),
    ):
        assert words in repr(k.run(f"%serve iris {wrong}"))
    assert "is not served here" in repr(k.run("%serve other --rollback"))


def test_monitor_shows_and_writes_how_an_endpoint_does(k: Kernel, tmp_path: Path) -> None:
    assert "No endpoint has predictions yet" in k.run("%monitor").text
    assert "No model was retrained yet" in k.run("%retrain --history").text
    assert "Which endpoint or model?" in repr(k.run("%monitor ' '"))
    made = """
    import cellbook as cb
    from cellbook.monitoring import Predictions
    log = Predictions(cb.open().store).log("shop")
    log.log({"x": [float(one) for one in range(90)]}, [1] * 90, model="wine/1")
    log.close()
    """
    k.run(textwrap.dedent(made))
    assert "shop: too little to tell" in k.run("%monitor wine --window 1h").text
    assert "wine/1" in k.run("%monitor").text
    assert "how shop does is in" in k.run("%monitor shop --html report.html").text
    assert "shop in service" in (tmp_path / "report.html").read_text()
    told = """
    import pandas as pd
    from cellbook.monitoring import References
    References(cb.open().store).keep("shop", pd.DataFrame({"x": [float(i) for i in range(200)]}))
    later = pd.DataFrame({"x": [float(i + 150) for i in range(200)]})
    later.to_csv("later.csv", index=False)
    """
    k.run(textwrap.dedent(told))
    for data in ("later", "{later}", "later.csv"):
        assert "shop: 1 column of 1 drifted" in k.run(f"%monitor shop --data {data}").text
    for wrong, words in (
        ("shop --data {later} --by x", "--by is of an endpoint"),
        ("shop --data laterr", "laterr"),
        ("shop --window long", "no length of time"),
        ("shop --by y", "no column 'y'"),
        ("shop wine", "one endpoint"),
        ("--html x.html", "Which endpoint"),
        ("shop@champion", "shop"),
    ):
        failed = k.run(f"%monitor {wrong}")
        assert failed.error == "UsageError"
        assert words in repr(failed)
