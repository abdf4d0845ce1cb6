/** What discussions want of the page that they are in. */

import type { IAnchor } from './anchors.ts';
import type { AnchorView } from '../_generated/types.ts';

/** A cell that an orphaned thread may be attached to. */
export interface ICellHere {
  /** As it is named to people, such as `cell [3]`. */
  readonly title: string;
  readonly source: string;
  readonly anchor: IAnchor;
}

export interface IPlace {
  /** Show a thing that a comment links to, such as `run:ID` or `cell:ID`. */
  open(target: string): void;
  /** Show what a thread hangs on. */
  reveal?(anchor: AnchorView): void;
  /** The active cell; null where there is none. */
  active?(): ICellHere | null;
  /** A cell of the notebook in sight; null where it has none of that id. */
  cell?(id: string): ICellHere | null;
}

/** The event by which a panel in an output asks whatever page it is in to show something. */
export const OPEN = 'cellbook-open';

/** Return what a thread hangs on as a link has it; empty where nothing can show it. */
export function targetOf(anchor: AnchorView): string {
  const { kind, cell_id: cell, runs, metric, step, checkpoint, name, version } = anchor;
  switch (kind) {
    case 'cell':
    case 'output':
      return cell && `cell:${cell}`;
    case 'run':
      return runs.length ? `run:${runs[0]}` : '';
    case 'metric':
      return runs.length ? `metric:${runs[0]}/${metric}${step === null ? '' : `@${step}`}` : '';
    case 'comparison':
      return runs.length ? `compare:${runs.join(',')}` : '';
    case 'checkpoint':
      return checkpoint && `checkpoint:${checkpoint}`;
    case 'notebook':
      return anchor.notebook && `notebook:${anchor.notebook}`;
    case 'dataset':
      return name && `data:${name}${version && `@${version}`}`;
    case 'model':
      return name && `model:${name}${version && `@${version}`}`;
    default:
      return name && `${kind}:${name}`;
  }
}

/** Return the run, metric and step that `RUN/NAME@STEP` names; null where it names none. */
export function pointOf(target: string): { run: string; metric: string; step: number | null } | null {
  const [, run, metric, step] = /^([^/]+)\/(.+?)(?:@(-?\d+))?$/s.exec(target) ?? [];
  return metric ? { run, metric, step: step === undefined ? null : Number(step) } : null;
}

/** A place of which nothing is known but that it may listen. */
export const anyPlace: IPlace = {
  open: target => void document.dispatchEvent(new CustomEvent(OPEN, { detail: target }))
};
