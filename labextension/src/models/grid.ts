/** A table of many runs: what is asked, what was answered of it, what is chosen. */

import { Signal, type ISignal } from '@lumino/signaling';

import type {
  DashboardPanel,
  GridColumn,
  GridColumns,
  GridFile,
  GridRow,
  RunsGrid
} from '../_generated/types.ts';
import { fileOf, type GridFormat, type ITableFile } from './export.ts';
import { numbered } from './format.ts';
import { Rest } from './rest.ts';
import type { ISource } from './source.ts';

/** Which runs a table has, and how it shows them: enough to show it again. */
export interface IGridState {
  readonly notebook: string;
  /** A filter; empty for all. */
  readonly query: string;
  /** Ids, where the table is of these alone. */
  readonly runs: readonly string[];
  /** Such as ``metrics.`acc` DESC``; empty for the newest first, or as `runs` has them. */
  readonly order: string;
  /** Keys of columns; empty for those that tell most. */
  readonly columns: readonly string[];
  /** Whether columns are shown, too, in which the runs do not differ. */
  readonly everything: boolean;
  /** At most so many rows; 0 for all. */
  readonly most: number;
  /** The run that the others are compared with; empty for none. */
  readonly baseline: string;
  /** What is to be said beforehand. */
  readonly notes?: readonly string[];
}

/** Rows of a block: they are asked for together. */
export const BLOCK = 50;

/** Runs on a panel of a dashboard, at most: as `cellbook.dashboards` has it. */
const PINNED = 100;

/** Milliseconds between two looks at a book that changes all the time. */
const REST = 800;

/** Tables whose changes show. */
const SHOWN = new Set([
  'book',
  'runs',
  'cells',
  'metrics',
  'metric_definitions',
  'sessions',
  'datasets'
]);

/** Return the state of a table. */
export function listing(notebook: string, state: Partial<IGridState> = {}): IGridState {
  return {
    notebook,
    query: '',
    runs: [],
    order: '',
    columns: [],
    everything: false,
    most: 0,
    baseline: '',
    ...state
  };
}

/** One table. */
export class GridModel {
  private readonly _source: ISource;
  private readonly _changed = new Signal<GridModel, void>(this);
  private readonly _stateChanged = new Signal<GridModel, void>(this);
  private readonly _rest = new Rest(() => void this.refresh(), REST);
  private _state: IGridState;
  private _page: RunsGrid | null = null;
  private _blocks = new Map<number, readonly GridRow[]>();
  private _coming = new Set<number>();
  private _texts = new WeakMap<GridRow, string>();
  private _range: readonly [number, number] = [0, 0];
  /** Counts what was asked for: an answer that is late is none. */
  private _generation = 0;
  private _list = 0;
  private _asking = 0;
  private _problem = '';
  private _chosen = new Map<string, GridRow>();
  private _at = 0;
  private _atRun: string | null = null;
  private _anchor = 0;

  constructor(source: ISource, state: IGridState) {
    this._source = source;
    this._state = state;
  }

  /** Something is to be drawn anew. */
  get changed(): ISignal<GridModel, void> {
    return this._changed;
  }

  /** What is shown, or how, was changed by hand. */
  get stateChanged(): ISignal<GridModel, void> {
    return this._stateChanged;
  }

  get state(): IGridState {
    return this._state;
  }

  /** What the last answer said of the whole table; null before there was one. */
  get page(): RunsGrid | null {
    return this._page;
  }

  get columns(): readonly GridColumn[] {
    return this._page?.columns ?? [];
  }

  /** The keys of the columns that are shown, or will be when they are here. */
  get keys(): readonly string[] {
    const { columns } = this._state;
    return columns.length ? columns : this.columns.map(({ key }) => key);
  }

  get total(): number {
    return this._page?.total ?? 0;
  }

  /** What went wrong; empty where nothing did. */
  get problem(): string {
    return this._problem;
  }

  /** Whether somebody waits for another table than the one shown. */
  get busy(): boolean {
    return this._asking > 0;
  }

  /** Counts tables that were shown: another one begins at its top. */
  get list(): number {
    return this._list;
  }

  /** Return a row; undefined where it is not here yet. */
  row(place: number): GridRow | undefined {
    return this._blocks.get(Math.floor(place / BLOCK))?.[place % BLOCK];
  }

  /** Return the place of a run among the rows that are here; -1 where it is not. */
  placeOf(run: string): number {
    for (const [block, rows] of this._blocks) {
      const place = rows.findIndex(row => row.run_id === run);
      if (place >= 0) {
        return block * BLOCK + place;
      }
    }
    return -1;
  }

  /** Whether a row that is here is of a run that runs. */
  get running(): boolean {
    return [...this._blocks.values()].some(rows => rows.some(row => row.state === 'running'));
  }

  // -- what is asked ------------------------------------------------------------------------

  /** Show other runs, or show them in another way; what is shown stays until they are here. */
  change(change: Partial<IGridState>): Promise<void> {
    this._state = { ...this._state, ...change };
    this._stateChanged.emit();
    const moved = ['query', 'runs', 'order', 'most'].some(name => name in change);
    if (moved) {
      this._range = [0, Math.max(this._range[1] - this._range[0], BLOCK - 1)];
    }
    return this._read(moved);
  }

  /** Order by a column: upwards, then downwards, then as it was at first. */
  sort(column: GridColumn): Promise<void> {
    const order = this._page?.order;
    if (!column.field || !order || order.key !== column.key || !this._state.order) {
      return this.change({ order: column.field && `${column.field} ASC` });
    }
    return this.change({ order: order.descending ? '' : `${column.field} DESC` });
  }

  /** Show columns, in this order. */
  show(columns: readonly string[]): Promise<void> {
    return this.change({ columns });
  }

  /** Show a column, beside those of its group, or no longer. */
  toggle(column: GridColumn): Promise<void> {
    const keys = [...this.keys];
    if (keys.includes(column.key)) {
      return keys.length > 1 ? this.show(keys.filter(key => key !== column.key)) : Promise.resolve();
    }
    const group = this.columns.filter(one => one.group === column.group);
    const last = keys.lastIndexOf(group[group.length - 1]?.key);
    keys.splice(last < 0 ? keys.length : last + 1, 0, column.key);
    return this.show(keys);
  }

  /** Put a column before the one that is at a place now. */
  move(key: string, place: number): Promise<void> {
    const keys = [...this.keys];
    const from = keys.indexOf(key);
    const to = Math.max(0, Math.min(place, keys.length));
    if (from < 0 || to === from || to === from + 1) {
      return Promise.resolve();
    }
    keys.splice(from, 1);
    keys.splice(to > from ? to - 1 : to, 0, key);
    return this.show(keys);
  }

  /** The book has changed. */
  tell(tables: readonly string[]): void {
    if (tables.some(table => SHOWN.has(table))) {
      this._rest.ask();
    }
  }

  /** Read what is in sight anew. */
  refresh(): Promise<void> {
    return this._read(false);
  }

  /** These rows are in sight: have them read. */
  look(first: number, last: number): void {
    this._range = [first, last];
    if (this._page) {
      this._wanted()
        .filter(block => !this._blocks.has(block) && !this._coming.has(block))
        .forEach(block => void this._fetch(block));
    }
  }

  /** Find columns whose names hold all words of a text. */
  findColumns(text: string): Promise<GridColumns> {
    const { notebook, query, runs } = this._state;
    return this._source.ask(notebook, 'grid-columns', { query, runs, text, limit: 200 });
  }

  /** Return the whole table as a file. */
  async file(format: GridFormat): Promise<ITableFile> {
    return fileOf(await this.ask<GridFile>('grid-file', { format, ...this._asked() }));
  }

  /** Ask something of this table's book. */
  ask<T>(question: string, query: object): Promise<T> {
    return this._source.ask(this._state.notebook, question, query);
  }

  /** Change something in this table's book. */
  tellBook<T>(change: string, body: object): Promise<T> {
    return this._source.change(this._state.notebook, change, body);
  }

  /** What of it goes on a dashboard: the chosen runs, else those that are named or found. */
  get pinned(): Partial<DashboardPanel> {
    const { query, runs, most, baseline, everything } = this._state;
    const chosen = [...this._chosen.values()].sort((a, b) => a.number - b.number);
    const named = chosen.length ? chosen.map(row => row.run_id) : runs;
    const of = chosen.length ? chosen : runs.length ? [...(this._blocks.get(0) ?? [])] : [];
    return {
      title: of.length ? numbered(of.map(row => row.number)) : query || 'Newest runs',
      runs: named.slice(0, PINNED) as string[],
      query: chosen.length || runs.length ? '' : query,
      limit: Math.min(most || PINNED, PINNED),
      look: { rows: true, baseline, everything }
    };
  }

  // -- what is chosen -----------------------------------------------------------------------

  /** The chosen runs, whether or not the table still has them. */
  get chosen(): ReadonlyMap<string, GridRow> {
    return this._chosen;
  }

  /** The place of the row that keys act on. */
  get at(): number {
    return Math.min(this._at, Math.max(this.total - 1, 0));
  }

  /** Go to a row; with `stretch`, choose all from where one began. */
  go(place: number, stretch = false): void {
    this._at = Math.max(0, Math.min(place, this.total - 1));
    this._atRun = this.row(this._at)?.run_id ?? null;
    if (stretch) {
      void this._choose(this._anchor, this._at);
    } else {
      this._anchor = this._at;
    }
    this._changed.emit();
  }

  /** Choose the row at a place, or no longer. */
  tick(place: number): void {
    const row = this.row(place);
    if (row) {
      this._toggle(row);
    }
    this.go(place);
  }

  /** Choose the baseline, wherever its place is, or no longer. */
  tickBaseline(): void {
    const row = this._page?.baseline;
    if (row) {
      this._toggle(row);
      this._changed.emit();
    }
  }

  private _toggle(row: GridRow): void {
    const chosen = new Map(this._chosen);
    if (!chosen.delete(row.run_id)) {
      chosen.set(row.run_id, row);
    }
    this._chosen = chosen;
  }

  /** Choose nothing. */
  clear(): void {
    this._chosen = new Map();
    this._changed.emit();
  }

  private async _choose(from: number, to: number): Promise<void> {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const blocks = between(first, last).filter(block => !this._blocks.has(block));
    await Promise.all(blocks.map(block => this._fetch(block)));
    const chosen = new Map<string, GridRow>();
    for (let place = first; place <= last; place++) {
      const row = this.row(place);
      if (row) {
        chosen.set(row.run_id, row);
      }
    }
    this._chosen = chosen;
    this._changed.emit();
  }

  // -- reading ------------------------------------------------------------------------------

  private _asked(): object {
    const { query, runs, order, columns, everything, most, baseline } = this._state;
    return {
      query,
      runs,
      order_by: order,
      columns: columns.length ? JSON.stringify(columns) : '',
      show: everything ? 'all' : 'differing',
      most,
      baseline
    };
  }

  private _ask(block: number): Promise<RunsGrid> {
    return this._source.ask(this._state.notebook, 'grid', {
      ...this._asked(),
      offset: block * BLOCK,
      limit: BLOCK
    });
  }

  private _wanted(): number[] {
    return between(...this._range);
  }

  /** Read the blocks in sight, and show them together when they are here. */
  private async _read(top: boolean): Promise<void> {
    const generation = ++this._generation;
    const waited = top || this._page === null;
    this._asking += waited ? 1 : 0;
    this._changed.emit();
    try {
      const wanted = this._wanted();
      const pages = await Promise.all(wanted.map(block => this._ask(block)));
      if (generation !== this._generation) {
        return;
      }
      this._blocks = new Map(
        wanted.map((block, place) => [block, this._same(pages[place].rows)])
      );
      this._coming.clear();
      this._page = pages[0];
      this._problem = '';
      this._settle(top);
    } catch (error) {
      if (generation === this._generation) {
        this._problem = error instanceof Error ? error.message : String(error);
      }
    } finally {
      this._asking -= waited ? 1 : 0;
      this._changed.emit();
    }
  }

  private async _fetch(block: number): Promise<void> {
    const generation = this._generation;
    this._coming.add(block);
    try {
      const page = await this._ask(block);
      if (generation === this._generation) {
        this._blocks.set(block, this._same(page.rows));
        this._changed.emit();
      }
    } catch (error) {
      if (generation === this._generation) {
        this._problem = error instanceof Error ? error.message : String(error);
        this._changed.emit();
      }
    } finally {
      this._coming.delete(block);
    }
  }

  /** Keys and choice follow their runs to where these are now. */
  private _settle(top: boolean): void {
    if (top) {
      this._list++;
      this._at = this._anchor = 0;
      this._atRun = null;
    } else if (this._atRun !== null) {
      const place = this.placeOf(this._atRun);
      this._at = place >= 0 ? place : this._at;
    }
    for (const rows of this._blocks.values()) {
      for (const row of rows) {
        if (this._chosen.has(row.run_id)) {
          this._chosen.set(row.run_id, row);
        }
      }
    }
  }

  /** Return rows, those that are as they were as the same objects: they need no drawing. */
  private _same(rows: readonly GridRow[]): readonly GridRow[] {
    const old = new Map([...this._blocks.values()].flat().map(row => [row.run_id, row]));
    return rows.map(row => {
      const text = JSON.stringify(row);
      const known = old.get(row.run_id);
      if (known && this._texts.get(known) === text) {
        return known;
      }
      this._texts.set(row, text);
      return row;
    });
  }
}

/** Return the blocks that hold some rows. */
function between(first: number, last: number): number[] {
  const from = Math.floor(Math.max(first, 0) / BLOCK);
  const to = Math.max(Math.floor(Math.max(last, 0) / BLOCK), from);
  return Array.from({ length: to - from + 1 }, (_, place) => from + place);
}
