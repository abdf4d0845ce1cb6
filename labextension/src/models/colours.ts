/** The colours of runs, as `cellbook.widgets.colours` has them: the same in every panel. */

/** How many there are; style/colours.css says which. */
const COLOURS = 7;

const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

/** Return the colour of run `number` as CSS: a variable, as it depends on the ground. */
export function colourOf(number: number): string {
  return `var(--cb-run${(number - 1) % COLOURS})`;
}

/** Return the dash pattern of run `number`, as SVG has it; beyond seven runs colours recur. */
export function dashOf(number: number): string {
  return DASHES[Math.floor((number - 1) / COLOURS) % DASHES.length];
}
