/** The runs of a book as the sidebar lists them. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { RunRow, RunsPage } from '../_generated/types.ts';
import { isAbsent } from './absent.ts';
import { Choice } from './choice.ts';
import { Pages } from './pages.ts';
import { Rest } from './rest.ts';

/** The part of the server that is asked. */
export interface IRunsSource {
  runs(
    notebook: string,
    options: { query: string; order_by: string; limit: number; offset: number }
  ): Promise<RunsPage>;
  changeRun(notebook: string, run: string, changes: IRunChanges): Promise<RunRow>;
}

/** What may be changed of a run. */
export interface IRunChanges {
  run_name?: string;
  description?: string;
  tags?: { [key: string]: string };
  drop_tags?: string[];
  archived?: boolean;
  trashed?: boolean;
}

/** A row, and what its page shows of it. */
export interface IRunItem {
  readonly row: RunRow;
  /** The metric that stands beside the name, and whose curve is drawn. */
  readonly metric: string | null;
  readonly params: readonly string[];
}

/** What is written where details are shown. */
type IField = 'tags' | 'notes' | 'discussion';

/** A metric, or a point of its curve. */
export interface IPoint {
  readonly metric: string;
  readonly step: number | null;
}

/** Something that was done and can be undone. */
export interface IDone {
  readonly what: 'trashed' | 'archived';
  readonly runs: readonly RunRow[];
}

/** What went wrong when something was asked for. */
export interface IProblem {
  readonly message: string;
  /** Whether it is the query that is wrong. */
  readonly query: boolean;
}

/** Tables whose changes show in the list. */
const SHOWN = new Set(['book', 'runs', 'cells', 'metrics', 'metric_definitions']);

/** Milliseconds between two looks at a book that changes all the time. */
const REST = 500;

/** What a book holds that was never made. */
const NOTHING: RunsPage = {
  rows: [],
  params: [],
  metrics: [],
  spark_metric: null,
  query: '',
  more: false,
  empty_book: true,
  hint: '',
  now: 0,
  note: ''
};

/** Queries that are remembered. */
const REMEMBERED = 20;

/** A list of runs: what is asked, what was answered, what is chosen. */
export class RunsModel {
  private readonly _source: IRunsSource;
  private readonly _notebook: () => string;
  private readonly _changed = new Signal<RunsModel, void>(this);
  private readonly _pages = new Pages<IRunItem>(item => item.row.run_id);
  private _page: RunsPage | null = null;
  private _readAt = 0;
  private _query = '';
  private _order = '';
  private _problem: IProblem | null = null;
  private _choice = new Choice();
  private _kept = new Map<string, RunRow>();
  private _details: string | null = null;
  private _editing: IField | null = null;
  private _point: IPoint | null = null;
  private _renaming: string | null = null;
  private _done: IDone | null = null;
  private _queries: readonly string[] = [];
  private _range: readonly [number, number] = [0, 0];
  private _reading: Promise<void> | null = null;
  /** Whether another list than the one shown is asked for. */
  private _asking = false;
  /** Counts lists that were asked for: an answer that is late is none. */
  private _generation = 0;
  private _list = 0;
  /** Counts changes of the book. */
  private _epoch = 0;
  private readonly _rest = new Rest(() => void this.refresh(), REST);

  /**
   * @param source - The server.
   * @param notebook - Tells whose book it is.
   */
  constructor(source: IRunsSource, notebook: () => string) {
    this._source = source;
    this._notebook = notebook;
  }

  /** Something is to be drawn anew. */
  get changed(): ISignal<RunsModel, void> {
    return this._changed;
  }

  get items(): readonly IRunItem[] {
    return this._pages.rows;
  }

  /** Whether the list goes on. */
  get more(): boolean {
    return this._page !== null && this._pages.more;
  }

  /** What was read last; null before anything was. */
  get page(): RunsPage | null {
    return this._page;
  }

  /** The time at the server, in milliseconds since 1970. */
  get now(): number {
    return (this._page?.now ?? Date.now()) + (performance.now() - this._readAt);
  }

  get query(): string {
    return this._query;
  }

  get order(): string {
    return this._order;
  }

  /** Counts lists that were shown: another one begins at its top. */
  get list(): number {
    return this._list;
  }

  /** Whether somebody waits for another list than the one shown. */
  get busy(): boolean {
    return this._asking;
  }

  get problem(): IProblem | null {
    return this._problem;
  }

  get choice(): Choice {
    return this._choice;
  }

  set choice(choice: Choice) {
    // What is chosen stays so while another query is asked: it may be compared with what that finds.
    const rows = [...choice.chosen].flatMap(run => this.find(run) ?? this._kept.get(run) ?? []);
    this._kept = new Map(rows.map(row => [row.run_id, row]));
    this._choice = choice;
    this._changed.emit();
  }

  /** The chosen rows, in the list or not, the newest first. */
  get chosen(): readonly RunRow[] {
    const rows = [...this._kept].map(([run, row]) => this.find(run) ?? row);
    return rows.sort((a, b) => b.number - a.number);
  }

  /** The run whose details are shown instead of the list. */
  get details(): string | null {
    return this._details;
  }

  set details(run: string | null) {
    this._details = run;
    this._editing = null;
    this._point = null;
    this._changed.emit();
  }

  /** What is to be written first where details are shown. */
  get editing(): IField | null {
    return this._editing;
  }

  /** Show a run's details, ready to write its tags or notes, or to discuss it. */
  edit(run: string, field: IField): void {
    this.details = run;
    this._editing = field;
    this._changed.emit();
  }

  /** The point of a curve that is marked where details are shown. */
  get point(): IPoint | null {
    return this._point;
  }

  /** Show a run's details, and in them a metric's curve, with a step of it marked. */
  mark(run: string, point: IPoint): void {
    this.details = run;
    this._point = point;
    this._changed.emit();
  }

  /** The run whose name is being written. */
  get renaming(): string | null {
    return this._renaming;
  }

  set renaming(run: string | null) {
    this._renaming = run;
    this._changed.emit();
  }

  /** What was done last and can be undone. */
  get done(): IDone | null {
    return this._done;
  }

  /** Queries that were asked and found something, the last one first. */
  get queries(): readonly string[] {
    return this._queries;
  }

  set queries(queries: readonly string[]) {
    this._queries = queries.slice(0, REMEMBERED);
    this._changed.emit();
  }

  /** Return a row of the list. */
  find(run: string): RunRow | undefined {
    return this._pages.get(run)?.row;
  }

  /** Ask for other runs, or for another order; what is shown stays until they are here. */
  ask(asked: { query?: string; order?: string }): Promise<void> {
    const { query = this._query, order = this._order } = asked;
    if (query === this._query && order === this._order && !this._problem) {
      return Promise.resolve();
    }
    this._query = query;
    this._order = order;
    return this._restart();
  }

  /** Another notebook is in sight: nothing of the former book stays. */
  reset(): Promise<void> {
    this._pages.clear();
    this._page = null;
    this._problem = null;
    this.choice = new Choice();
    this._details = null;
    this._renaming = null;
    this._done = null;
    return this._restart();
  }

  /** The book has changed. */
  tell(tables: readonly string[]): void {
    if (tables.some(table => SHOWN.has(table))) {
      this._rest.ask();
    }
  }

  /** Read everything in sight anew. */
  refresh(): Promise<void> {
    this._epoch++;
    this._pages.expire();
    return this._read();
  }

  /** These rows are in sight. */
  show(first: number, last: number): void {
    this._range = [first, last];
    if (this._page && !this._problem && this._pages.wanted(first, last).length) {
      void this._read();
    }
  }

  /** Change a run. */
  async change(run: string, changes: IRunChanges): Promise<void> {
    const row = await this._source.changeRun(this._notebook(), run, changes);
    const item = this._pages.get(run);
    if (item) {
      // Shown at once: the server's own word may take a moment.
      const { run_name: name = item.row.name, description: notes = item.row.notes } = changes;
      const gone = this._leaves(row);
      this._pages.replace(run, gone ? null : { ...item, row: { ...item.row, name, notes } });
      this._changed.emit();
    }
  }

  /** Put runs in the trash or the archive; `undo` takes them out again. */
  async put(what: IDone['what'], runs: readonly RunRow[]): Promise<void> {
    const moved: RunRow[] = [];
    try {
      for (const run of runs) {
        await this.change(run.run_id, { [what]: true });
        moved.push(run);
      }
    } finally {
      if (moved.length) {
        const ids = new Set(moved.map(run => run.run_id));
        this._done = { what, runs: moved };
        this.choice = this._choice.only([...this._choice.chosen].filter(id => !ids.has(id)));
        if (this._details !== null && ids.has(this._details)) {
          this._details = null;
        }
        this._changed.emit();
      }
    }
  }

  /** Take back what was done last. */
  async undo(): Promise<void> {
    const done = this._done;
    if (done) {
      this.settle();
      await this.takeOut(done.what, done.runs);
    }
  }

  /** Take runs out of the trash or the archive. */
  async takeOut(what: IDone['what'], runs: readonly RunRow[]): Promise<void> {
    try {
      for (const run of runs) {
        await this._source.changeRun(this._notebook(), run.run_id, { [what]: false });
      }
    } finally {
      await this.refresh();
    }
  }

  /** What was done last is settled: nothing is offered any more. */
  settle(): void {
    this._done = null;
    this._changed.emit();
  }

  private _leaves(row: RunRow): boolean {
    // A query may ask for the archive or the trash; what such a list shows it tells itself.
    return (row.trashed && !/trashed/i.test(this._query)) ||
      (row.archived && !/archived/i.test(this._query));
  }

  private _restart(): Promise<void> {
    this._generation++;
    this._range = [0, 0];
    this._asking = true;
    this._reading = null;
    return this._read();
  }

  /** Read what is in sight and may have changed; one request is under way at a time. */
  private _read(): Promise<void> {
    if (!this._reading) {
      const reading = this._readAll(this._generation).finally(() => {
        if (this._reading === reading) {
          this._reading = null;
          this._asking = false;
          this._changed.emit();
        }
      });
      this._reading = reading;
      this._changed.emit();
    }
    return this._reading;
  }

  private async _readAll(generation: number): Promise<void> {
    const places = () => (this._asking ? [0] : this._pages.wanted(...this._range));
    for (let wanted = places(); wanted.length; wanted = places()) {
      const epoch = this._epoch;
      let read: RunsPage[];
      try {
        read = await Promise.all(wanted.map(place => this._readPage(place)));
      } catch (error) {
        if (generation === this._generation) {
          if (isAbsent(error)) {
            this._take([0], [NOTHING]);
          } else {
            this._problem = this._told(error);
          }
        }
        return;
      }
      if (generation !== this._generation) {
        return;
      }
      this._take(wanted, read);
      if (epoch !== this._epoch) {
        this._pages.expire();
      }
      this._changed.emit();
    }
  }

  private _readPage(place: number): Promise<RunsPage> {
    const { size } = this._pages;
    return this._source.runs(this._notebook(), {
      query: this._query,
      order_by: this._order,
      limit: size,
      offset: place * size
    });
  }

  private _take(places: readonly number[], read: readonly RunsPage[]): void {
    if (this._asking) {
      this._asking = false;
      this._list++;
      this._pages.clear();
      if (this._query && read[0].rows.length) {
        this.queries = [this._query, ...this._queries.filter(query => query !== this._query)];
      }
    }
    this._problem = null;
    const first = read[places.indexOf(0)];
    this._page = first ?? { ...this._page!, now: read[0].now };
    this._readAt = performance.now();
    this._pages.put(
      new Map(places.map((place, at) => [place, { rows: items(read[at]), more: read[at].more }]))
    );
  }

  private _told(error: unknown): IProblem {
    const status = (error as { status?: number }).status;
    const message = error instanceof Error ? error.message : String(error);
    return { message, query: status === 400 && this._query !== '' };
  }
}

function items(page: RunsPage): IRunItem[] {
  const metric = page.spark_metric ?? page.metrics[0] ?? null;
  return page.rows.map(row => ({ row, metric, params: page.params }));
}
