"""Threads as W3C Web Annotations, in JSON-LD, and back.

After the Web Annotation Data Model (W3C Recommendation of 23 February 2017): a comment is an
``Annotation`` with a ``TextualBody``; an answer is one whose motivation is *replying* and whose
target is the annotation that its thread begins with.  A cell is the notebook as a
``SpecificResource`` with a ``FragmentSelector``, refined by a ``TextQuoteSelector`` where a piece
of it is quoted.  Ids are the ULIDs of the book in the form of UUIDs, which have as many bits.

What the model has no words for (former texts, reactions, who is to see to it) stands in two terms
of our own, which others may pass over; all else is read back from the model's own.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from cellbook.commenting import (
    Discussion,
    Parcel,
    find_mentions,
    jupyter_author,
    newest_revision,
    those,
    unpack,
)
from cellbook.errors import InvalidInput
from cellbook.records import (
    Anchor,
    AnchorKind,
    Author,
    Comment,
    Quote,
    Revision,
    Thread,
    ThreadKind,
    to_doc,
)

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
THREAD, COMMENT = "cellbookThread", "cellbookComment"
"""Terms of our own, whose values are JSON as the records of the book have it."""

_TERMS: dict[str, Any] = {
    "@version": 1.1,
    THREAD: {"@id": "urn:cellbook:terms:thread", "@type": "@json"},
    COMMENT: {"@id": "urn:cellbook:terms:comment", "@type": "@json"},
}
_FRAGMENTS = "urn:cellbook:fragments"
"""What our fragments conform to: ``cell-id``, as JupyterLab's links have it, ``output``, ``metric``
and ``step``, as in the query of a URL."""
_MOTIVES = {
    ThreadKind.DISCUSSION: "commenting",
    ThreadKind.BRIEF: "describing",
    ThreadKind.REVIEW: "assessing",
}
_OWN = ("event", "about", "mentions", "reactions", "deleted")
"""Of a comment: what only our own term tells."""
_IN_NOTEBOOK = (AnchorKind.NOTEBOOK, AnchorKind.CELL, AnchorKind.OUTPUT)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DEEPEST = 1_000
"""Answers to answers that are followed to where their thread begins."""


# -- there -----------------------------------------------------------------------------------------


def collection(found: Iterable[Discussion], label: str, book_id: str) -> dict[str, Any]:
    """Return threads as an ``AnnotationCollection`` with all its items on one page.

    Parameters
    ----------
    found
        The threads.
    label
        What the collection is called.
    book_id
        Of the book that they are from.
    """
    items = [one for discussion in found for one in _annotations(discussion)]
    name = iri(book_id)
    return {
        "@context": [CONTEXT, _TERMS],
        "id": name,
        "type": "AnnotationCollection",
        "label": label,
        "total": len(items),
        "first": {
            "id": f"{name}#page-1",
            "type": "AnnotationPage",
            "partOf": name,
            "startIndex": 0,
            "items": items,
        },
    }


def iri(ulid: str) -> str:
    """Return an id of the book as an IRI."""
    number = 0
    for char in ulid:
        number = number << 5 | _ALPHABET.index(char)
    return uuid.UUID(int=number & (1 << 128) - 1).urn


def _annotations(discussion: Discussion) -> Iterator[dict[str, Any]]:
    thread = discussion.thread
    first = None
    for comment in discussion.comments:
        made = _annotation(comment)
        if first is None:
            first = made["id"]
            made["motivation"] = _motivation(thread)
            made["body"] = [*_bodies(comment, "commenting"), *_tags(thread)]
            made["target"] = _targets(thread.anchor)
            # A quote is what the selector says.
            anchor = to_doc(replace(thread.anchor, quote=None))
            made[THREAD] = {**to_doc(thread), "anchor": anchor}
        else:
            made["motivation"] = "replying"
            made["body"] = _bodies(comment, "replying")
            made["target"] = first
        if not made["body"]:
            del made["body"]
        yield made


def _annotation(comment: Comment) -> dict[str, Any]:
    author = comment.author
    made: dict[str, Any] = {
        "id": iri(comment.comment_id),
        "type": "Annotation",
        "creator": {
            "type": "Person",
            "nickname": author.name,
            **({"name": author.display_name} if author.display_name else {}),
        },
        "created": _moment(comment.time),
    }
    newest = newest_revision(comment)
    if newest is not None and (len(comment.revisions) > 1 or newest.time != comment.time):
        made["modified"] = _moment(newest.time)
    if comment.deleted is not None:
        made["modified"] = _moment(comment.deleted)
    rest = to_doc(comment)
    own = {key: rest[key] for key in _OWN if key in rest}
    if newest is not None:
        last = max(comment.revisions)
        own["revision"] = last
        former = {key: to_doc(one) for key, one in comment.revisions.items() if key != last}
        if former:
            own["revisions"] = former
    made[COMMENT] = {"comment_id": comment.comment_id, **own}
    return made


def _motivation(thread: Thread) -> Any:
    motive = _MOTIVES[thread.kind]
    return [motive, "questioning"] if thread.labels.get("question") else motive


def _bodies(comment: Comment, purpose: str) -> list[dict[str, Any]]:
    newest = newest_revision(comment)
    if newest is None:
        return []
    return [
        {
            "type": "TextualBody",
            "value": newest.text,
            "format": "text/markdown",
            "purpose": purpose,
        }
    ]


def _tags(thread: Thread) -> list[dict[str, Any]]:
    return [
        {"type": "TextualBody", "value": label, "purpose": "tagging"}
        for label in those(thread.labels)
    ]


def _targets(anchor: Anchor) -> Any:
    """Return what an anchor is of: one target, or of a comparison all its runs."""
    if anchor.kind is AnchorKind.COMPARISON:
        return [iri(run) for run in anchor.runs]
    fragment: dict[str, Any] = {}
    if anchor.kind in _IN_NOTEBOOK:
        source = quote(anchor.notebook) or "urn:cellbook:notebook"
        fragment = {"cell-id": anchor.cell_id, "output": anchor.output}
    elif anchor.runs:
        source = iri(anchor.runs[0])
        fragment = {"metric": anchor.metric, "step": anchor.step}
    elif anchor.checkpoint:
        source = iri(anchor.checkpoint)
    else:
        names = [anchor.name, anchor.version, anchor.candidate]
        told = ":".join(quote(name, "") for name in names if name)
        source = f"urn:cellbook:{anchor.kind.value}:{told}"
    told = urlencode({name: one for name, one in fragment.items() if one not in ("", None)})
    selector = None
    if anchor.quote is not None:
        selector = {"type": "TextQuoteSelector", **to_doc(anchor.quote)}
    if told:
        part: dict[str, Any] = {
            "type": "FragmentSelector",
            "conformsTo": _FRAGMENTS,
            "value": told,
        }
        if selector is not None:
            part["refinedBy"] = selector
        selector = part
    if selector is None:
        return source
    return {"type": "SpecificResource", "source": source, "selector": selector}


def _moment(time: int) -> str:
    whole = datetime.fromtimestamp(time // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{time % 1000:03d}Z"


# -- and back --------------------------------------------------------------------------------------


def is_ours(content: bytes) -> bool:
    """Whether a file's bytes are a collection that :func:`collection` made."""
    return b'"AnnotationCollection"' in content and _TERMS[THREAD]["@id"].encode() in content


def read(
    told: Any,
    source: str,
    notebook: str = "",
    is_there: Callable[[str], bool] = lambda name: True,
) -> Parcel:
    """Return the threads that annotations tell, ours or those of another program.

    Parameters
    ----------
    told
        An ``AnnotationCollection``, ``AnnotationPage`` or ``Annotation`` as JSON has it, or a list
        of these.
    source
        What they came in, for messages.
    notebook
        The notebook that those of other programs are about.
    is_there
        Whether there is a notebook, where none is given and a target names one.

    Raises
    ------
    InvalidInput
        If there is no annotation, or one cannot be read; or it is not known what one is about.
    """
    try:
        items = {_name_of(item): item for item in _items(told, 0)}
        if not items and not _is(told, "AnnotationCollection", "AnnotationPage"):
            raise InvalidInput("there is no Web Annotation")
        roots = {name: _root(name, items) for name in items}
        threads = {
            name: _thread(items[name], notebook) for name, root in roots.items() if name == root
        }
        comments = [
            _comment(item, threads[roots[name]]["thread_id"]) for name, item in items.items()
        ]
    except (InvalidInput, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, InvalidInput) else type(error).__name__
        raise InvalidInput(
            f"The comments in {source} cannot be read ({why.rstrip('.')}), so none of them was "
            "taken. Give JSON-LD of the Web Annotation Data Model."
        ) from None
    for name, made in threads.items():
        about = made["anchor"].get("notebook", "")
        if THREAD not in items[name] and not notebook and not (about and is_there(about)):
            target = _source(next(iter(_list(items[name].get("target"))), None))
            raise InvalidInput(
                f"The comments in {source} are about {target[:200]!r}, which is no notebook of "
                "this book. Say which notebook they are to hang on: `cellbook comments import FILE "
                "--notebook NOTEBOOK`, or cb.import_comments(file, notebook)."
            )
    whole = {"version": 1, "threads": list(threads.values()), "comments": comments}
    return unpack(whole, source)


def _items(told: Any, deep: int) -> Iterator[Mapping[str, Any]]:
    if deep > _DEEPEST:
        raise InvalidInput("there are too many pages")
    if isinstance(told, list):
        for one in told:
            yield from _items(one, deep + 1)
    elif _is(told, "Annotation"):
        yield told
    elif _is(told, "AnnotationCollection"):
        if isinstance(told.get("first"), str):
            raise InvalidInput("its pages lie elsewhere")
        yield from _items(told.get("first", []), deep + 1)
    elif _is(told, "AnnotationPage"):
        yield from _items(told.get("items", []), deep + 1)
        if isinstance(told.get("next"), Mapping):
            yield from _items(told["next"], deep + 1)
    else:
        raise InvalidInput("there is something that is no Web Annotation")


def _is(told: Any, *kinds: str) -> bool:
    return isinstance(told, Mapping) and any(kind in kinds for kind in _list(told.get("type")))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _name_of(item: Mapping[str, Any]) -> str:
    name = item.get("id")
    if not isinstance(name, str) or not name:
        raise InvalidInput("an annotation has no id")
    return name


def _root(name: str, items: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the annotation with which the thread of one begins."""
    seen = {name}
    while True:
        item = items[name]
        if "replying" not in _list(item.get("motivation")) or THREAD in item:
            return name
        of = [_source(target) for target in _list(item.get("target"))]
        above = next((one for one in of if one in items), None)
        if above is None:
            return name
        if above in seen or len(seen) > _DEEPEST:
            raise InvalidInput("annotations answer one another in a circle")
        seen.add(above)
        name = above


def _source(target: Any) -> str:
    told = target.get("source", target.get("id", "")) if isinstance(target, Mapping) else target
    if isinstance(told, Mapping):
        told = told.get("id", "")
    return told if isinstance(told, str) else ""


def _thread(item: Mapping[str, Any], notebook: str) -> dict[str, Any]:
    own = item.get(THREAD)
    tags = {
        str(body.get("value", ""))[:50]: True
        for body in _list(item.get("body"))
        if isinstance(body, Mapping) and body.get("purpose") == "tagging" and body.get("value")
    }
    target = next(iter(_list(item.get("target"))), None)
    if isinstance(own, Mapping):
        anchor = dict(own.get("anchor", {}))
        said = _read_target(target, "").quote
        if said is not None:
            anchor["quote"] = to_doc(said)
        return {**own, "anchor": anchor, "labels": {**own.get("labels", {}), **tags}}
    if "questioning" in _list(item.get("motivation")):
        tags["question"] = True
    made = Thread(
        thread_id=_made_id(f"thread {_name_of(item)}", _created(item)),
        anchor=_read_target(target, notebook),
        author=_creator(item),
        time=_created(item) or _now(),
        labels=tags,
    )
    return to_doc(made)


def _comment(item: Mapping[str, Any], thread: str) -> dict[str, Any]:
    own = item.get(COMMENT)
    own = own if isinstance(own, Mapping) else {}
    name, created = _name_of(item), _created(item)
    text = _text(item)
    edited = _read_moment(item.get("modified"))
    time = created or _now()
    key = own.get("revision") or _made_id(f"{name} {edited} {text}", edited or created)
    gone = own.get("deleted") is not None
    made = Comment(
        comment_id=str(own.get("comment_id") or _made_id(name, created)),
        thread=thread,
        author=_creator(item),
        time=time,
        revisions={str(key): Revision(text, edited or time)} if text and not gone else {},
    )
    doc = to_doc(made)
    if isinstance(own.get("revisions"), Mapping) and not gone:
        doc["revisions"] = {**own["revisions"], **doc.get("revisions", {})}
    if not own:
        doc["mentions"] = list(find_mentions(text))
    return {**doc, **{one: own[one] for one in _OWN if one in own}}


def _text(item: Mapping[str, Any]) -> str:
    if isinstance(item.get("bodyValue"), str):
        return str(item["bodyValue"])
    texts = []
    for body in _list(item.get("body")):
        if isinstance(body, str):
            texts.append(body)
        elif isinstance(body, Mapping) and body.get("purpose") != "tagging":
            texts.append(str(body.get("value", body.get("id", ""))))
    return "\n\n".join(filter(None, texts))


def _creator(item: Mapping[str, Any]) -> Author:
    told = next(iter(_list(item.get("creator"))), None)
    if isinstance(told, str):
        told = {"name": PurePosixPath(urlsplit(told).path).name}
    if isinstance(told, Mapping):
        name = told.get("name")
        shown = name if isinstance(name, str) else ""
        nick = told.get("nickname") or told.get("account") or shown
        made = jupyter_author(str(nick), shown)
        if made is not None:
            return made if shown else Author(made.name)
    return Author("somebody")


def _read_target(target: Any, notebook: str) -> Anchor:
    """Return what a target of the model's own terms is: a cell, or else a notebook."""
    source = unquote(_source(target))
    cell, output, said = "", None, None
    selectors = _list(target.get("selector")) if isinstance(target, Mapping) else []
    for selector in selectors[:100]:
        while isinstance(selector, Mapping):
            if selector.get("type") == "FragmentSelector":
                parts = dict(parse_qsl(str(selector.get("value", ""))))
                cell = parts.get("cell-id", "")
                output = int(parts["output"]) if parts.get("output", "").isdecimal() else None
            elif selector.get("type") == "TextQuoteSelector" and said is None:
                names = ("exact", "prefix", "suffix")
                said = Quote(*(str(selector.get(name, "")) for name in names))
            selector = selector.get("refinedBy")
    path, _, fragment = source.partition("#")
    cell = cell or dict(parse_qsl(fragment)).get("cell-id", "")
    name = PurePosixPath(urlsplit(path).path)
    # Of an address elsewhere, the file's name is all that may be known here.
    there = (name.name if urlsplit(path).scheme else str(name)) if name.suffix == ".ipynb" else ""
    kind = AnchorKind.NOTEBOOK
    if cell:
        kind = AnchorKind.CELL if output is None else AnchorKind.OUTPUT
    return Anchor(kind, notebook or there, cell, quote=said, output=output)


def _created(item: Mapping[str, Any]) -> int:
    return _read_moment(item.get("created"))


def _read_moment(told: Any) -> int:
    """Return a moment in milliseconds since 1970; 0 where none is told."""
    if not isinstance(told, str):
        return 0
    moment = datetime.fromisoformat(told)
    whole = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0, round(whole.timestamp() * 1000))


def _now() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


def _made_id(name: str, time: int) -> str:
    """Return an id for what has one of another kind: always the same, and in order of time."""
    number = time << 80 | int.from_bytes(hashlib.sha256(name.encode()).digest()[:10], "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
