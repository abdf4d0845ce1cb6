/** Runs beside one another: what is asked, what was answered, and how it is shown. */

import { Signal, type ISignal } from '@lumino/signaling';

import type {
  CompareRow,
  CurveLines,
  DashboardPanel,
  RunComparison,
  RunHead,
  RunsGrid
} from '../_generated/types.ts';
import { Answers } from './answers.ts';
import { CommentCounts } from './commentCounts.ts';
import { comparisonFile, only, type GridFormat, type ITableFile } from './export.ts';
import { GridModel, listing } from './grid.ts';
import { numbered } from './format.ts';
import { linesQuery, type ILinesQuery } from './linesQuery.ts';
import { checked, lookOf, type IComparisonState } from './looks.ts';
import { MediaModel } from './media.ts';
import { PointTalk } from './pointTalk.ts';
import { runsTarget, ThreadsModel, threadsOf } from './threads.ts';
import type { IRelationsLook } from './relations.ts';
import { Rest } from './rest.ts';
import type { ISource } from './source.ts';

/** Runs that a table has as columns unless somebody wants it otherwise, at most. */
const COLUMNS = 8;

/** Milliseconds between two looks at runs that change all the time. */
const REST = 800;

/** Points a curve, at most. */
const POINTS = 600;

/** Points a curve of a small picture, at most. */
const FEW_POINTS = 160;

/** Runs that stand in the table, at most: the server compares no more. */
const COMPARED = 100;

/** Runs that a comparison takes by itself: as `cellbook.views.comparison` has it. */
const FIRST = 5;

/** Runs whose curves are drawn, at most. */
const DRAWN = 40;

/** What the curves and the table rest on: it is what it was where nobody answers. */
const ASKED = [
  'runs',
  'unseen',
  'baseline',
  'metric',
  'all',
  'axis',
  'smoothing',
  'group',
  'band',
  'window'
] as const;

/** Tables whose changes show in a comparison. */
const SHOWN = new Set(['book', 'runs', 'metrics', 'metric_definitions', 'datasets', 'dataset_aliases', 'slices', 'reproductions']);

/** Whether the runs that are shown differ, by what is seen of them. */
function varies(row: CompareRow, places: readonly number[]): boolean {
  const told = places.map(place => `${row.cells[place].text} ${row.cells[place].full}`);
  return row.cells.length === places.length || new Set(told).size > 1;
}

/** One comparison. */
export class ComparisonModel {
  private readonly _source: ISource;
  private readonly _changed = new Signal<ComparisonModel, void>(this);
  private readonly _stateChanged = new Signal<ComparisonModel, void>(this);
  private _state: IComparisonState;
  private _comparison: RunComparison | null = null;
  private _lines: CurveLines | null = null;
  private _grid: GridModel | null = null;
  private _problem = '';
  /** What was looked at when something was last read: that is what is seen. */
  private _shown: Partial<IComparisonState> = {};
  private _waits: boolean;
  private _reading = 0;
  private _readings = 0;
  private _media: MediaModel | null = null;
  private _threads: ThreadsModel | null = null;
  private _answers: Answers | null = null;
  private _counts: CommentCounts | null = null;
  private _talk: PointTalk | null = null;
  private readonly _rest = new Rest(() => void this.refresh(), REST);

  constructor(source: ISource, state: IComparisonState) {
    this._source = source;
    this._state = checked(state);
    source.lost?.connect(this._lose, this);
    this._waits = state.runs.length === 0;
  }

  /** Whether nobody answers any more: what is seen stays as it is. */
  get gone(): boolean {
    return this._source.gone ?? false;
  }

  /** Whether a question can have an answer: in a page of its own, few can. */
  holds(question: string): boolean {
    return this._source.holds?.(question) ?? true;
  }

  /** Whether it is of no run yet: it takes the first ones that the book gets. */
  get waiting(): boolean {
    return this._waits && this._state.runs.length === 0;
  }

  /** What the runs show besides numbers. */
  get media(): MediaModel {
    return (this._media ??= new MediaModel(this._source, this._state.notebook));
  }

  /** What was said of the runs; asked for when somebody looks. */
  get threads(): ThreadsModel {
    return (this._threads ??= new ThreadsModel(
      this._source,
      threadsOf(this._state.notebook, { target: runsTarget(this._state.runs) })
    ));
  }

  /** How many comments there are on each run; asked for when somebody looks. */
  get counts(): CommentCounts {
    if (!this._counts) {
      this._counts = new CommentCounts(this._source, () => this._state.notebook);
      this._counts.changed.connect(() => this._changed.emit());
      void this._counts.refresh();
    }
    return this._counts;
  }

  /** What is said of points of the curves. */
  get talk(): PointTalk {
    return (this._talk ??= new PointTalk(this._source, this._state.notebook, this.counts));
  }

  /** What is asked of the runs beyond their comparison. */
  get answers(): Answers {
    return (this._answers ??= new Answers((question, query) => this.ask(question, query)));
  }

  /** Ask something of this comparison's book. */
  ask<T>(question: string, query: object): Promise<T> {
    return this._source.ask(this._state.notebook, question, query);
  }

  /** Change something in this comparison's book. */
  tellBook<T>(change: string, body: object): Promise<T> {
    return this._source.change(this._state.notebook, change, body);
  }

  /** Return the bytes of an artifact of a run. */
  artifact(run: string, path: string): Promise<BlobPart> {
    return this._source.artifact(this._state.notebook, run, path);
  }

  dispose(): void {
    this._media?.dispose();
    this._threads?.dispose();
    this._answers?.dispose();
    this._counts?.dispose();
    this._talk?.dispose();
    Signal.clearData(this);
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

  /** The runs that are shown; all where every one was hidden. */
  get seen(): readonly string[] {
    const { runs, unseen } = this._state;
    const left = unseen.length ? runs.filter(run => !unseen.includes(run)) : runs;
    return left.length ? left : runs;
  }

  /** The heads of the runs that are hidden. */
  get hiddenRuns(): readonly RunHead[] {
    const seen = new Set(this.seen);
    return (this._comparison?.runs ?? []).filter(run => !seen.has(run.run_id));
  }

  /** The places of the runs that are shown among those of the comparison. */
  get places(): readonly number[] {
    const seen = new Set(this.seen);
    const runs = this._comparison?.runs ?? [];
    return runs.flatMap((run, place) => (seen.has(run.run_id) ? [place] : []));
  }

  /** Hide a run, or show it again; one stays. */
  hide(run: string, hidden = true): Promise<void> {
    const unseen = this._state.unseen.filter(one => one !== run && this._state.runs.includes(one));
    if (hidden && this.seen.length < 2) {
      return Promise.resolve();
    }
    return this.change({ unseen: hidden ? [...unseen, run] : unseen });
  }

  /** How many runs there are, those beyond the table among them. */
  get count(): number {
    const beyond = Math.max(0, this._state.runs.length - COMPARED);
    return (this._comparison?.runs.length ?? 0) + beyond;
  }

  /** What went wrong; empty where nothing did. */
  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._reading > 0 && this._comparison === null && !this.waiting;
  }

  /** The metric whose curves are shown; empty where none has any. */
  get metric(): string {
    const { metric } = this._state;
    const metrics = this._comparison?.metrics ?? [];
    return metrics.includes(metric) ? metric : metrics[0] ?? '';
  }

  /** The curves of that metric; null until they are here. */
  get lines(): CurveLines | null {
    return this._lines;
  }

  /** The numbers of the runs whose lines are drawn. */
  get numbers(): readonly number[] {
    const { runs = [] } = this._comparison ?? {};
    return this.places.slice(0, DRAWN).map(place => runs[place].number);
  }

  /** What runs can be grouped by. */
  get groups(): readonly string[] {
    const parts = { Params: 'params', Tags: 'tags' } as Record<string, string>;
    return (this._comparison?.rows ?? [])
      .filter(row => row.group in parts && row.differs)
      .map(row => `${parts[row.group]}.${row.name}`);
  }

  /** The rows that are shown. */
  get rows(): readonly CompareRow[] {
    const rows = this._comparison?.rows ?? [];
    const { places } = this;
    // One run differs from nothing: all there is of it is shown.
    return this._state.everything || places.length < 2
      ? rows
      : rows.filter(row => row.differs && varies(row, places));
  }

  /** Whether runs are rows of the table. */
  get asRows(): boolean {
    return this._state.rows ?? this._state.runs.length > COLUMNS;
  }

  /** The table in which they are rows; made when it is first shown. */
  get grid(): GridModel {
    if (!this._grid) {
      const { notebook, baseline, everything } = this._state;
      const runs = this.seen;
      const grid = new GridModel(this._source, listing(notebook, { runs, baseline, everything }));
      grid.stateChanged.connect(() => {
        const wanted = grid.state.baseline || this._state.baseline;
        if (wanted !== this._state.baseline && this._state.runs.includes(wanted)) {
          void this.change({ baseline: wanted });
        }
      });
      this._grid = grid;
      void grid.refresh();
    }
    return this._grid;
  }

  /** How many rows are not shown. */
  get hidden(): number {
    return (this._comparison?.rows.length ?? 0) - this.rows.length;
  }

  /** Compare other runs, or show it in another way. */
  async change(change: Partial<IComparisonState>): Promise<void> {
    const before = this.linesKey;
    const asked = change.runs !== undefined || change.baseline !== undefined;
    // Another axis or metric has other ends.
    const moved = change.axis !== undefined || change.metric !== undefined;
    this._waits &&= change.runs === undefined;
    this._state = { ...this._state, ...(moved ? { window: null } : {}), ...change };
    this._stateChanged.emit();
    this._changed.emit();
    const { baseline } = this._state;
    if (this._grid && (change.runs || change.unseen || this._grid.state.baseline !== baseline)) {
      void this._grid.change({ runs: this.seen, baseline });
    }
    if (asked) {
      await this.refresh();
    } else if (before !== this.linesKey) {
      await this._read(() => this._readLines());
    }
  }

  /** Return the curves of any metric, for a small picture. */
  async linesOf(metric: string): Promise<CurveLines> {
    const key = this.linesKey;
    try {
      const lines = await this._source.ask<CurveLines>(
        this._state.notebook,
        'lines',
        this._linesQuery(metric, FEW_POINTS)
      );
      this._settle(key);
      return lines;
    } catch (error) {
      this._goBack(key);
      throw error;
    }
  }

  /** The run whose details are looked at. */
  get run(): string {
    const { runs, run, baseline } = this._state;
    return runs.includes(run) ? run : baseline;
  }

  /** The run whose code is compared with the baseline's; empty where there is no other. */
  get other(): string {
    const { runs, other, baseline } = this._state;
    const others = runs.filter(run => run !== baseline);
    return others.includes(other) ? other : others[0] ?? '';
  }

  /** Look at params and metrics in another way. */
  relate(change: Partial<IRelationsLook>): Promise<void> {
    return this.change({ relations: { ...this._state.relations, ...change } });
  }

  /** Goes up with each reading of what the runs are. */
  get readings(): number {
    return this._readings;
  }

  /** Return what the table shows, as a file. */
  file(format: GridFormat): Promise<ITableFile> {
    const [comparison, rows] = only(this._comparison!, this.rows, this.places);
    return comparisonFile(comparison, rows, format, query => this.ask('grid-file', query));
  }

  /** What of it goes on a dashboard. */
  get pinned(): Partial<DashboardPanel> {
    const { runs } = this._state;
    const title = numbered((this._comparison?.runs ?? []).map(run => run.number));
    return { title, runs: [...runs], look: lookOf(this._state) };
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
    if (this.asRows) {
      this._grid?.tell(tables);
    }
    this._threads?.tell(tables);
    this._counts?.tell(tables);
    this._talk?.tell(tables);
  }

  /** Read everything anew. */
  refresh(): Promise<void> {
    return this._read(async () => {
      await this._takeFirst();
      const { notebook, runs, baseline } = this._state;
      if (!runs.length) {
        return;
      }
      const compared = runs.slice(0, COMPARED);
      const place = Math.max(0, compared.indexOf(baseline));
      const comparison = await this._source.ask<RunComparison>(notebook, 'compare', {
        runs: compared,
        baseline: place
      });
      if (runs === this._state.runs && baseline === this._state.baseline) {
        this._comparison = comparison;
        this._readings++;
      }
      this._changed.emit();
      await this._readLines();
    });
  }

  /** Where nobody named runs as there were none, take those that there are now: the first few. */
  private async _takeFirst(): Promise<void> {
    if (!this._waits) {
      return;
    }
    const { notebook, runs: before } = this._state;
    const query = { limit: FIRST, order_by: 'start_time DESC' };
    const { rows } = await this._source.ask<RunsGrid>(notebook, 'grid', query);
    if (this._waits && rows.length > before.length) {
      const runs = rows.map(row => row.run_id).reverse();
      this._state = { ...this._state, runs, baseline: runs[0] };
      this._waits = runs.length < FIRST;
      this._stateChanged.emit();
    }
  }

  private async _readLines(): Promise<void> {
    const key = this.linesKey;
    const { metric } = this;
    if (!metric || this._state.all) {
      this._lines = null;
      return;
    }
    const query = this._linesQuery(metric, POINTS);
    const lines = await this._source.ask<CurveLines>(this._state.notebook, 'lines', query);
    if (key === this.linesKey) {
      this._lines = lines;
      this._settle(key);
    }
  }

  private _linesQuery(metric: string, points: number): ILinesQuery {
    return linesQuery(this._state, this.seen.slice(0, DRAWN), metric, points);
  }

  /** What the curves depend on. */
  get linesKey(): string {
    const { all, axis, smoothing, group, band, window } = this._state;
    return JSON.stringify([this.seen, all || this.metric, axis, smoothing, group, band, window]);
  }

  /** What is looked at is what is seen now. */
  private _settle(key: string): void {
    if (key === this.linesKey) {
      this._shown = Object.fromEntries(ASKED.map(name => [name, this._state[name]]));
    }
  }

  /** Look at what is seen again: what was chosen since has no answer. */
  private _goBack(key: string): void {
    const back = { ...this._state, ...this._shown };
    if (key === this.linesKey && JSON.stringify(back) !== JSON.stringify(this._state)) {
      this._state = back;
      void this._grid?.change({ runs: this.seen, baseline: back.baseline });
      this._stateChanged.emit();
      this._changed.emit();
    }
  }

  private _lose(): void {
    this._changed.emit();
  }

  private async _read(read: () => Promise<void>): Promise<void> {
    const key = this.linesKey;
    this._reading++;
    this._changed.emit();
    try {
      await read();
      this._problem = '';
    } catch (error) {
      this._problem = error instanceof Error ? error.message : String(error);
      this._goBack(key);
    } finally {
      this._reading--;
      this._changed.emit();
    }
  }
}
