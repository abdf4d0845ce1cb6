/** Pictures as plotly.js takes them: what every one has in common. */

/** The colours and fonts of the page, as a picture needs them. */
export interface ILook {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly ground: string;
  readonly raised: string;
  readonly font: string;
  readonly size: number;
  /** The runs' colours. */
  readonly runs: readonly string[];
}

/** What plotly.js draws. */
export interface IFigure {
  readonly data: object[];
  readonly layout: object;
}

/** The dashes of models/colours.ts in plotly's words. */
export const DASHES: Record<string, string> = {
  '': 'solid',
  '6 3': '8px,4px',
  '2 3': '2px,3px',
  '8 3 2 3': '8px,3px,2px,3px'
};

/** Return the colour of run `number`. */
export function runColour(look: ILook, number: number): string {
  return look.runs[(number - 1) % look.runs.length];
}

/** Return a colour that lets the ground through; `colour` is `#rrggbb`. */
export function faint(colour: string, share: number): string {
  const [r, g, b] = [1, 3, 5].map(place => parseInt(colour.slice(place, place + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${share})`;
}

/** Return an axis in the page's colours. */
export function axis(look: ILook, title: string, more: object = {}): object {
  return {
    title: { text: title, font: { color: look.muted, size: look.size }, standoff: 8 },
    gridcolor: look.line,
    linecolor: look.muted,
    zeroline: false,
    tickfont: { color: look.muted, size: look.size - 1 },
    automargin: true,
    ...more
  };
}

/** Return the layout of a picture in the page's colours. */
export function layout(look: ILook, more: object = {}): object {
  return {
    autosize: true,
    margin: { l: 48, r: 16, t: 16, b: 40 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: look.font, size: look.size, color: look.text },
    hoverlabel: {
      bgcolor: look.ground,
      bordercolor: look.line,
      font: { family: look.font, size: look.size, color: look.text },
      namelength: 32
    },
    hovermode: 'x unified',
    dragmode: 'zoom',
    ...more
  };
}

/** Return text as plotly.js shows it: it takes some HTML for markup. */
export function plain(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Return a figure that somebody logged without what would ask the network once it is drawn. */
export function quiet<T>(figure: T): T {
  return quieted(figure, '') as T;
}

/** A name of pictures' addresses, by itself or in the path that a button changes. */
const SOURCE = /(^|\.)source$/;

function quieted(value: unknown, name: string): unknown {
  if (typeof value === 'string') {
    return value.replace(/<([^<>\s/]+)\s([^<>]*)>/g, (whole, tag: string, rest: string) =>
      isQuietTag(rest) ? whole : `<${tag}>`
    );
  }
  if (Array.isArray(value)) {
    // A button's arguments may be a path and a value, one behind the other.
    return value.map((item, place) =>
      /^args2?$/.test(name) && SOURCE.test(String(value[place - 1])) && !isPicture(item)
        ? ''
        : quieted(item, '')
    );
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, item]) => !(SOURCE.test(key) && isAddress(item)))
        .map(([key, item]) => [key, quieted(item, key)])
    );
  }
  return value;
}

function isPicture(value: unknown): boolean {
  return typeof value === 'string' && /^data:image\//i.test(value);
}

function isAddress(value: unknown): boolean {
  // Links of a Sankey diagram have lists of numbers under this name.
  return typeof value === 'string'
    ? !isPicture(value)
    : Array.isArray(value) && value.some(isAddress);
}

/** Whether a tag of a text links to the web at most, and its style fetches nothing. */
function isQuietTag(attributes: string): boolean {
  const links = attributes.matchAll(/href\s*=\s*["']?\s*([^"']*)/gi);
  const style = attributes
    .replace(/href\s*=\s*("[^"'\s]*"|'[^"'\s]*')/gi, '')
    .replace(/\b(rgb|hsl)a?\(/gi, '');
  return (
    [...links].every(([, address]) => /^https?:\/\//i.test(address)) &&
    // What may ask for something in CSS is written with one of these, or to be filled in.
    !(/style/i.test(style) && /[(\\@&{]/.test(style))
  );
}
