"""Turns IPython's own syntax into Python that uses the same names.

Only the names matter here: a magic becomes a call of ``get_ipython`` (a name that is never
counted) with the expressions that the magic reads as arguments; a magic that runs a statement
becomes that statement.

=========================  =======================================
the cell says              read as
=========================  =======================================
``%time x = f(y)``         ``x = f(y)``
``%timeit f(y)``           a class whose body is ``f(y)``: what it binds does not stay
``files = !ls {folder}``   ``files = get_ipython(folder)``
``%track_run lr=rate``     ``get_ipython(rate)``
``%track_data train df``   ``get_ipython.track_data(df)``
``df.head?``               ``get_ipython(df.head)``
``%%capture out``          the body, then ``out = get_ipython()``
``%%bash --out text``      ``text = get_ipython()``
=========================  =======================================
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Callable

from cellbook.records.words import words

RUN_A_STATEMENT = words("debug lprun memit mprun prun pyinstrument snakeviz time")
"""Line magics whose argument, after options, runs as Python in the user's namespace."""

RUN_THE_CELL = words("capture debug heat memit mprun prun pyinstrument scalene snakeviz time")
"""Cell magics whose body runs as Python in the user's namespace."""

KEEP_TO_THEMSELVES = words("timeit benchit")
"""Magics whose code runs as Python but leaves no names behind."""

TAKE_PARAMS = words("track_run log")
"""Magics with ``key=value`` arguments, where a bare word as value names a variable."""

TAKE_DATA = words("track_data data_diff")
"""Magics whose words are names of data, variables, expressions or paths."""

NOT_PYTHON = words(
    "! bash bigquery cmd cython file html javascript js julia latex local markdown octave perl "
    "pypy python python2 python3 R ruby script sh sql svg sx system writefile writetemplate"
)
"""Cell magics whose body is another language, or another process's Python."""

UNSEEN = words("load pylab reset run rerun recall macro")
"""Line magics that bind or delete names which the source does not tell."""

_CELL = re.compile(r"(?:[ \t]*\n)*+[ \t]*+%%([\w.!]+)([^\n]*)(?:\n(.*))?", re.DOTALL)
_LINE = re.compile(r"([ \t]*+)(?:%%?([\w.]+)(.*)|!!?(.*)|\?\??(.*))")
_ASSIGN = re.compile(r"([ \t]*+(?:[\w.,* \t]|\[[^\]]*\])+?)=\s*+(?:%([\w.]+)(.*)|!(.*))")
_HELP = re.compile(r"([ \t]*+)([%A-Za-z_][\w.%]*(?:\[[^\]]*\])?)\s*+\?\??\s*")
_HINT = re.compile(r"^[ \t]*+[%!?]|=[ \t]*+[%!]|\?[ \t]*+$", re.MULTILINE)
_LEX = re.compile(
    r"""(?P<triple>\"\"\"|''')|"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|\#.*|[(\[{]|[)\]}]"""
)
_OPTION = re.compile(r"\s*+(?:--?[A-Za-z]\w*(?:[= ]?\d+\b)?\s+)*+")
_BRACES = re.compile(r"(?<!\{)\{([^{}]+)\}")
_DOLLAR = re.compile(r"(?<![\\$])\$([A-Za-z_]\w*)")
_PARAM = re.compile(r"(?:^|\s)[\w.\-]+=([A-Za-z_][\w.]*)(?=\s|$)")
_TAKES = re.compile(r"--(?:out|err)[= ]\s*([A-Za-z_]\w*)")
_ODD_ESCAPE = re.compile(r"\\[^\n'\"\\abfnrtv0-3xNuU]|\\[0-3][0-7]{2}")
_DATA_WORD = re.compile(r"(?<!\S)(--?\w[\w-]*)?(=?)((?:\[[^\]]*\]|\"[^\"]*\"|'[^']*'|[^\s\[])*)")
_FILE_NAME = re.compile(
    r"[\w.-]*\.(?:arrow|csv|db|feather|gz|h5|hdf5?|ipc|jpe?g|jsonl?|npy|npz|parquet|pickle|pkl|png"
    r"|sqlite|tar|tsv|txt|xlsx?|xml|zip|zst)",
    re.IGNORECASE,
)
_CONSTANTS = words("True False None true false")


def to_python(source: str) -> tuple[str, str]:
    """Return `source` as Python that uses the same names, and a note on what cannot be seen.

    The result may still not parse: then the cell's own Python does not.
    """
    source = _dedent(source)
    cell = _CELL.fullmatch(source)
    if cell is None:
        return _lines(source)
    name, line, body = cell[1], cell[2], cell[3] or ""
    if line.startswith("?") or name in NOT_PYTHON:
        return _with_names(line, "", _TAKES.findall(line)), ""
    if name in KEEP_TO_THEMSELVES:
        python, note = _body(body)
        python = f"{_code(name, line)}\n{python}"
        return f"class get_ipython:\n{textwrap.indent(python, ' ')}\n pass", note
    python, note = _body(body)
    if name not in RUN_THE_CELL and name not in TAKE_PARAMS:
        if not parses(python):
            return "", f"the body of %%{name} is not Python"
        note = note or f"the body of %%{name} is taken for Python"
    binds = re.findall(r"(?<!\S)[A-Za-z_]\w*", line)[:1] if name == "capture" else []
    return _with_names(line, python, binds, params=name in TAKE_PARAMS), note


def _body(body: str) -> tuple[str, str]:
    unclear = body[:1].isspace() or _HINT.search(body)
    return to_python(body) if unclear and not parses(body) else (body, "")


def parse(source: str) -> ast.Module:
    """Parse Python without a word on odd escapes: the kernel warns when it compiles the cell.

    Raises
    ------
    SyntaxError
        If the source is no Python; ValueError, MemoryError and RecursionError as `ast.parse` has
        them.
    """
    if not _ODD_ESCAPE.search(source):
        return ast.parse(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def parses(text: str) -> bool:
    """Say whether `text` is Python."""
    try:
        parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _is_expression(text: str) -> bool:
    return "\n" not in text and parses(f"({text}\n)")


def _with_names(line: str, python: str, binds: list[str], *, params: bool = False) -> str:
    parts = [_reading(line, params=params), python, *(f"{name} = get_ipython()" for name in binds)]
    return "\n".join(parts)


def _dedent(source: str) -> str:
    """Take the first line's indentation from every line that has it, as IPython does."""
    first = source.lstrip("\n")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return source
    return re.sub(f"^{indent}", "", source, flags=re.MULTILINE)


def _lines(source: str) -> tuple[str, str]:
    """Replace the line magics of a cell."""
    lines = source.split("\n")
    python: list[str] = []
    notes: dict[str, None] = {}
    state = _Lexer()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if state.at_statement:
            first = number
            if _is_escaped(line):
                while line.endswith("\\") and number < len(lines):
                    line = line[:-1] + lines[number]
                    number += 1
                line, note = _statement(line)
                if note:
                    notes[note] = None
            python.extend([""] * (number - first))
        python.append(line)
        state.feed(line)
    return "\n".join(python), "; ".join(notes)


def without_lines(source: str, leave_out: Callable[[str], bool]) -> str:
    """Return a cell's source with those of its statements' lines passed over that are left out."""
    lines = source.split("\n")
    state = _Lexer()
    for number, line in enumerate(lines):
        if state.at_statement and leave_out(line):
            lines[number] = f"{line[: len(line) - len(line.lstrip())]}pass"
        else:
            state.feed(line)
    return "\n".join(lines)


class _Lexer:
    """Knows at the end of each line whether the next one starts a statement."""

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._continued = False

    @property
    def at_statement(self) -> bool:
        return not (self._quote or self._depth or self._continued)

    def feed(self, line: str) -> None:
        place = 0
        while place < len(line):
            if self._quote:
                end = line.find(self._quote, place)
                if end < 0:
                    return
                place, self._quote = end + 3, ""
            found = _LEX.search(line, place)
            if found is None:
                break
            place = found.end()
            if found["triple"]:
                self._quote = found["triple"]
            elif found[0] in "([{":
                self._depth += 1
            elif found[0] in ")]}":
                self._depth = max(0, self._depth - 1)
        self._continued = not self._quote and line.endswith("\\")


def _is_escaped(line: str) -> bool:
    return bool(_LINE.match(line) or _ASSIGN.match(line) or _HELP.fullmatch(line))


def _statement(line: str) -> tuple[str, str]:
    """Return one line that holds IPython syntax as Python, and a note."""
    help_ = _HELP.fullmatch(line)
    if help_:
        return help_[1] + _call([help_[2]]), ""
    assigned = _ASSIGN.match(line)
    if assigned:
        target, magic, argument, command = assigned.groups()
        if magic:
            code = _code(magic, argument)
            value = code if _is_expression(code) else _reading(argument)
        else:
            value = _reading(command)
        return f"{target}= {value}", ""
    found = _LINE.match(line)
    if found is None:
        return line, ""
    indent, magic, argument, command, asked = found.groups()
    if not magic:
        return indent + (_call([asked]) if asked else _reading(command or "")), ""
    code = _code(magic, argument)
    if code:
        return indent + ("class get_ipython: " if magic in KEEP_TO_THEMSELVES else "") + code, ""
    if magic == "store" and "-r" in argument.split():
        names = [word for word in argument.split() if word.isidentifier()]
        note = "" if names else "what %store -r binds is not seen"
        return indent + " = ".join([*names, "get_ipython()"]), note
    if magic in TAKE_DATA:
        return indent + _call(_data_names(magic, argument), f".{magic}"), ""
    note = f"what %{magic} binds is not seen" if magic in UNSEEN else ""
    return indent + _reading(argument, params=magic in TAKE_PARAMS), note


def _code(magic: str, argument: str) -> str:
    """Return the Python that a magic runs from its line, or nothing."""
    if magic not in RUN_A_STATEMENT and magic not in KEEP_TO_THEMSELVES:
        return ""
    options = _OPTION.match(argument)
    code = argument[options.end() if options else 0 :].strip()
    # The last option may have a word of its own: %prun -s cumulative f(x).
    for candidate in (code, code.partition(" ")[2] if options and options[0].strip() else ""):
        if candidate and parses(f"class _: {candidate}" if ":" not in candidate else candidate):
            return candidate
    return ""


def _reading(text: str, *, params: bool = False) -> str:
    """Return a call that reads what IPython would put into `text`: ``{expression}``, ``$name``."""
    expressions = _BRACES.findall(text) + _DOLLAR.findall(text)
    if params:
        expressions += [word for word in _PARAM.findall(text) if word not in _CONSTANTS]
    return _call(expressions)


def _data_names(magic: str, text: str) -> list[str]:
    """Return the expressions among the words of a magic that takes data.

    ``NAME DATA`` and ``DATA`` alone; a word that is a file's name is no expression.
    """
    rest = _BRACES.sub(" {} ", text)
    places, waits = [], False
    for option, equals, word in _DATA_WORD.findall(rest):
        if option:
            waits = option != "--keep" and not equals
        elif waits:
            waits = False
        elif word:
            places.append(word)
    wanted = places if magic == "data_diff" else places[-1:]
    found = [
        word
        for word in wanted
        if word.isidentifier()
        or (word[:1].isalpha() and not _FILE_NAME.fullmatch(word) and "/" not in word
            and "@" not in word and "*" not in word)
    ]  # fmt: skip
    return [*_BRACES.findall(text), *_DOLLAR.findall(rest), *found]


def _call(expressions: list[str], method: str = "") -> str:
    read = []
    for text in expressions:
        # A brace may end in a conversion or a format: {loss!r}, {loss:.3f}.
        for candidate in (text, text.rpartition(":")[0], text.rpartition("!")[0]):
            if candidate.strip() and _is_expression(candidate):
                read.append(candidate.strip())
                break
    return f"get_ipython{method}({', '.join(read)})"
