"""Requests to a real process: what is answered, what is refused, and that nothing breaks it."""

from __future__ import annotations

import csv
import io
import json
import socket
import threading
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellbook.packaging import load_bundle
from cellbook.serving import Server
from tests.serving.bundles import COLUMNS, IRIS, MIXED, Client, mixed

INFER = "/v2/models/iris/infer"
ROW = IRIS.iloc[70:71]

# What the protocol's OpenAPI says of responses.
TENSOR = {
    "type": "object",
    "required": ["name", "datatype", "shape"],
    "properties": {
        "name": {"type": "string"},
        "datatype": {"enum": ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16",
                              "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES"]},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "data": {"type": "array", "items": {"type": ["array", "number", "string", "boolean"]}},
    },
}  # fmt: skip
SCHEMAS: dict[str, Any] = {
    "server": {
        "required": ["name", "version", "extensions"],
        "properties": {
            "name": {"type": "string"},
            "version": {"type": "string"},
            "extensions": {"type": "array", "items": {"type": "string"}},
        },
    },
    "model": {
        "required": ["name", "platform"],
        "properties": {
            "name": {"type": "string"},
            "versions": {"type": "array", "items": {"type": "string"}},
            "platform": {"type": "string"},
            "inputs": {"type": "array", "items": TENSOR},
            "outputs": {"type": "array", "items": TENSOR},
        },
    },
    "inference": {
        "required": ["model_name", "outputs"],
        "properties": {
            "model_name": {"type": "string"},
            "model_version": {"type": "string"},
            "id": {"type": "string"},
            "parameters": {"type": "object"},
            "outputs": {
                "type": "array",
                "items": {**TENSOR, "required": [*TENSOR["required"], "data"]},
            },
        },
    },
    "error": {"required": ["error"], "properties": {"error": {"type": "string"}}},
}


def fits(doc: Any, name: str) -> None:
    jsonschema.validate(doc, {"type": "object", **SCHEMAS[name]})


def tensor(frame: pd.DataFrame, **more: Any) -> dict[str, Any]:
    data = frame.to_numpy().ravel().tolist()
    return {"name": "x", "shape": list(frame.shape), "datatype": "FP64", "data": data, **more}


# -- what is answered ------------------------------------------------------------------------------


def test_health_and_metadata(client: Client) -> None:
    for path in ("/v2/health/live", "/v2/health/ready", "/v2/models/iris/ready", "/ping"):
        assert client.get(path).status == 200
    fits(client.get("/v2").doc, "server")
    model = client.get("/v2/models/iris").doc
    fits(model, "model")
    assert [one["name"] for one in model["inputs"]] == COLUMNS
    version = model["versions"][0]
    assert client.get(f"/v2/models/iris/versions/{version}").doc == model
    assert client.get(f"/v2/models/iris/versions/{version}/ready").doc["ready"] is True
    assert client.get("/version").status == 200


def test_predictions_are_the_notebooks(client: Client, iris: Any) -> None:
    expected = load_bundle(iris).predict(IRIS).tolist()
    assert client.invoke(IRIS).doc == {"predictions": expected}
    records = IRIS.to_dict("records")
    for form in ("dataframe_records", "instances"):
        assert client.post("/invocations", {form: records}).doc["predictions"] == expected
    for form in ("inputs", "instances"):
        doc = {form: IRIS.to_numpy().tolist()}
        assert client.post("/invocations", doc).doc["predictions"] == expected
    doc = {"inputs": IRIS.to_dict("list")}
    assert client.post("/invocations", doc).doc["predictions"] == expected
    csv = IRIS.to_csv(index=False).encode()
    assert (
        client.post("/invocations", csv, "text/csv; charset=utf-8").doc["predictions"] == expected
    )
    reply = client.post(INFER, {"id": "42", "inputs": [tensor(IRIS)]})
    fits(reply.doc, "inference")
    assert reply.doc["id"] == "42"
    assert reply.doc["outputs"][0] == {
        "name": "output-0", "shape": [150], "datatype": "INT64", "data": expected,
    }  # fmt: skip
    columns = [
        {"name": name, "shape": [150, 1], "datatype": "FP64", "data": IRIS[[name]].values.tolist()}
        for name in COLUMNS
    ]
    assert client.post(INFER, {"inputs": columns}).doc["outputs"][0]["data"] == expected
    nested = tensor(ROW) | {"data": ROW.to_numpy().tolist(), "datatype": "FP32"}
    assert client.post(INFER, {"inputs": [nested]}).doc["outputs"][0]["data"] == [expected[70]]


def test_responses_name_their_prediction(client: Client) -> None:
    first, second = client.invoke(ROW), client.invoke(ROW)
    ids = {reply.headers["cellbook-prediction-id"] for reply in (first, second)}
    assert len(ids) == 2
    assert first.headers["cellbook-arm"] == "champion"
    assert first.headers["cellbook-model"] == "iris"
    version = first.headers["cellbook-version"]
    path = f"/v2/models/iris/versions/{version}/infer"
    assert client.post(path, {"inputs": [tensor(ROW)]}).doc["model_version"] == version


def test_tables_of_all_types(mixed_client: Client) -> None:
    expected = json.loads(mixed(MIXED).to_json(orient="records"))
    assert mixed_client.invoke(MIXED).doc["predictions"] == expected
    tensors = [
        {"name": name, "shape": [3], "datatype": datatype, "data": MIXED[name].tolist()}
        for name, datatype in (
            ("age", "INT64"), ("income", "FP64"), ("town", "BYTES"), ("note", "BYTES"),
            ("member", "BOOL"),
        )
    ]  # fmt: skip
    reply = mixed_client.post("/v2/models/mixed/infer", {"inputs": tensors})
    fits(reply.doc, "inference")
    told = {one["name"]: (one["datatype"], one["data"]) for one in reply.doc["outputs"]}
    assert told["who"] == ("BYTES", ["aBonn", "bKiel", "cBonn"])
    assert told["sum"] == ("FP64", [1231.5, 924.0, 4158.25])
    assert told["old"] == ("INT64", [31, 0, 58])
    wanted = {"inputs": tensors, "outputs": [{"name": "old"}]}
    reply = mixed_client.post("/v2/models/mixed/infer", wanted)
    assert [one["name"] for one in reply.doc["outputs"]] == ["old"]
    csv = MIXED.assign(note=["007", "8", ""]).to_csv(index=False).encode()
    reply = mixed_client.post("/invocations", csv.replace(b'""', b"x"), "text/csv")
    assert reply.status == 400 or reply.doc["predictions"][0]["who"] == "007Bonn"
    for shifted in (csv.replace(b"\n", b",\n"), csv.replace(b"\n", b"\nfirst,")):
        header, _, rows = shifted.partition(b"\n")
        shifted = header.rstrip(b",") + b"\n" + rows.removesuffix(b"first,")
        reply = mixed_client.post("/invocations", shifted, "text/csv")
        assert (reply.status, "more fields than its header" in reply.doc["message"]) == (400, True)
    model = mixed_client.get("/v2/models/mixed").doc
    assert {one["name"]: one["datatype"] for one in model["inputs"]} == {
        "age": "INT64", "income": "FP64", "town": "BYTES", "note": "BYTES", "member": "BOOL",
    }  # fmt: skip


def test_many_at_once_are_each_answered_their_own(client: Client, iris: Any) -> None:
    expected = load_bundle(iris).predict(IRIS).tolist()
    wrong = []

    def ask(start: int) -> None:
        kept = Client(f"http://{client.host}:{client.port}", keep=True)
        for place in range(start, 150, 8):
            told = kept.invoke(IRIS.iloc[place : place + 1 + place % 3]).doc["predictions"]
            if told != expected[place : place + 1 + place % 3]:
                wrong.append(place)
        kept.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    text = client.get("/metrics").body.decode()
    assert "cellbook_batch_rows_bucket" in text


# -- what is refused -------------------------------------------------------------------------------


def records(**changed: Any) -> dict[str, Any]:
    return {"dataframe_records": [{**ROW.to_dict("records")[0], **changed}]}


BAD_INVOCATIONS: list[tuple[Any, int, str]] = [
    (b"{", 400, "no JSON"),
    (b"\xff\xfe", 400, "UTF-8"),
    (b"[" * 100_000, 400, "deep"),
    (b"[]", 400, "must be a JSON object"),
    (b'{"inputs": [], "inputs": [[1, 2, 3, 4]]}', 400, "has 'inputs' twice. Leave one out."),
    (b'{"dataframe_records": [{"a": 1, "a": 2}]}', 400, "has 'a' twice"),
    ({}, 400, "it has nothing"),
    ({"inputs": [[1, 2, 3, 4]], "instances": []}, 400, "one of"),
    ({"inputs": [[1, 2, 3, 4]], "more": 1}, 400, "more, which means nothing"),
    ({"inputs": [[1, 2, 3, 4]], "params": {"temperature": 1}}, 400, "takes no params"),
    ({"inputs": []}, 400, "no rows"),
    ({"inputs": [[1, 2, 3]]}, 400, "4 columns"),
    ({"inputs": [[1, 2, 3, "x"]]}, 400, "'x', which is no number"),
    ({"inputs": 5}, 400, "must be a list"),
    ({"dataframe_split": {"columns": ["a"], "data": [[1]]}}, 400, "takes no column 'a'"),
    ({"dataframe_split": {"columns": COLUMNS, "data": [[1, 2, 3]]}}, 400, "Row 0"),
    ({"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}}, 400, "twice"),
    ({"dataframe_records": [5]}, 400, "list of objects"),
    (records(**{COLUMNS[0]: "tall"}), 400, "'tall', which is no number"),
    (records(**{COLUMNS[0]: None}), 400, "misses 1 of 1 values"),
    (records(**{COLUMNS[0]: {"a": 1}}), 400, ""),
    (records(**{COLUMNS[0]: True}), 400, "no number"),
    (records(extra=1), 400, "takes no column 'extra'"),
    ({"dataframe_records": [ROW.iloc[:, 1:].to_dict("records")[0]]}, 400, "lacks the column"),
    (json.dumps(records(**{COLUMNS[0]: 0})).replace(": 0,", ": NaN,").encode(), 400, "misses"),
    (json.dumps(records(**{COLUMNS[0]: 0})).replace(": 0,", ": 1e999,").encode(), 422, "infinity"),
    (json.dumps(records(**{COLUMNS[0]: 0})).replace(": 0,", f": {'9' * 5000},").encode(), 400, ""),
    (records(**{COLUMNS[0]: 10**400}), 400, ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "words"), BAD_INVOCATIONS)
def test_bad_invocations(client: Client, body: Any, status: int, words: str) -> None:
    reply = client.post("/invocations", body)
    assert reply.status == status, reply.body
    assert set(reply.doc) == {"error_code", "message"}
    assert words in reply.doc["message"]


def test_a_mark_before_a_body_is_no_part_of_it(client: Client) -> None:
    told = client.post("/invocations", json.dumps(records()).encode()).doc
    marked = client.post("/invocations", b"\xef\xbb\xbf" + json.dumps(records()).encode())
    assert marked.doc == told
    for text in (ROW.to_csv(index=False), ROW.to_csv(index=False, quoting=csv.QUOTE_ALL)):
        assert client.post("/invocations", b"\xef\xbb\xbf" + text.encode(), "text/csv").doc == told


def one(**changed: Any) -> dict[str, Any]:
    return {"inputs": [tensor(ROW) | changed]}


BAD_INFERENCES: list[tuple[Any, int, str]] = [
    ({}, 400, "inputs must be"),
    ({"inputs": []}, 400, "one at least"),
    ({"inputs": [5]}, 400, "Input 0 is no object"),
    ({"inputs": [{"shape": [1]}]}, 400, "no name"),
    (one(datatype="FP65"), 400, "datatype must be one of"),
    (one(shape=[1, 5]), 400, "means 5 values"),
    (one(shape=[-1, 4]), 400, "whole numbers from 0"),
    (one(shape=[1 << 62, 1 << 62]), 400, "no tensor"),
    (one(shape=[4]), 400, "takes no column 'x'"),
    (one(shape=[0, 4], data=[]), 400, "no rows"),
    (one(datatype="INT8", data=[1, 2, 3, 300]), 400, "300 is no INT8"),
    (one(datatype="INT8", data=[1, 2, 3, 0.5]), 400, "0.5 is no INT8"),
    (one(datatype="FP16", data=[1, 2, 3, 1e6]), 400, "is no FP16"),
    (one(datatype="FP64", data=[1, 2, 3, 10**400]), 400, ""),
    (one(datatype="BOOL", data=[1, 2, 3, 4]), 400, "is no BOOL"),
    (one(datatype="BYTES", data=["a", "b", "c", "d"]), 400, "no number"),
    (one(data=[1, 2, 3, "NaN"]), 400, "misses"),
    (one(data=[1, 2, 3, "Infinity"]), 422, "infinity"),
    (one(data={"a": 1}), 400, "data must be a list"),
    ({**one(), "id": 5}, 400, "id must be text"),
    ({**one(), "outputs": [{"name": "nix"}]}, 400, "no output 'nix'"),
    ({**one(), "outputs": 5}, 400, "outputs must be"),
    ({**one(), "parameters": 5}, 400, "parameters must be"),
    ({**one(), "parameters": {"key": [1]}}, 400, "key must be"),
    ({"inputs": [tensor(ROW), tensor(ROW)]}, 400, "Two inputs"),
    ({"inputs": [{"name": n, "shape": [1, 2], "datatype": "FP64", "data": [1, 2]} for n in "ab"]},
     400, "is a column"),
    ({"inputs": [{"name": n, "shape": [k], "datatype": "FP64", "data": [1] * k}
                 for k, n in enumerate(COLUMNS, 1)]}, 400, "not equally long"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "words"), BAD_INFERENCES)
def test_bad_inferences(client: Client, body: Any, status: int, words: str) -> None:
    reply = client.post(INFER, body)
    assert reply.status == status, reply.body
    fits(reply.doc, "error")
    assert words in reply.doc["error"]


def test_wrong_paths_methods_and_types(client: Client) -> None:
    assert client.get("/nowhere").status == 404
    assert client.get("/v2/models/other").status == 404
    assert client.get("/v2/models/iris/versions/9").status == 404
    assert client.get("/v2/models/iris/versions/9/ready").status == 404
    assert client.post("/v2/models/other/infer", one()).status == 404
    for method, path, allowed in (
        ("GET", "/invocations", "POST"), ("DELETE", "/v2", "GET, HEAD"), ("POST", "/", "GET, HEAD"),
        ("PUT", INFER, "POST"), ("POST", "/metrics", "GET, HEAD"),
    ):  # fmt: skip
        reply = client.ask(method, path)
        assert (reply.status, reply.headers["allow"]) == (405, allowed)
        assert allowed in reply.doc["error"]
    for kind in (
        None,
        "text/plain",
        "application/octet-stream",
        "application/json; charset=utf-16",
    ):
        assert client.post("/invocations", b"{}", kind).status == 415
        assert client.post(INFER, b"{}", kind).status == 415
    fits(client.post("/v2/models/other/infer", one()).doc, "error")


def test_a_body_that_is_too_large(client: Client, iris_server: Server) -> None:
    large = b" " * (3 << 20)
    assert client.post("/invocations", large).status == 413
    assert "fewer rows" in client.post("/invocations", large).doc["message"]
    # One that does not say how large it is, and never ends.
    with socket.create_connection((client.host, client.port), timeout=60) as connection:
        connection.sendall(
            b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b"1" * 0x10000 + b"\r\n"
        answer = b""
        try:
            for _ in range(400):
                connection.sendall(chunk)
        except OSError:
            pass
        connection.settimeout(60)
        try:
            answer = connection.recv(4096)
        except ConnectionResetError:
            answer = b"HTTP/1.1 413"
    assert answer.startswith(b"HTTP/1.1 413")
    assert client.invoke(ROW).status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
        b"Content-Type: application/json\r\n\r\n{}",
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"GET /v2/models/%ff%00/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /v2/models/\xff/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nKey: \xff\xfe\r\n\r\n",
    ],
)
def test_broken_http(client: Client, data: bytes) -> None:
    answer = client.raw(data)
    assert not answer.startswith(b"HTTP/1.1 5")
    assert client.get("/ping").status == 200


def test_names_that_point_here_from_elsewhere_are_refused(client: Client) -> None:
    assert client.get("/v2", host="evil.example:80").status == 403
    assert client.get("/v2", host="localhost:1").status == 200
    assert client.get("/v2", host="[::1]:1").status == 200


# -- anything at all -------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from([*COLUMNS, "BYTES", "FP64", "x", -1, 0, 1, 2**63, 2**70, 10**320, "NaN"]),
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.text(max_size=4), st.sampled_from(COLUMNS)), inner, max_size=4
        ),
    ),
    max_leaves=12,
)
NEARLY = st.one_of(
    st.fixed_dictionaries(
        {"inputs": st.lists(st.fixed_dictionaries({}, optional={
            "name": st.one_of(st.sampled_from([*COLUMNS, "x"]), SCALARS),
            "shape": st.one_of(st.lists(st.integers(-1, 4), max_size=3), ANYTHING),
            "datatype": st.one_of(st.sampled_from(["FP64", "BYTES", "INT8", "BOOL"]), SCALARS),
            "data": st.one_of(st.lists(SCALARS, max_size=8), ANYTHING),
            "parameters": ANYTHING,
        }), max_size=4)},
        optional={"outputs": ANYTHING, "id": ANYTHING, "parameters": ANYTHING},
    ),
    st.dictionaries(
        st.sampled_from(["dataframe_split", "dataframe_records", "instances", "inputs", "params"]),
        ANYTHING, min_size=1, max_size=2,
    ),
    st.fixed_dictionaries({"dataframe_records": st.lists(
        st.fixed_dictionaries(dict.fromkeys(COLUMNS, SCALARS)), max_size=3)}),
    st.fixed_dictionaries({"dataframe_split": st.fixed_dictionaries(
        {"columns": st.just(COLUMNS),
         "data": st.lists(st.lists(SCALARS, min_size=4, max_size=4), max_size=3)})}),
    st.fixed_dictionaries({"inputs": st.lists(
        st.lists(st.one_of(st.floats(), SCALARS), min_size=4, max_size=4), max_size=3)}),
)  # fmt: skip
MANY = settings(
    max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@MANY
@given(doc=st.one_of(NEARLY, ANYTHING), path=st.sampled_from(["/invocations", INFER]))
def test_no_json_is_the_servers_fault(client: Client, doc: Any, path: str) -> None:
    reply = client.post(path, json.dumps(doc).encode())
    assert reply.status in (200, 400, 422), reply.body
    reply.doc  # noqa: B018 - it is JSON


@MANY
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    ),
    kind=st.sampled_from(
        ["application/json", "text/csv", "text/plain", "application/json; charset=x"]
    ),
    path=st.sampled_from(["/invocations", INFER, "/outcomes", "/v2/models/iris/versions/x/infer"]),
)
def test_no_bytes_are_the_servers_fault(client: Client, body: bytes, kind: str, path: str) -> None:
    assert client.post(path, body, kind).status < 500


@MANY
@given(frame=st.lists(st.lists(SCALARS, min_size=5, max_size=5), min_size=1, max_size=3))
def test_no_table_of_several_types_is_the_servers_fault(
    mixed_client: Client, frame: list[list[Any]]
) -> None:
    doc = {"dataframe_split": {"columns": list(MIXED.columns), "data": frame}}
    assert mixed_client.post("/invocations", json.dumps(doc).encode()).status in (200, 400, 422)
    text = io.StringIO()
    pd.DataFrame(frame, columns=list(MIXED.columns), dtype=object).to_csv(text, index=False)
    body = text.getvalue().encode("utf-8", "replace")
    assert mixed_client.post("/invocations", body, "text/csv").status in (200, 400, 422)


def test_predictions_that_json_has_no_form_for() -> None:
    from cellbook.serving.outputs import as_predictions, outputs_of, values_of

    made = outputs_of(np.array([1.0, np.nan, np.inf]))
    assert as_predictions(made) == [1.0, None, "Infinity"]
    assert values_of(made.columns["output-0"]) == [1.0, "NaN", "Infinity"]
