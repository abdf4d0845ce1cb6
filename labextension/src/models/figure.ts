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
