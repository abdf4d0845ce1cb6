"""Rules of the Web Annotation Data Model (W3C Recommendation of 2017-02-23), as checks.

The sections are those of https://www.w3.org/TR/annotation-model/; the terms are those that the
Recommendation's JSON-LD context defines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CLASSES = {
    "Annotation", "AnnotationCollection", "AnnotationPage", "TextualBody", "SpecificResource",
    "FragmentSelector", "CssSelector", "XPathSelector", "TextQuoteSelector",
    "TextPositionSelector", "DataPositionSelector", "SvgSelector", "RangeSelector", "TimeState",
    "HttpRequestState", "Choice", "List", "Composite", "Independents", "Person", "Software",
    "Organization", "Dataset", "Image", "Video", "Sound", "Text", "CssStylesheet", "Audience",
}  # fmt: skip
MOTIVATIONS = {
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing",
    "highlighting", "identifying", "linking", "moderating", "questioning", "replying", "reviewing",
    "tagging",
}  # fmt: skip
TERMS = {
    "id", "type", "value", "body", "bodyValue", "target", "source", "selector", "state", "scope",
    "refinedBy", "startSelector", "endSelector", "renderedVia", "creator", "generator", "rights",
    "motivation", "purpose", "homepage", "stylesheet", "cached", "conformsTo", "items", "partOf",
    "first", "last", "next", "prev", "audience", "via", "canonical", "format", "language",
    "textDirection", "processingLanguage", "created", "modified", "generated", "accessibility",
    "start", "end", "exact", "prefix", "suffix", "sourceDate", "sourceDateStart", "sourceDateEnd",
    "styleClass", "name", "email", "email_sha1", "nickname", "label", "total", "startIndex",
}  # fmt: skip
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
"""xsd:dateTime with the timezone expressed as UTC (3.3.1)."""
_IRI = re.compile(r"[A-Za-z][\w+.-]*:[^\s<>\"{}|\\^`]+|[^\s<>\"{}|\\^`:]+")


def check_collection(doc: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the annotations of a collection that keeps all rules."""
    contexts = doc["@context"]
    assert "http://www.w3.org/ns/anno.jsonld" in contexts  # 5.1
    own = {name for one in contexts if isinstance(one, Mapping) for name in one}
    assert not own & TERMS
    assert _IRI.fullmatch(doc["id"])
    assert doc["type"] == "AnnotationCollection"
    assert isinstance(doc["label"], str)
    page = doc["first"]
    assert page["type"] == "AnnotationPage"  # 5.2
    assert page["startIndex"] == 0
    assert page["partOf"] == doc["id"]
    assert "next" not in page
    assert doc["total"] == len(page["items"])
    for item in page["items"]:
        _check_annotation(item, own)
    names = [item["id"] for item in page["items"]]
    assert len(set(names)) == len(names)
    return page["items"]


def _check_annotation(item: Mapping[str, Any], own: set[str]) -> None:
    assert item["type"] == "Annotation"  # 3.1
    assert _IRI.fullmatch(item["id"])
    assert set(_list(item["motivation"])) <= MOTIVATIONS  # 3.3.5
    targets = _list(item["target"])
    assert targets
    for target in targets:
        _check_resource(target, own)
    for body in _list(item.get("body", [])):
        assert body["type"] == "TextualBody"  # 3.2.4
        assert isinstance(body["value"], str)
        assert body["purpose"] in MOTIVATIONS
        assert body.get("format", "text/plain") in ("text/plain", "text/markdown")
        assert set(body) <= TERMS
    assert item["creator"]["type"] == "Person"  # 3.3.2
    assert set(item["creator"]) <= TERMS
    for name in ("created", "modified"):
        assert name not in item or _DATE.fullmatch(item[name])
    assert set(item) <= TERMS | own


def _check_resource(target: Any, own: set[str]) -> None:
    if isinstance(target, str):
        assert _IRI.fullmatch(target)
        return
    assert target["type"] == "SpecificResource"  # 4.1
    assert _IRI.fullmatch(target["source"])
    assert set(target) <= TERMS | own
    selector = target["selector"]
    while selector is not None:
        assert selector["type"] in CLASSES
        assert set(selector) <= TERMS
        if selector["type"] == "FragmentSelector":  # 4.2.1
            assert isinstance(selector["value"], str)
            assert _IRI.fullmatch(selector["conformsTo"])
        if selector["type"] == "TextQuoteSelector":  # 4.2.4
            assert isinstance(selector["exact"], str)
        selector = selector.get("refinedBy")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
