"""Markdown of comments as HTML that does nothing but be read, for every door.

Whoever writes in a book may be anybody, and what they write is shown in pages that run kernels.  So
there are three fences, one behind the other: the parser takes HTML for text; formulas become
MathML, which browsers draw by themselves, rebuilt element by element from a list of what is
allowed; and all of it goes through a sanitizer with a list of its own.  Pictures from elsewhere
are links, as loading one would tell its owner who reads.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any
from xml.etree import ElementTree

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from cellbook.commenting import MENTION, TEXT_LIMIT, parser

_SHORT = 8_000
"""Characters of a text up to which the HTML of many is kept."""
_BRACKETS = 5_000
"""Brackets that a parser looks for pairs of: it tries each with each."""
_FORMULA = 2_000
"""Characters of a formula that is drawn; a longer one is shown as it was written."""

_SCHEMES = ("http", "https", "mailto")
_THINGS = (
    "run", "metric", "cell", "checkpoint", "data", "model", "board", "dashboard", "notebook",
)  # fmt: skip
"""What can be named in a text as ``run:NAME``, and opened from there."""
_URL = r"https?://[^\s<>\"'`]{1,2000}"
_THING = rf"(?:{'|'.join(_THINGS)}):(?:\"[^\"\n]{{1,250}}\"|\w(?:[\w./@+-]{{0,250}}\w)?)"
_REFERENCE = re.compile(
    rf"(?P<url>(?<!\w){_URL})|(?P<thing>(?<![\w/.:-]){_THING})"
    rf"|(?P<number>(?<![\w/&#])#[1-9]\d{{0,8}}(?!\w))|(?P<mention>{MENTION.pattern})"
)
_THING_ALONE = re.compile(_THING)

_TAGS = frozenset(
    {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre",
     "code", "em", "strong", "s", "a", "span", "div", "table", "thead", "tbody", "tr", "th", "td"}
)  # fmt: skip
_MATH_TAGS = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "msup", "msub", "msubsup", "mfrac",
     "msqrt", "mroot", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle",
     "mphantom", "mmultiscripts", "mprescripts", "none", "menclose"}
)  # fmt: skip
_PLAIN = re.compile(r"[a-z-]{1,24}|[0-9]")
_WIDTH = re.compile(r"-?[0-2]?(?:\.\d{1,4})?(?:em|ex)")
_MATH_ATTRIBUTES = {
    "display": _PLAIN,
    "mathvariant": _PLAIN,
    "stretchy": _PLAIN,
    "fence": _PLAIN,
    "form": _PLAIN,
    "accent": _PLAIN,
    "separator": _PLAIN,
    "displaystyle": _PLAIN,
    "scriptlevel": _PLAIN,
    "columnalign": _PLAIN,
    "linethickness": re.compile(r"0|1|0px|thin|medium"),
    "width": _WIDTH,
}
"""Attributes of MathML and the values that they may have; none moves a thing out of its place."""

_ATTRIBUTES = {
    "a": {"href", "data-cellbook", "class"},
    "span": {"data-mention", "class"},
    "div": {"class"},
    "code": {"class"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
    **{tag: set(_MATH_ATTRIBUTES) for tag in _MATH_TAGS},
}
_CLASSES = re.compile(r"language-[\w+#-]{1,20}|cellbook-(?:thing|mention|math)")
_VALUES = {
    "class": _CLASSES,
    "start": re.compile(r"\d{1,9}"),
    "align": re.compile(r"left|center|right"),
    **_MATH_ATTRIBUTES,
}


def render(text: str) -> str:
    """Return the HTML of a comment's Markdown, safe to be put into any page.

    Things of the book that it names are ``<a data-cellbook="run:12">``, people ``<span
    data-mention="ada">``; but for these it can be shown as it is.
    """
    return _render_short(text) if len(text) <= _SHORT else _render_long(text)


def _render(text: str) -> str:
    if len(text.encode("utf-8", "surrogatepass")) > TEXT_LIMIT or text.count("[") > _BRACKETS:
        # No room of ours keeps one so long; it may come in with a file.
        return f"<pre><code>{escape(text[:TEXT_LIMIT])}</code></pre>"
    made = str(_MARKDOWN.render(text))
    return nh3.clean(
        made,
        tags=set(_TAGS | _MATH_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


_render_short = functools.lru_cache(maxsize=4096)(_render)
_render_long = functools.lru_cache(maxsize=16)(_render)


def _filtered(tag: str, name: str, value: str) -> str | None:
    allowed = _VALUES.get(name)
    return value if allowed is None or allowed.fullmatch(value) else None


def _is_link(url: str) -> bool:
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", url)
    return scheme is not None and (
        scheme[1].lower() in _SCHEMES or _THING_ALONE.fullmatch(url) is not None
    )


# -- what a text names ---------------------------------------------------------------------------


def _find_references(state: StateCore) -> None:
    """Make links of what plain text names: things, people, addresses; never in code or links."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        deep = 0
        made: list[Token] = []
        for token in block.children:
            deep += (token.type == "link_open") - (token.type == "link_close")
            if token.type == "text" and not deep:
                made += _split(token.content)
            else:
                made += _shown(token)
        block.children = made


def _split(text: str) -> Iterator[Token]:
    end = 0
    for match in _REFERENCE.finditer(text):
        if match.start() < end:
            continue
        yield from _text(text[end : match.start()])
        end = match.end()
        if match["url"]:
            url = match["url"].rstrip(".,;:!?)*_~")
            end = match.start() + len(url)
            yield from _link("a", {"href": url}, url)
        elif match["thing"]:
            yield from _link("a", _thing(match["thing"]), match["thing"].replace('"', ""))
        elif match["number"]:
            yield from _link("a", _thing(f"run:{match['number'][1:]}"), match["number"])
        else:
            named = {"data-mention": match["mention"][1:], "class": "cellbook-mention"}
            yield from _link("span", named, match["mention"])
    yield from _text(text[end:])


def _thing(named: str) -> dict[str, str | int | float]:
    return {"data-cellbook": named.replace('"', ""), "class": "cellbook-thing"}


def _text(text: str) -> list[Token]:
    return [Token("text", "", 0, content=text)] if text else []


def _link(tag: str, attrs: Any, text: str) -> list[Token]:
    kind = "link" if tag == "a" else "mention"
    return [
        Token(f"{kind}_open", tag, 1, attrs=attrs),
        *_text(text),
        Token(f"{kind}_close", tag, -1),
    ]


def _shown(token: Token) -> list[Token]:
    """Return what stands for a token: pictures are links, and links to things name these."""
    if token.type == "image":
        source = str(token.attrs.get("src", ""))
        return _link("a", {"href": source}, token.content or source)
    if token.type == "link_open":
        target = str(token.attrs.get("href", ""))
        token.attrs = _thing(target) if _THING_ALONE.fullmatch(target) else {"href": target}
    return [token]


def _align(state: StateCore) -> None:
    """Say how columns of tables are aligned without a style."""
    for token in state.tokens:
        if token.tag in ("th", "td") and "style" in token.attrs:
            token.attrs = {"align": str(token.attrs["style"]).rpartition(":")[2]}


# -- formulas ------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1024)
def formula(latex: str, display: bool) -> str:
    """Return a formula as MathML; as it was written where it cannot be drawn."""
    try:
        if len(latex) > _FORMULA:
            raise ValueError("too long")
        tree = ElementTree.fromstring(convert(latex, display="block" if display else "inline"))
        return _rebuilt(tree)
    except Exception:
        # What somebody writes between dollars may be anything at all, and fails in as many ways.
        return f'<code class="cellbook-math">{escape(latex)}</code>'


def _rebuilt(element: ElementTree.Element) -> str:
    tag = element.tag.rpartition("}")[2]
    inner = escape(element.text or "") + "".join(
        _rebuilt(child) + escape(child.tail or "") for child in element
    )
    if tag not in _MATH_TAGS:
        return inner
    told = "".join(
        f' {name}="{escape(value)}"'
        for name, value in element.attrib.items()
        if name in _MATH_ATTRIBUTES and _MATH_ATTRIBUTES[name].fullmatch(value)
    )
    return f"<{tag}{told}>{inner}</{tag}>"


def _draw_math(display: bool) -> Callable[..., str]:
    def draw(
        self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
    ) -> str:
        drawn = formula(tokens[index].content, display)
        return f'<div class="cellbook-math">{drawn}</div>' if display else drawn

    return draw


def _made() -> MarkdownIt:
    made = parser()
    made.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
    )
    for name, display in (("math_inline", False), ("math_inline_double", True),
                          ("math_block", True)):  # fmt: skip
        made.add_render_rule(name, _draw_math(display))
    made.validateLink = _is_link  # type: ignore[method-assign]  # markdown-it's way to set it
    made.core.ruler.push("cellbook_references", _find_references)
    made.core.ruler.push("cellbook_align", _align)
    return made


_MARKDOWN = _made()
