/** How runs' params and metrics are looked at, and what follows from it. */

import type { RelationColumn, Relations } from '../_generated/types.ts';
import { columnOf, isNumeric } from './columns.ts';
import type { Ranges } from './parallelFigure.ts';

export type RelationsPicture = 'parallel' | 'scatter' | 'contour' | 'importance' | 'correlation';

/** What is drawn, and of what; an empty name lets the panel choose. */
export interface IRelationsLook {
  readonly picture: RelationsPicture;
  /** The axes of parallel coordinates, from the left. */
  readonly axes: readonly string[];
  /** The metric that colours, and on which importance is told; `run` for each run its own. */
  readonly colour: string;
  readonly x: string;
  readonly y: string;
  /** The two params of a contour. */
  readonly across: string;
  readonly up: string;
  /** How importance is reckoned. */
  readonly method: string;
  /** What is held, on parallel axes. */
  readonly ranges: Ranges;
}

export const PLAIN_RELATIONS: IRelationsLook = {
  picture: 'parallel',
  axes: [],
  colour: '',
  x: '',
  y: '',
  across: '',
  up: '',
  method: '',
  ranges: {}
};

/** Axes that are chosen for the reader, at most. */
const AXES = 7;

/** Axes that there can be. */
export const MOST_AXES = 14;

export const OWN_COLOUR = 'run';

/** What is chosen, by hand or else by what the runs have. */
export interface IChosen {
  readonly axes: readonly RelationColumn[];
  /** Null where each run has its own colour. */
  readonly colour: RelationColumn | null;
  readonly metric: RelationColumn | null;
  readonly x: RelationColumn | null;
  readonly y: RelationColumn | null;
  /** The colour of points over `x` and `y`: unless somebody wants it, none of these again. */
  readonly tint: RelationColumn | null;
  readonly across: RelationColumn | null;
  readonly up: RelationColumn | null;
}

/**
 * Return what is drawn.
 *
 * @param metric - The metric whose curves are shown: the first guess.
 */
export function chosenOf(relations: Relations, look: IRelationsLook, metric: string): IChosen {
  const { columns } = relations;
  const params = columns.filter(column => column.part === 'params');
  const numbers = params.filter(isNumeric);
  const metrics = columns.filter(column => column.part === 'metrics');
  const main =
    columnOf(relations, `metrics.${metric}`) ?? metrics.find(one => one.direction) ?? metrics[0] ?? null;
  const given = look.colour && look.colour !== OWN_COLOUR ? columnOf(relations, look.colour) : null;
  const colour = look.colour === OWN_COLOUR ? null : given ?? main;
  const lead = given?.part === 'metrics' ? given : main;
  const named = (name: string, other: RelationColumn | null | undefined) =>
    columnOf(relations, name) ?? other ?? null;
  const axes = look.axes.map(name => columnOf(relations, name)).filter(one => one !== null);
  const rest = lead && lead.part === 'metrics' ? [lead] : [];
  const facts = params.length + rest.length < 2 ? columns : [];
  const guessed = [...new Set([...params.slice(0, AXES - rest.length), ...rest, ...facts.slice(0, AXES)])];
  const wanted = columnOf(relations, look.across);
  const across = wanted && isNumeric(wanted) ? wanted : numbers[0] ?? null;
  const above = columnOf(relations, look.up);
  const x = named(look.x, params[0] ?? columns[0]);
  const y = named(look.y, lead ?? columns[1]);
  const others = [colour, ...params, ...metrics].filter(one => one !== x && one !== y);
  return {
    axes: axes.length > 1 ? axes : guessed,
    colour,
    metric: lead,
    x,
    y,
    tint: look.colour ? colour : (others[0] ?? null),
    across,
    up: above && isNumeric(above) && above !== across ? above : numbers.find(one => one !== across) ?? null
  };
}

/** Return the names that a look wants and that may not be among the first columns. */
export function wantedBy(look: IRelationsLook): string[] {
  const names = [...look.axes, look.colour, look.x, look.y, look.across, look.up];
  return [...new Set(names.filter(name => name.includes('.')))].sort();
}
