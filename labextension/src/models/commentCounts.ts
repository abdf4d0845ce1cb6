/** How much was said of each run, checkpoint and point of a curve, where these are shown. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { CommentCounts as Counts } from '../_generated/types.ts';
import { Rest } from './rest.ts';
import type { ISource } from './source.ts';

/** The tables in which a change may change a count. */
const TABLES = ['book', 'threads', 'comments'];

/** Milliseconds between two looks, however much is written. */
const PERIOD = 1_000;

const NONE: Counts = { runs: {}, checkpoints: {}, points: {} };

/** Asked in one question for all rows; a list without an answer shows no counts, and no problem. */
export class CommentCounts {
  private readonly _source: ISource;
  private readonly _notebook: () => string;
  private readonly _changed = new Signal<CommentCounts, void>(this);
  private readonly _rest = new Rest(() => void this.refresh(), PERIOD);
  private _counts = NONE;
  private _asked = 0;

  /**
   * @param source - Who answers.
   * @param notebook - Tells whose book it is.
   */
  constructor(source: ISource, notebook: () => string) {
    this._source = source;
    this._notebook = notebook;
  }

  /** A count has changed. */
  get changed(): ISignal<CommentCounts, void> {
    return this._changed;
  }

  dispose(): void {
    this._asked++;
    Signal.clearData(this);
  }

  /** Return how many comments there are on a run. */
  ofRun(run: string): number {
    return this._counts.runs[run] ?? 0;
  }

  /** Return how many comments there are on a checkpoint. */
  ofCheckpoint(checkpoint: string): number {
    return this._counts.checkpoints[checkpoint] ?? 0;
  }

  /** Return the steps of a curve of which something is said, and how many comments each has. */
  ofPoints(run: string, metric: string): (readonly [number, number])[] {
    const begin = `${run}/${metric}@`;
    return Object.entries(this._counts.points).flatMap(([name, count]) => {
      const step = name.startsWith(begin) ? name.slice(begin.length) : '';
      // The name of another metric may go on with an @ of its own.
      return /^-?\d+$/.test(step) ? [[Number(step), count] as const] : [];
    });
  }

  /** Tables of the book have changed. */
  tell(tables: readonly string[]): void {
    if (tables.some(table => TABLES.includes(table))) {
      this._rest.ask();
    }
  }

  async refresh(): Promise<void> {
    const asked = ++this._asked;
    const found = await this._source
      .ask<Counts>(this._notebook(), 'comment-counts', {})
      .catch(() => NONE);
    if (asked === this._asked && JSON.stringify(found) !== JSON.stringify(this._counts)) {
      this._counts = found;
      this._changed.emit();
    }
  }
}
