/** The style sheets, put here as it is built. */
declare const CELLBOOK_STYLE: string;

/** Return an element with the style of all panels. */
export function styleSheet(): HTMLStyleElement {
  const element = document.createElement('style');
  element.textContent = CELLBOOK_STYLE;
  return element;
}
