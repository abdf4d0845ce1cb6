/** How runs are looked at: what there is to choose, what is so at first, and what is kept of it. */

import { PLAIN_RELATIONS, type IRelationsLook } from './relations.ts';

export type Axis = 'step' | 'relative' | 'wall';
export type Band = 'std' | 'range' | 'ci' | 'none';

/** How curves are drawn. */
export interface ICurveLook {
  readonly axis: Axis;
  readonly log: boolean;
  /** Weight of what came before, from 0 to below 1. */
  readonly smoothing: number;
  /** `params.lr`, say: runs that share it are one line, their mean; empty for a line a run. */
  readonly group: string;
  /** What is drawn round a mean. */
  readonly band: Band;
  /** The part of the axis that is looked at; null for all of it. */
  readonly window: readonly [number, number] | null;
}

/** What a comparison is of, and how it is shown: enough to show it again. */
export interface IComparisonState extends ICurveLook {
  readonly notebook: string;
  readonly runs: readonly string[];
  readonly baseline: string;
  /** The metric whose curves are shown; empty for the first that has some. */
  readonly metric: string;
  /** Whether all metrics are shown, a small picture each, rather than that one. */
  readonly all: boolean;
  /** Whether rows are shown that do not differ. */
  readonly everything: boolean;
  /** What is looked at below the table: the id of a tab. */
  readonly tab: string;
  /** The run whose details are looked at; empty for the baseline. */
  readonly run: string;
  /** How params and metrics are looked at. */
  readonly relations: IRelationsLook;
  /** The run whose code is compared with the baseline's; empty for the next one. */
  readonly other: string;
  /** Whether runs are rows of the table, not columns; null where their number decides. */
  readonly rows: boolean | null;
  /** Runs that are not shown for now, neither in the table nor as curves. */
  readonly unseen: readonly string[];
  /** Versions of data, by id, that are looked at: one, or two that are compared. */
  readonly data: readonly string[];
  /** What is to be said beforehand. */
  readonly notes?: readonly string[];
}

type Look = Omit<IComparisonState, 'notebook' | 'runs' | 'baseline' | 'notes'>;

/** How runs are looked at at first. */
export const PLAIN: Look = {
  metric: '',
  all: false,
  everything: false,
  tab: 'curves',
  run: '',
  relations: PLAIN_RELATIONS,
  other: '',
  rows: null,
  unseen: [],
  data: [],
  axis: 'step',
  log: false,
  smoothing: 0,
  group: '',
  band: 'std',
  window: null
};

/** Return the state of a new comparison. */
export function comparing(
  notebook: string,
  runs: readonly string[],
  baseline = runs[0]
): IComparisonState {
  return {
    notebook,
    runs,
    baseline,
    ...PLAIN
  };
}

/** What is kept on a dashboard of how runs are looked at: all but which they are, and where. */
const KEPT = [
  'baseline',
  'metric',
  'all',
  'everything',
  'tab',
  'axis',
  'log',
  'smoothing',
  'group',
  'band',
  'window',
  'rows',
  'unseen',
  'relations'
] as const;

/** Return what is kept of how a comparison is looked at. */
export function lookOf(state: IComparisonState): Record<string, unknown> {
  return Object.fromEntries(KEPT.map(name => [name, state[name]]));
}

type Check = (value: unknown) => boolean;

const text: Check = value => typeof value === 'string';
const truth: Check = value => typeof value === 'boolean';
const oneOf =
  (...all: string[]): Check =>
  value =>
    text(value) && all.includes(value as string);
const span: Check = value =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] <= value[1];

const LOOK: Record<keyof Look, Check> = {
  metric: text,
  all: truth,
  everything: truth,
  tab: oneOf('curves', 'relations', 'code', 'data', 'media', 'details', 'discussion'),
  run: text,
  relations: isObject,
  other: text,
  rows: value => value === null || truth(value),
  unseen: value => Array.isArray(value) && value.every(text),
  data: value => Array.isArray(value) && value.length <= 2 && value.every(text),
  axis: oneOf('step', 'relative', 'wall'),
  log: truth,
  smoothing: value => Number.isFinite(value) && (value as number) >= 0 && (value as number) < 1,
  group: text,
  band: oneOf('std', 'range', 'ci', 'none'),
  window: value => value === null || (span(value) && (value as number[])[0] < (value as number[])[1])
};

const RELATIONS: Record<keyof IRelationsLook, Check> = {
  picture: oneOf('parallel', 'scatter', 'contour', 'importance', 'correlation'),
  axes: value => Array.isArray(value) && value.every(text),
  colour: text,
  x: text,
  y: text,
  across: text,
  up: text,
  method: text,
  ranges: value => isObject(value) && Object.values(value as object).every(span)
};

/**
 * Return a state in which each value is of its kind, and the default where it was not.
 *
 * What was kept may be of an older version, which lacks what it did not know, or by any hand.
 */
export function checked(state: IComparisonState): IComparisonState {
  const { baseline, runs, notes } = state;
  return {
    ...state,
    ...only(state, PLAIN, LOOK),
    relations: only(state.relations, PLAIN_RELATIONS, RELATIONS),
    baseline: text(baseline) ? baseline : runs[0],
    notes: Array.isArray(notes) ? notes.filter(text) : []
  };
}

function only<T extends object>(given: unknown, plain: T, checks: Record<keyof T, Check>): T {
  const values = isObject(given) ? (given as T) : plain;
  const names = Object.keys(checks) as (keyof T)[];
  return Object.fromEntries(
    names.map(name => [name, checks[name](values[name]) ? values[name] : plain[name]])
  ) as T;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
