"""What hostile comments do in a real browser: nothing."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from cellbook.views.markdown import render
from tests.hostile import HOSTILE

PAGE = """<!DOCTYPE html><meta charset="utf-8">
<style>body{margin:0;width:600px} .comment{contain:paint;max-width:600px}</style>
<p id="above">above</p><div id="comments"></div>"""

LOOK = """(htmls) => {
  window.done = [];
  for (const name of ['alert', 'confirm', 'prompt', 'open', 'msgbox'])
    window[name] = (...given) => window.done.push(`${name} ${given}`);
  const place = document.getElementById('comments');
  for (const html of htmls) {
    const comment = document.createElement('div');
    comment.className = 'comment';
    comment.innerHTML = html;
    place.append(comment);
  }
  for (const one of place.querySelectorAll('*')) {
    for (const kind of ['mouseover', 'pointerover', 'focus', 'error', 'load', 'toggle', 'begin'])
      one.dispatchEvent(new Event(kind, {bubbles: true}));
    if (!(one instanceof HTMLAnchorElement) && one.click) one.click();
  }
}"""

FOUND = """() => ({
  done: window.done,
  global: [document.title, typeof window.cookie].join(),
  schemes: [...document.querySelectorAll('#comments *')]
    .flatMap((one) => ['href', 'src', 'xlink:href', 'action', 'formaction', 'data']
      .map((name) => one.getAttribute(name)).filter(Boolean))
    .filter((url) => !/^(https?|mailto):/.test(url)),
  handlers: [...document.querySelectorAll('#comments *')]
    .flatMap((one) => one.getAttributeNames())
    .filter((name) => /^(on|style$|id$|name$)/.test(name)),
  foreign: [...document.querySelectorAll(
    '#comments :is(script, style, svg, iframe, object, embed, form, input, link, meta, base, img)'
  )].map((one) => one.tagName),
  // Nothing is drawn outside its own comment, so that none covers the page.
  outside: [...document.querySelectorAll('#comments .comment *')].filter((one) =>
    ['fixed', 'absolute', 'sticky'].includes(getComputedStyle(one).position)).length,
})"""


def test_hostile_comments_do_nothing_in_a_browser(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.set_content(PAGE)
    htmls = [render(text) for text in HOSTILE]
    htmls += [render(f"> {text}\n\n- {text}\n\n|a|\n|-|\n|{text}|\n\n${text}$") for text in HOSTILE]
    page.evaluate(LOOK, htmls)
    page.wait_for_timeout(500)
    found = page.evaluate(FOUND)
    assert found == {
        "done": [],
        "global": ",undefined",
        "schemes": [],
        "handlers": [],
        "foreign": [],
        "outside": 0,
    }
    assert [url for url in asked if not url.startswith("about:")] == []
    expect(page.locator("#above")).to_be_in_viewport()


def test_formulas_are_drawn_by_the_browser_itself(page: Page) -> None:
    page.set_content(PAGE)
    page.evaluate(LOOK, [render(r"so $\frac{1}{2} = \sum_{i=1}^n x_i$"), render("$$\\sqrt{x}$$")])
    size = page.locator("#comments mfrac").evaluate(
        "(one) => [one.namespaceURI, one.getBoundingClientRect().height > 15]"
    )
    assert size == ["http://www.w3.org/1998/Math/MathML", True]
    expect(page.locator("#comments msqrt")).to_be_visible()
