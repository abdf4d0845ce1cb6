/** The colours of runs, as `cellbook.widgets.colours` has them: the same in every panel. */

/** How many there are; style/colours.css says which. */
const COLOURS = 7;

const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

/** Return the colour of run `number` as CSS: a variable, as it depends on the ground. */
export function colourOf(number: number): string {
  return `var(--cb-run${(number - 1) % COLOURS})`;
}

/**
 * Return the dash pattern of run `number` in a picture of several runs, as SVG has it.
 *
 * A line is dashed only where another one of the picture has its colour.
 */
export function dashOf(number: number, among: readonly number[]): string {
  const same = among.filter(other => other < number && (number - other) % COLOURS === 0);
  return DASHES[new Set(same).size % DASHES.length];
}
