from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from cellbook.views.thread_markdown import code, quoted
from tests.hostile import HOSTILE

TABLE = "| a | b |\n|---|---|\n| $x_1$ | `y < 2` |"


def quote(text: str) -> str:
    return "\n".join(quoted(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("its loss is below $\\frac{1}{40}$", "> its loss is below $\\frac{1}{40}$"),
        (TABLE, "> | a | b |\n> |---|---|\n> | $x_1$ | `y < 2` |"),
        ("$$\na < b\n$$", "> $$\n> a \\lt  b\n> $$"),
        ("```python\nif a < b: ![\n```\n<b>", "> ```python\n> if a < b: ![\n> ```\n> &lt;b>"),
        ("<script>alert(1)</script>", "> &lt;script>alert(1)&lt;/script>"),
        ("![it](http://e.org/a.png)", "> [it](http://e.org/a.png)"),
        ("$\\href{javascript:alert(1)}{x}$", "> `$\\href{javascript:alert(1)}{x}$`"),
        ("5$ or 6$ <i>", "> 5$ or 6$ &lt;i>"),
        ("x\n" * 50, "> x\n" * 40 + "> …"),
    ],
)
def test_a_quotation_keeps_formulas_and_tables(text: str, told: str) -> None:
    assert quote(text) == told


def test_code_holds_anything() -> None:
    assert [code("a"), code("a`b"), code("`")] == ["`a`", "``a`b``", "`` ` ``"]


@pytest.mark.parametrize(
    "around", ["{}", "`{}`", "\\`{}\\`", "$x$ {}", "```\n{}", "| a |\n|-|\n| {} |"]
)
def test_a_quotation_is_only_read(around: str) -> None:
    """Where HTML is let through, as nbconvert does."""
    lenient = MarkdownIt("commonmark", {"html": True}).enable("table").use(dollarmath_plugin)
    for text in HOSTILE:
        tokens = lenient.parse(quote(around.format(text)))
        found = [*tokens, *(one for token in tokens for one in token.children or ())]
        wild = [one for one in found if one.type in ("html_block", "html_inline", "image")]
        assert not wild, text
