"""The line behind a magic: words, options and ``key=value``, with errors that point at the place.

Values are Python literals, names from the user's namespace, or expressions in braces::

    lr=0.01  layers=[64, 64]  depth=n_layers  n={width * depth}  optimizer=adam  note="in quotes"

A bare word that is no variable is text.  Text that mentions a variable could mean either, so the
error asks: quotes for text, braces for the value.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from typing import Any

from IPython.core.error import UsageError

from cellbook.errors import InvalidInput
from cellbook.ipython.magics.filling import fill

_OPENING = {"(": ")", "[": "]", "{": "}"}
_NO_LITERALS = {"nan": float("nan"), "inf": float("inf"), "infinity": float("inf")}


class Word(str):
    """A word of a line: as a string it is the text meant, without its quotes."""

    raw: str
    """The word as it was written."""
    at: int
    """Where it begins in the line, in characters."""
    key: str
    """What stands before the ``=``; empty in a word that is no assignment."""
    value_at: int
    """Where what stands after the ``=`` begins, in characters of `raw`."""


class Line:
    """What was written after a magic's name.

    Parameters
    ----------
    magic
        The magic as the user writes it, ``%track_run``, for messages.
    text
        The rest of the line.
    """

    def __init__(self, magic: str, text: str) -> None:
        self.magic = magic
        self.text = text

    def error(self, message: str, at: int | None = None) -> UsageError:
        """Return an error for the user, which points at the character `at` of the line."""
        if at is None:
            return UsageError(message)
        shown = f"{self.magic} {self.text}"
        return UsageError(f"{message}\n  {shown}\n  {' ' * (len(self.magic) + 1 + at)}^")

    def words(self) -> list[Word]:
        """Return the words; quotes and brackets hold them together, a lone ``#`` ends the line.

        Raises
        ------
        UsageError
            If a quote or bracket is not closed.
        """
        found = []
        for start, end in self._spans():
            word = self._word(start, end)
            if word.raw == "#":
                break
            found.append(word)
        return found

    # -- words ---------------------------------------------------------------------------------

    def _spans(self) -> Iterator[tuple[int, int]]:
        text, start, at = self.text, None, 0
        stack: list[int] = []
        while at < len(text):
            char = text[at]
            if char.isspace() and not stack:
                if start is not None:
                    yield start, at
                start = None
            else:
                start = at if start is None else start
                if char in "'\"":
                    at = self._end_of_quote(at)
                elif char in _OPENING:
                    stack.append(at)
                elif stack and char == _OPENING[text[stack[-1]]]:
                    stack.pop()
            at += 1
        if stack:
            bracket = text[stack[-1]]
            raise self.error(f"`{bracket}` has no `{_OPENING[bracket]}`. Close it.", stack[-1])
        if start is not None:
            yield start, at

    def _end_of_quote(self, start: int) -> int:
        at, quote = start + 1, self.text[start]
        while at < len(self.text) and self.text[at] != quote:
            at += 2 if self.text[at] == "\\" else 1
        if at >= len(self.text):
            raise self.error("This quote is not closed. Close it, or use the other kind.", start)
        return at

    def _word(self, start: int, end: int) -> Word:
        raw = self.text[start:end]
        equals = self._equals(start, end)
        word = Word(self._unquoted(start, end))
        word.raw, word.at = raw, start
        word.value_at = equals - start + 1 if equals > start else 0
        word.key = self._unquoted(start, equals) if equals > start else ""
        return word

    def _equals(self, start: int, end: int) -> int:
        at = start
        while at < end:
            char = self.text[at]
            if char == "=":
                return at
            if char in _OPENING:
                return -1
            at = self._end_of_quote(at) + 1 if char in "'\"" else at + 1
        return -1

    def _unquoted(self, start: int, end: int) -> str:
        parts, at = [], start
        while at < end:
            char = self.text[at]
            if char in "'\"":
                close = self._end_of_quote(at)
                parts.append(_string(self.text[at : close + 1]))
                at = close
            else:
                parts.append(char)
            at += 1
        return "".join(parts)


class Values:
    """Reads values of a line, with the user's names in reach.

    Parameters
    ----------
    line
        The line they stand in.
    namespace
        The user's global names.
    local
        The names of the frame that calls the magic, where that is a function's.
    strict
        Whether a bare word that is no variable is an error instead of text.
    """

    def __init__(
        self,
        line: Line,
        namespace: dict[str, Any],
        local: Mapping[str, Any] | None = None,
        *,
        strict: bool = False,
    ) -> None:
        self._line = line
        self._namespace = namespace
        self._local = namespace if local is None else local
        self._strict = strict

    def assigned(self, words: list[Word]) -> dict[str, Any]:
        """Return the values of words that all are ``key=value``, each key once."""
        values: dict[str, Any] = {}
        for word in words:
            if word.key in values:
                raise self._line.error(f"`{word.key}` is given twice. Give it once.", word.at)
            values[word.key] = self.value(word)
        return values

    def value(self, word: Word) -> Any:
        """Return the value of a ``key=value`` word.

        Raises
        ------
        UsageError
            If there is none, or it cannot be told what is meant.
        """
        raw, at = word.raw[word.value_at :], word.at + word.value_at
        if not raw:
            raise self._line.error(
                f"`{word.key}=` has no value. Write one right after the `=`, without a space.", at
            )
        if raw[0] == "{" and _closes_at_end(raw):
            return self._braced(raw, at)
        try:
            return ast.literal_eval(raw)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            pass
        if raw.isidentifier():
            return self._bare(word, raw, at)
        signless = raw.lstrip("+-").lower()
        if signless in _NO_LITERALS and signless not in self._namespace:
            return -_NO_LITERALS[signless] if raw[0] == "-" else _NO_LITERALS[signless]
        if "{" in raw and raw[0] not in "'\"[(":
            return self.text(word[len(word.key) + 1 :], at)
        self._refuse_doubtful(word, raw, at)
        return str(word)[len(word.key) + 1 :]

    def is_expression(self, text: str) -> bool:
        """Whether `text` is Python in which variables occur, and no name that is none."""
        try:
            tree = ast.parse(text, mode="eval")
        except (SyntaxError, ValueError):
            return False
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
        return bool(names) and all(name in self._local or name in self._namespace for name in names)

    def expression(self, text: str, at: int | None = None) -> Any:
        """Return the value of an expression.

        Raises
        ------
        UsageError
            If it has none; it points at the place.
        """
        return self._evaluate(text, at)

    def text(self, text: str, at: int | None = None) -> str:
        """Return `text` with each ``{expression}`` replaced by its value, as in an f-string."""
        if "{" not in text:
            # Plain text also where it is a word of a line: panels take nothing else.
            return str(text)
        parts = []
        try:
            for plain, field, spec, conversion in string.Formatter().parse(text):
                parts.append(plain)
                if field is not None:
                    shown = self._evaluate(field, at)
                    shown = string.Formatter().convert_field(shown, conversion)
                    parts.append(format(shown, spec or ""))
        except ValueError as error:
            raise self._line.error(
                f"In {text!r}: {error}. Write {{{{ for a plain brace.", at
            ) from None
        return "".join(parts)

    def query(self, text: str) -> str:
        """Return a query with the values of ``{expression}`` in it; see :func:`fill`."""
        try:
            return fill(text, lambda field: self._evaluate(field, None), self.text)
        except InvalidInput as error:
            raise self._line.error(str(error)) from None

    # -- inside --------------------------------------------------------------------------------

    def _bare(self, word: Word, name: str, at: int) -> Any:
        if name in self._local:
            return self._local[name]
        if name in self._namespace:
            return self._namespace[name]
        if name.lower() in _NO_LITERALS:
            return _NO_LITERALS[name.lower()]
        if self._strict:
            raise self._line.error(
                f'There is no variable `{name}`. For text write {word.key}="{name}".', at
            )
        return name

    def _braced(self, raw: str, at: int) -> Any:
        inner = raw[1:-1].strip()
        try:
            ast.parse(inner, mode="eval")
        except (SyntaxError, ValueError):
            # Not `{expression}`, so it is a dictionary written out.
            return self._evaluate(raw, at)
        return self._evaluate(inner, at + 1)

    def _evaluate(self, expression: str, at: int | None) -> Any:
        try:
            return eval(expression, self._namespace, self._local)
        except SyntaxError as error:
            raise self._line.error(f"`{expression}` is no Python: {error.msg}.", at) from None
        except Exception as error:
            said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise self._line.error(f"`{expression}` could not be worked out: {said}", at) from None

    def _refuse_doubtful(self, word: Word, raw: str, at: int) -> None:
        try:
            tree = ast.parse(raw, mode="eval")
        except (SyntaxError, ValueError):
            if raw[0] in "[(":
                raise self._line.error(
                    f"`{raw}` is no Python literal. For text put it in quotes.", at
                ) from None
            return
        named = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
        known = [name for name in named if name in self._local or name in self._namespace]
        if known or raw[0] in "[(" or self._strict:
            raise self._line.error(
                f'Is `{raw}` text or a value? Write {word.key}="{raw}" or {word.key}={{{raw}}}.',
                at,
            )


def _closes_at_end(raw: str) -> bool:
    """Whether the bracket that opens `raw` is closed by its last character."""
    depth, at = 0, 0
    while at < len(raw):
        char = raw[at]
        if char in "'\"":
            quote = char
            at += 1
            while at < len(raw) and raw[at] != quote:
                at += 2 if raw[at] == "\\" else 1
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                return at == len(raw) - 1
        at += 1
    return False


def _string(quoted: str) -> str:
    try:
        return str(ast.literal_eval(quoted))
    except (ValueError, SyntaxError):
        return quoted[1:-1]
