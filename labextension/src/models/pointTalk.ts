/** What is said of the points of curves: how much of each, and of the chosen one what. */

import type { CommentCounts } from './commentCounts.ts';
import { pointName, type IPoint, type IPointLine, type ISaid } from './points.ts';
import type { ISource } from './source.ts';
import { ThreadsModel, threadsOf } from './threads.ts';

export class PointTalk {
  readonly counts: CommentCounts;
  private readonly _source: ISource;
  private readonly _notebook: string;
  private _threads: ThreadsModel | null = null;

  /**
   * @param source - Who answers.
   * @param notebook - Whose book it is.
   * @param counts - How much was said; they are told of changes by whoever has them.
   */
  constructor(source: ISource, notebook: string, counts: CommentCounts) {
    this._source = source;
    this._notebook = notebook;
    this.counts = counts;
  }

  /** Whether nobody answers any more. */
  get gone(): boolean {
    return this._source.gone ?? false;
  }

  /** Return the threads of a point: the same ones while it is asked for no other. */
  about(point: IPoint): ThreadsModel {
    const target = `metric:${pointName(point)}`;
    if (this._threads?.state.target !== target) {
      this._threads?.dispose();
      this._threads = new ThreadsModel(this._source, threadsOf(this._notebook, { target }));
    }
    return this._threads;
  }

  /** Return the points of some lines of which something is said. */
  said(lines: readonly IPointLine[], metric: string): ISaid[] {
    return lines.flatMap(({ run }) =>
      this.counts
        .ofPoints(run, metric)
        .map(([step, count]) => ({ point: { run, metric, step }, count }))
    );
  }

  /** Tables of the book have changed. */
  tell(tables: readonly string[]): void {
    this._threads?.tell(tables);
  }

  dispose(): void {
    this._threads?.dispose();
    this._threads = null;
  }
}
