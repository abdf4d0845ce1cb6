/**
 * The last belt round the HTML of comments, which the server has made safe already: what is on no
 * list here is taken out, in a document in which nothing is loaded or run.
 */

const ELEMENTS = new Set(
  (
    'a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p ' +
    'pre q s samp small span strong sub sup table tbody td th thead tr u ul ' +
    'math semantics mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom ' +
    'msub msup msubsup munder mover munderover mmultiscripts mprescripts mtable mtr mtd menclose'
  ).split(' ')
);

const ATTRIBUTES = new Set(
  (
    'class colspan rowspan align start title lang dir data-cellbook data-mention ' +
    'display mathvariant stretchy fence form separator accent accentunder columnalign ' +
    'linethickness lspace rspace width height depth displaystyle scriptlevel minsize maxsize xmlns'
  ).split(' ')
);

/** Whole elements that say nothing without what they are; of others the content stays. */
const GONE = 'script, style, template, iframe, object, embed, svg, form, link, meta, base, noscript';

/** The classes that a comment's elements have; no other one is a comment's to give. */
const CLASS = /^(language-[\w+#-]+|cellbook-(thing|mention|math))$/;

const ADDRESS = /^(https?:\/\/|mailto:)/i;

/** Return nodes that are safe to show. */
export function safeNodes(html: string): DocumentFragment {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  body.querySelectorAll(GONE).forEach(element => element.remove());
  for (const element of [...body.querySelectorAll('*')]) {
    if (!ELEMENTS.has(element.localName)) {
      element.replaceWith(...element.childNodes);
      continue;
    }
    for (const { name, value } of [...element.attributes]) {
      const link = name === 'href' && element.localName === 'a' && ADDRESS.test(value.trim());
      if (!link && !ATTRIBUTES.has(name)) {
        element.removeAttribute(name);
      }
    }
    if (element.hasAttribute('class')) {
      const kept = [...element.classList].filter(name => CLASS.test(name));
      element.setAttribute('class', kept.join(' '));
    }
    if (element.localName === 'a' && element.hasAttribute('href')) {
      element.setAttribute('target', '_blank');
      element.setAttribute('rel', 'noopener noreferrer nofollow');
    }
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...[...body.childNodes].map(node => document.importNode(node, true)));
  return fragment;
}

/** What stands in a line between the parts of a formula, of which the place says it otherwise. */
const BETWEEN: { [element: string]: string } = { mfrac: '/', msup: '^', msub: '_' };

/** Elements after which something else begins. */
const APART = 'p, li, h1, h2, h3, h4, h5, h6, pre, div, td, th, br, hr, dt, dd';

/** Return the beginning of what HTML says, in one line; nothing of it is ever loaded or run. */
export function plainText(html: string, most: number): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const part of body.querySelectorAll(Object.keys(BETWEEN).join())) {
    part.lastElementChild?.before(BETWEEN[part.localName]);
  }
  body.querySelectorAll(APART).forEach(element => element.after(' '));
  const text = (body.textContent ?? '').replace(/\s+/g, ' ').trim();
  // By letters: half an emoji is none.
  return [...text.slice(0, 2 * most)].slice(0, most).join('');
}
