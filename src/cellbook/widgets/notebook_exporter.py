"""nbconvert's page of a notebook, with room for threads beside its cells.

It asks the network for nothing: formulas are MathML instead of MathJax's, and the page is light or
dark as the reader's system asks, where nbconvert's is always one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from cellbook.views.markdown import formula

# Scripts that the template would fetch are left out with their blocks.
_TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js_requirejs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block notebook_css -%}
{{ super() }}{{ resources.cellbook.dark(resources.include_css("static/theme-dark.css")) }}
{%- endblock -%}
{%- block html_head_css -%}{{ super() }}{{ resources.cellbook.style }}{%- endblock -%}
{%- block body_header -%}
{{ resources.cellbook.unthemed(super()) }}{{ resources.cellbook.above }}
{%- endblock -%}
{%- block any_cell -%}
{%- set threads = resources.cellbook.cells.get(cell.id, "") -%}
{%- if resources.cellbook.cells -%}
<div class="cb-beside"><div class="cb-cell">{{ super() }}</div><aside>{{ threads }}</aside></div>
{%- else -%}
{{ super() }}
{%- endif -%}
{%- endblock -%}
{%- block body_footer -%}{{ resources.cellbook.below }}{{ super() }}{%- endblock -%}
"""


def page(document: Any, title: str, parts: Mapping[str, Any]) -> str:
    """Return a notebook as a page.

    Parameters
    ----------
    document
        As nbformat reads it.
    title
        Of the page; plain text.
    parts
        HTML: the ``style``, what stands ``above`` and ``below`` the cells, and in ``cells`` by
        their ids what stands beside them.
    """
    exporter = _Exporter(raw_template=_TEMPLATE)
    placed = {**parts, "dark": _dark, "unthemed": _unthemed}
    resources = {"cellbook": placed, "metadata": {"name": title}}
    body, _ = exporter.from_notebook_node(document, resources=resources)
    return str(body)


def _dark(style: str) -> str:
    return str(style).replace("<style", '<style media="(prefers-color-scheme:dark)"', 1)


def _unthemed(body: str) -> str:
    """Return the beginning of the page without the word that it is light."""
    return str(body).replace(' data-jp-theme-light="true"', "", 1)


class _Exporter(HTMLExporter):  # type: ignore[misc]  # nbconvert has no types
    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Return a cell's Markdown as nbconvert has it, with its formulas as MathML."""
        cell = context.get("cell", {})
        renderer = _Renderer(
            escape=False,
            attachments=cell.get("attachments", {}),
            embed_images=self.embed_images,
            path=context.get("resources", {}).get("metadata", {}).get("path", ""),
            anchor_link_text=self.anchor_link_text,
            exclude_anchor_links=self.exclude_anchor_links,
        )
        return str(MarkdownWithMath(renderer=renderer).render(source))


class _Renderer(IPythonRenderer):  # type: ignore[misc]  # nbconvert has no types
    def block_math(self, body: str) -> str:
        return f'<div class="cellbook-math">{formula(body.strip(), True)}</div>'

    def inline_math(self, body: str) -> str:
        return formula(body.strip(), False)

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")
