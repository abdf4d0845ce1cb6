/** Runs beside one another: what is asked, what was answered, and how it is shown. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { CompareRow, Curve, RunComparison } from '../_generated/types.ts';
import { lineOf, type ICurveLook, type ILine } from './curves.ts';
import { Rest } from './rest.ts';

/** The part of the server that is asked. */
export interface IComparisonSource {
  compare(notebook: string, runs: string[], baseline: number): Promise<RunComparison>;
  curves(notebook: string, runs: string[], metric: string, points: number): Promise<Curve[]>;
}

/** What a comparison is of, and how it is shown: enough to show it again. */
export interface IComparisonState extends ICurveLook {
  readonly notebook: string;
  readonly runs: readonly string[];
  readonly baseline: string;
  /** The metric whose curves are shown; empty for the first that has some. */
  readonly metric: string;
  /** Whether rows are shown that do not differ. */
  readonly everything: boolean;
}

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
    metric: '',
    everything: false,
    axis: 'step',
    log: false,
    smoothing: 0
  };
}

/** Milliseconds between two looks at runs that change all the time. */
const REST = 800;

/** Points a curve, at most. */
const POINTS = 600;

/** Runs whose curves are drawn, at most. */
const DRAWN = 40;

/** Tables whose changes show in a comparison. */
const SHOWN = new Set(['book', 'runs', 'metrics']);

/** One comparison. */
export class ComparisonModel {
  private readonly _source: IComparisonSource;
  private readonly _changed = new Signal<ComparisonModel, void>(this);
  private readonly _stateChanged = new Signal<ComparisonModel, void>(this);
  private _state: IComparisonState;
  private _comparison: RunComparison | null = null;
  private _curves: readonly Curve[] = [];
  private _lines: readonly ILine[] = [];
  private _problem = '';
  private _reading = 0;
  private readonly _rest = new Rest(() => void this.refresh(), REST);

  constructor(source: IComparisonSource, state: IComparisonState) {
    this._source = source;
    this._state = state;
  }

  /** Something is to be drawn anew. */
  get changed(): ISignal<ComparisonModel, void> {
    return this._changed;
  }

  /** What is compared, or how it is shown, was changed by hand. */
  get stateChanged(): ISignal<ComparisonModel, void> {
    return this._stateChanged;
  }

  get state(): IComparisonState {
    return this._state;
  }

  /** The runs beside one another; null until they are here. */
  get comparison(): RunComparison | null {
    return this._comparison;
  }

  /** What went wrong; empty where nothing did. */
  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._reading > 0 && this._comparison === null;
  }

  /** The metric whose curves are shown; empty where none has any. */
  get metric(): string {
    const { metric } = this._state;
    const metrics = this._comparison?.metrics ?? [];
    return metrics.includes(metric) ? metric : metrics[0] ?? '';
  }

  /** The curves of that metric. */
  get lines(): readonly ILine[] {
    return this._lines;
  }

  /** The rows that are shown. */
  get rows(): readonly CompareRow[] {
    const rows = this._comparison?.rows ?? [];
    return this._state.everything ? rows : rows.filter(row => row.differs);
  }

  /** How many rows are not shown. */
  get hidden(): number {
    return (this._comparison?.rows.length ?? 0) - this.rows.length;
  }

  /** Compare other runs, or show it in another way. */
  async change(change: Partial<IComparisonState>): Promise<void> {
    const before = this.metric;
    const asked = change.runs !== undefined || change.baseline !== undefined;
    this._state = { ...this._state, ...change };
    this._draw();
    this._stateChanged.emit();
    this._changed.emit();
    if (asked) {
      await this.refresh();
    } else if (before !== this.metric) {
      await this._read(() => this._readCurves());
    }
  }

  /** Take a run out; two stay at least. */
  drop(run: string): Promise<void> {
    const runs = this._state.runs.filter(one => one !== run);
    if (runs.length < 2) {
      return Promise.resolve();
    }
    const { baseline } = this._state;
    return this.change({ runs, baseline: baseline === run ? runs[0] : baseline });
  }

  /** The book has changed. */
  tell(tables: readonly string[]): void {
    if (tables.some(table => SHOWN.has(table))) {
      this._rest.ask();
    }
  }

  /** Read everything anew. */
  refresh(): Promise<void> {
    return this._read(async () => {
      const { notebook, runs, baseline } = this._state;
      const place = Math.max(0, runs.indexOf(baseline));
      const comparison = await this._source.compare(notebook, [...runs], place);
      if (runs === this._state.runs && baseline === this._state.baseline) {
        this._comparison = comparison;
      }
      this._changed.emit();
      await this._readCurves();
    });
  }

  private async _readCurves(): Promise<void> {
    const { metric } = this;
    const { notebook, runs } = this._state;
    const curves = metric
      ? await this._source.curves(notebook, runs.slice(0, DRAWN), metric, POINTS)
      : [];
    if (metric === this.metric) {
      this._curves = curves;
      this._draw();
    }
  }

  private async _read(read: () => Promise<void>): Promise<void> {
    this._reading++;
    this._changed.emit();
    try {
      await read();
      this._problem = '';
    } catch (error) {
      this._problem = error instanceof Error ? error.message : String(error);
    } finally {
      this._reading--;
      this._changed.emit();
    }
  }

  private _draw(): void {
    const heads = new Map(this._comparison?.runs.map(run => [run.run_id, run]));
    this._lines = this._curves.flatMap(curve => {
      const run = heads.get(curve.run_id);
      return run ? [lineOf(curve, run, this._state)] : [];
    });
  }
}
