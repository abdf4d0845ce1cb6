from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.views.markdown import render
from tests.hostile import HEAVY, HOSTILE

PLAIN = [
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "li", "blockquote", "pre", "em",
    "strong", "s", "table", "thead", "tbody", "tr",
]  # fmt: skip
ALLOWED: dict[str, set[str]] = {
    "a": {"href", "target", "rel", "data-cellbook", "class"},
    "span": {"data-mention", "class"},
    "div": {"class"},
    "code": {"class"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
    **{tag: set() for tag in PLAIN},
}
MATH = {
    "display", "mathvariant", "stretchy", "fence", "form", "accent", "separator", "displaystyle",
    "scriptlevel", "columnalign", "linethickness", "width",
}  # fmt: skip
MATH_TAGS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "msup", "msub", "msubsup", "mfrac",
    "msqrt", "mroot", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle",
    "mphantom", "mmultiscripts", "mprescripts", "none", "menclose",
}  # fmt: skip


class Fence(HTMLParser):
    """Reads HTML as a browser's tokenizer does, and takes nothing that was not agreed upon."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED or tag in MATH_TAGS, tag
        for name, value in attrs:
            assert name in ALLOWED.get(tag, MATH), (tag, name)
            if name == "href":
                assert value is not None
                assert value.startswith(("http://", "https://", "mailto:")), value
            if name == "rel":
                assert value == "noopener noreferrer nofollow"
            if name == "width":
                assert value is not None
                assert len(value) < 10

    handle_startendtag = handle_starttag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def check(text: str) -> str:
    html = render(text)
    fence = Fence(convert_charrefs=True)
    fence.feed(html)
    fence.close()
    return html


AROUND = (
    "> {}", "- {}", "**{}**", "[{}](https://x)", "|a|\n|-|\n|{}|", "${}$", "`{}", "# {}",
    "$$\n{}\n$$", "@ada {} #12", "[x]({})", "<{}>", "![{}](x)",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_do_nothing(text: str) -> None:
    check(text)
    for around in AROUND:
        check(around.format(text))


@given(
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=5), st.sampled_from(["", " ", "\n\n"])
)
def test_neither_do_several_together(texts: list[str], between: str) -> None:
    check(between.join(texts))


@given(st.text("<>\"'=`$\\{}[]()!&#;:/ \n\tascript|*_~@-", max_size=60))
def test_neither_does_anything_else(text: str) -> None:
    check(text)


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_texts_are_quick(name: str) -> None:
    begun = time.perf_counter()
    check(HEAVY[name])
    assert time.perf_counter() - begun < 20


def test_a_megabyte_of_quotes_is_shown_as_it_is() -> None:
    begun = time.perf_counter()
    html = render(">" * 1_000_000)
    assert time.perf_counter() - begun < 1
    assert html.startswith("<pre><code>&gt;&gt;")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>\n"),
        ("# h\n\n- a\n- b", "<h1>h</h1>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. x", '<ol start="3">\n<li>x</li>\n</ol>\n'),
        (
            "```python\nx < 1\n```",
            '<pre><code class="language-python">x &lt; 1\n</code></pre>\n',
        ),
        (
            "[x](https://a.b/?c=d&e)",
            '<p><a href="https://a.b/?c=d&amp;e" target="_blank" '
            'rel="noopener noreferrer nofollow">x</a></p>\n',
        ),
        ("[x](other.ipynb)", "<p>[x](other.ipynb)</p>\n"),
        ("costs $5 or $6", "<p>costs $5 or $6</p>\n"),
        (
            "$x^2$",
            '<p><math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math></p>\n',
        ),
        ("", ""),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert render(text) == html


def test_tables_say_how_they_are_aligned() -> None:
    assert '<td align="right">1</td>' in render("|a|\n|-:|\n|1|")


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("#12", "run:12"),
        ("(#12)", "run:12"),
        ("run:wide-net.", "run:wide-net"),
        ('run:"my run"', "run:my run"),
        ("[that](run:wide-net)", "run:wide-net"),
        ("cell:1b2c-3", "cell:1b2c-3"),
        ("checkpoint:clean", "checkpoint:clean"),
        ("data:titanic@v2", "data:titanic@v2"),
        ("model:churn@3", "model:churn@3"),
        ("model:churn/3", "model:churn/3"),
        ("metric:12/loss@40", "metric:12/loss@40"),
        ("notebook:train.ipynb", "notebook:train.ipynb"),
        ("board:best/wide", "board:best/wide"),
        ("**run:x**", "run:x"),
    ],
)
def test_things_are_named(text: str, thing: str) -> None:
    assert f'<a data-cellbook="{thing}" class="cellbook-thing"' in render(text)


@pytest.mark.parametrize(
    "text",
    ["`#12`", "a#12", "#012", "##12", "#", "http://x/#12", "```\nrun:x\n```", "overrun:x", "run: x",
     "[#12](https://x)", "&#12;"],
)  # fmt: skip
def test_what_only_looks_so_is_no_thing(text: str) -> None:
    assert "data-cellbook" not in render(text)


def test_pictures_from_elsewhere_are_links() -> None:
    html = render("![a chart](https://a.b/c.png)")
    assert "<img" not in html
    assert 'href="https://a.b/c.png"' in html
    assert ">a chart</a>" in html


def test_a_formula_that_cannot_be_drawn_is_shown_as_it_was_written() -> None:
    assert render(r"$\text{<b>}$") == (
        '<p><code class="cellbook-math">\\text{&lt;b&gt;}</code></p>\n'
    )
