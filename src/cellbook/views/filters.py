r"""The language that runs are searched in: MLflow's filter string with ``or``, ``not`` and ``( )``.

::

    metrics.acc > 0.9 and (params.opt = 'adam' or params.opt = 'sgd') and not tags.user LIKE 'test%'
    state IN (finished, stopped) and start_time >= '3 days ago' and duration < 2m
    metrics.`val acc` BETWEEN 0.8 AND 0.9 and params.lr IS NOT NULL
    #12
    wide net

**Fields.**  ``metrics.NAME``, ``params.NAME``, ``tags.NAME``, ``data.NAME``, and the run's own:
``run_id``, ``run_name`` (or ``name``), ``run_number`` (``number``), ``experiment``, ``state``
(``status``), ``start_time`` (``created``), ``end_time``, ``duration``, ``description``,
``notebook``, ``parent``, ``session``, ``environment``, ``error``, ``archived``, ``trashed``; these
may stand behind ``attributes.`` or ``run.``.  A name with blanks or signs goes in backticks or
double quotes.

**Comparisons.**  ``= == != <> < <= > >=``, ``LIKE`` and ``ILIKE`` (``%`` any characters, ``_`` one,
a backslash before either for itself; ILIKE takes capitals and small letters for the same), ``IN``,
``BETWEEN … AND …``, the last four also with ``NOT``, ``IS NULL``, ``IS NOT NULL``.  A run that
lacks the field matches none of them but ``IS NULL``.  ``and`` binds tighter than ``or``; ``not X``
is true wherever ``X`` is not, so also where the field is missing.

**Values.**  Text in single or double quotes, where ``''`` is a quote; one word needs none.

- A metric is compared with a number: ``0.9``, ``1e-3``, ``inf``, ``nan``.  NaN matches only ``!=``
  and ``= nan``.
- A param or tag keeps its type, so a number is compared as a number whichever side has it in
  quotes (``params.lr = '0.01'`` finds 0.01, and ``params.lr < 0.1`` finds the text ``0.01``); two
  texts are compared as text; true and false as themselves or those words; a list or dictionary
  equals its text, ``'[64, 32]'``.
- A state is in any case, and MLflow's ``KILLED`` is ``stopped``.
- A time is milliseconds since 1970, ``2026-11-24`` with or without ``T10:00`` (local, unless a zone
  is given), ``today``, ``yesterday``, ``3 days ago`` or ``2h ago``.  A date stands for its first
  moment, in ``=`` and ``IN`` for the whole day, and in ``<=`` and BETWEEN the last day is included.
- A duration is seconds, or ``2m``, ``1h``, ``2 m 14 s``.

- ``data.NAME`` is the versions of data that a run used: ``= 3`` and ``>= 3`` by number, ``=
  champion`` by alias, or label, or the beginning of a digest.

A query that is one word or phrase and nothing else is looked for in name, description and tags.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from tinydb.queries import QueryInstance

from cellbook.errors import InvalidInput, QuerySyntaxError
from cellbook.store.base import OrderTerm
from cellbook.views import filter_fields as fields
from cellbook.views import filter_lists
from cellbook.views.filter_data import Versions, compare_version, uses_any
from cellbook.views.filter_fields import Field, Kind, Literal, find_field
from cellbook.views.filter_tokens import Token, number_in, tokenize

_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
_DEEPEST = 100
"""Parentheses within parentheses: each takes some of Python's stack to read."""
_HIGHEST = 150
"""Joins upon joins: each takes some of Python's stack to test a run."""
_LONGEST_NUMBER = 18
"""Digits of a run's number."""


ScorePath: TypeAlias = "Callable[[str], tuple[str, ...]]"


def parse_filter(
    text: str,
    *,
    known: Collection[str] = (),
    now: int | None = None,
    score_path: ScorePath | None = None,
    versions: Versions = tuple,
) -> QueryInstance | None:
    """Return a filter string as a TinyDB query over the documents of runs.

    Parameters
    ----------
    text
        The query, in the language that :mod:`cellbook.views.filters` describes.
    known
        Names that the book has (``metrics.acc``, ``params.lr`` …), for suggestions only.
    now
        The present in milliseconds since 1970, for ``today`` and ``2h ago``; None is the clock's.
    score_path
        Tells where in a document the score of a metric lies; None means its last value.
    versions
        Gives the versions of data that ``data.NAME`` can mean.

    Returns
    -------
    QueryInstance or None
        None if `text` is blank: every run.  The query raises on no run.  Where a number of a
        run is asked for (``#12``), documents must have it as ``run_number``.

    Raises
    ------
    QuerySyntaxError
        If it does not parse; it points at the place.
    """
    tokens = tokenize(text)
    _refuse_order(text, tokens)
    phrase = _phrase(text, tokens)
    if phrase is not None:
        return fields.holds_phrase(phrase) if phrase else None
    moment = time.time_ns() // 1_000_000 if now is None else now
    return _Parser(text, tokens, known, moment, score_path, versions).filter()


def parse_order(
    order_by: str | Sequence[str] | None,
    *,
    known: Collection[str] = (),
    score_path: ScorePath | None = None,
) -> list[OrderTerm]:
    """Return the keys of a sort: ``metrics.acc DESC, start_time`` or a list of such texts.

    Fields are named as in a filter; ``ASC`` is the default.  The path of a duration is
    ``("duration",)``, and of a run's number ``("run_number",)``, though documents hold neither.

    Raises
    ------
    QuerySyntaxError
        If it does not parse; it points at the place.
    """
    texts = [order_by] if isinstance(order_by, str) else order_by or ()
    parsers = (_Parser(text, tokenize(text), known, 0, score_path) for text in texts)
    return [term for parser in parsers for term in parser.order()]


def _refuse_order(text: str, tokens: list[Token]) -> None:
    """Raise where a query goes on as SQL does, with ORDER BY."""
    for word, following in itertools.pairwise(tokens):
        both = f"{word.text} {following.text}".lower()
        if both == "order by" and word.kind == following.kind == "word":
            keys = text[following.position + 2 :].strip() or "metrics.acc DESC"
            raise QuerySyntaxError(
                f'A query holds no order. Write --order-by "{keys}" beside it, or in Python '
                f"order_by=.",
                text,
                word.position,
            )


def logged_fields(text: str) -> list[tuple[str, str]]:
    """Return the metrics, params and tags that a filter string names, as group and key."""
    return [path for path, kind in _named_in(text) if kind is not Kind.DATA]


def data_fields(text: str) -> list[str]:
    """Return the names of data that a filter string speaks of."""
    return [name for (_, name), kind in _named_in(text) if kind is Kind.DATA]


def _named_in(text: str) -> Iterator[tuple[tuple[str, str], Kind]]:
    for token in tokenize(text):
        if token.kind in ("word", "name") and fields.names_field(token.text):
            # A value may look like a field, and be none.
            with contextlib.suppress(InvalidInput):
                field = find_field(token.text, ())
                if len(field.path) == 2:
                    yield (field.path[0], field.path[1]), field.kind


def _phrase(text: str, tokens: list[Token]) -> str | None:
    """Return what to look for if the whole query is one word or phrase, else None."""
    *words, _ = tokens
    if len(words) == 1 and words[0].kind == "text":
        return words[0].text
    if any(word.kind != "word" or word.keyword or fields.names_field(word.text) for word in words):
        return None
    return text.strip()


@dataclass(frozen=True, slots=True)
class _Part:
    """A parsed part of a query, and how many joins lie upon one another in it."""

    query: QueryInstance
    height: int = 8


class _Parser:
    """Reads tokens from left to right, one method a rule of the grammar."""

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        known: Collection[str],
        now: int,
        score_path: ScorePath | None,
        versions: Versions = tuple,
    ) -> None:
        self.text = text
        self._score_path = score_path
        self._versions = versions
        self.known = known
        self.now = now
        self._tokens = iter(tokens)
        self._here = next(self._tokens)

    # -- rules -------------------------------------------------------------------------------------

    def filter(self) -> QueryInstance:
        part = self._any(0)
        if self._here.kind != "end":
            closing = self._here.is_operator(")")
            raise self._error(
                "This parenthesis was never opened. Take it away, or put ( where it should begin."
                if closing
                else f"Expected 'and', 'or' or the end, not {self._here}."
            )
        return part.query

    def order(self) -> list[OrderTerm]:
        terms: list[OrderTerm] = []
        while self._here.kind != "end":
            if terms and not self._skip(","):
                raise self._error(f"Expected ASC, DESC or a comma, not {self._here}.")
            place = self._here
            field = self._field()
            if field.kind is Kind.DATA:
                raise self._error("Runs have no order by data, of which each may use many.", place)
            direction = self._here.text.lower() if self._here.kind == "word" else ""
            if direction in ("asc", "desc"):
                self._advance()
            terms.append(OrderTerm(field.path, direction == "desc"))
        return terms

    def _any(self, depth: int) -> _Part:
        parts = [self._all(depth)]
        while self._skip("or"):
            parts.append(self._all(depth))
        return self._joined(fields.any_of, parts)

    def _all(self, depth: int) -> _Part:
        parts = [self._one(depth)]
        while self._skip("and"):
            parts.append(self._one(depth))
        return self._joined(fields.all_of, parts)

    def _one(self, depth: int) -> _Part:
        inverted = False
        while self._skip("not"):
            inverted = not inverted
        opening = self._here
        if self._skip("("):
            if depth == _DEEPEST:
                raise self._error(
                    f"More than {_DEEPEST} parentheses lie within one another. Use fewer.", opening
                )
            part = self._any(depth + 1)
            if not self._skip(")"):
                raise self._error(f"Expected ')', 'and' or 'or', not {self._here}.")
        elif opening.kind == "number":
            digits = self._advance().text
            if len(digits) > _LONGEST_NUMBER:
                raise self._error("No run has a number as long as that.", opening)
            part = _Part(fields.is_number(int(digits)))
        else:
            part = self._comparison()
        return _Part(~part.query, part.height + 1) if inverted else part

    def _comparison(self) -> _Part:
        field = self._field()
        sign = self._here
        if sign.kind == "operator" and sign.text in _SIGNS:
            self._advance()
            return _Part(self._compare(field, sign.text))
        if self._skip("is"):
            inverted = self._skip("not")
            if self._here.kind != "word" or self._here.text.lower() != "null":
                raise self._error(f"Expected NULL, not {self._here}.")
            self._advance()
            present = self._present(field)
            return _Part(present if inverted else ~present)
        inverted = self._skip("not")
        part = self._worded(field)
        if inverted:
            return _Part(self._present(field) & ~part.query, part.height + 1)
        return part

    def _worded(self, field: Field) -> _Part:
        sign = self._here
        if sign.keyword in ("like", "ilike"):
            self._advance()
            with self._pointing_at(sign):
                pattern = self._literal(field).text
                return _Part(fields.is_like(field, pattern, ignore_case=sign.keyword == "ilike"))
        if self._skip("between"):
            low = self._compare(field, ">=")
            if not self._skip("and"):
                raise self._error(f"Expected AND and the upper end, not {self._here}.")
            return _Part(low & self._compare(field, "<="))
        if self._skip("in"):
            return self._among(field)
        mend = " To look for words, put the whole query in quotes." if sign.kind == "word" else ""
        raise self._error(
            f"Expected a comparison behind {field.name}, as in {field.name} = …, not {sign}.{mend}"
        )

    def _among(self, field: Field) -> _Part:
        if not self._skip("("):
            raise self._error(f"Expected a list, as in IN ('a', 'b'), not {self._here}.")
        quick = field.kind in filter_lists.KINDS
        items: list[bool | float | str] = []
        queries: list[QueryInstance] = []
        while not (items or queries) or self._skip(","):
            place = self._here
            literal = self._literal(field)
            if literal.is_null:
                raise self._error(
                    f"null is in no list. Write {field.name} IS NULL beside it.", place
                )
            if quick:
                with self._pointing_at(place):
                    items.append(filter_lists.read_item(field, literal))
            else:
                queries.append(self._compared(field, "=", literal, place))
        if not self._skip(")"):
            raise self._error(f"Expected a comma or ')', not {self._here}.")
        if quick:
            return _Part(filter_lists.is_one_of(field, items))
        return self._joined(fields.any_of, [_Part(query) for query in queries])

    def _compare(self, field: Field, sign: str) -> QueryInstance:
        place = self._here
        return self._compared(field, sign, self._literal(field), place)

    def _compared(self, field: Field, sign: str, literal: Literal, place: Token) -> QueryInstance:
        with self._pointing_at(place):
            if field.kind is Kind.DATA:
                return compare_version(self._versions, field.path[1], sign, literal)
            return fields.compare(field, sign, literal, self.now)

    def _present(self, field: Field) -> QueryInstance:
        if field.kind is Kind.DATA:
            return uses_any(self._versions, field.path[1])
        return fields.is_present(field)

    def _literal(self, field: Field) -> Literal:
        token = self._here
        if token.kind == "text":
            self._advance()
            return Literal(token.text)
        if token.kind != "word" or token.keyword:
            raise self._error(f"Expected a value for {field.name}, not {token}.")
        words = [self._advance().text]
        if field.kind in (Kind.TIME, Kind.DURATION):
            # Such as ``3 days ago`` and ``2 m 14 s``.
            while self._here.kind == "word" and not self._here.keyword:
                words.append(self._advance().text)
        return Literal(" ".join(words), quoted=False)

    def _field(self) -> Field:
        token = self._here
        if token.kind not in ("word", "name") or token.keyword:
            raise self._error(f"Expected a field such as metrics.acc, not {token}.")
        if token.kind == "word" and number_in(token.text) is not None:
            raise self._error(f"The field comes first, as in metrics.acc > {token.text}.")
        with self._pointing_at(token):
            field = find_field(token.text, self.known)
            if self._score_path is not None and field.path[0] == "metrics":
                field = replace(field, path=self._score_path(field.path[1]), named=field.path)
        self._advance()
        return field

    # -- helpers -----------------------------------------------------------------------------------

    def _joined(
        self, join: Callable[[Sequence[QueryInstance]], QueryInstance], parts: list[_Part]
    ) -> _Part:
        height = max(part.height for part in parts) + (len(parts) - 1).bit_length()
        if height > _HIGHEST:
            raise self._error("The query is too deep to be tested. Use fewer parentheses.")
        return _Part(join([part.query for part in parts]), height)

    def _advance(self) -> Token:
        token = self._here
        self._here = next(self._tokens, token)
        return token

    def _skip(self, expected: str) -> bool:
        """Step over a keyword or operator if it is the next thing."""
        found = self._here.keyword == expected or self._here.is_operator(expected)
        if found:
            self._advance()
        return found

    def _error(self, message: str, place: Token | None = None) -> QuerySyntaxError:
        return QuerySyntaxError(message, self.text, (place or self._here).position)

    @contextlib.contextmanager
    def _pointing_at(self, place: Token) -> Iterator[None]:
        try:
            yield
        except QuerySyntaxError:
            raise
        except InvalidInput as error:
            raise QuerySyntaxError(str(error), self.text, place.position) from None
