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
  const { kind, cell_id: cell, runs, checkpoint, name } = anchor;
  switch (kind) {
    case 'cell':
    case 'output':
      return cell && `cell:${cell}`;
    case 'run':
    case 'metric':
      return runs.length ? `run:${runs[0]}` : '';
    case 'comparison':
      return runs.length ? `compare:${runs.join(',')}` : '';
    case 'checkpoint':
      return checkpoint && `checkpoint:${checkpoint}`;
    default:
      return name && `${kind}:${name}`;
  }
}

/** A place of which nothing is known but that it may listen. */
export const anyPlace: IPlace = {
  open: target => void document.dispatchEvent(new CustomEvent(OPEN, { detail: target }))
};
