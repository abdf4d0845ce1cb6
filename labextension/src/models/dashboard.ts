/** Panels that somebody put together under a name: what they show, and what is changed by hand. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { DashboardPanel, ShownDashboard, ShownPanel } from '../_generated/types.ts';
import { ComparisonModel } from './comparison.ts';
import { comparing, lookOf, type IComparisonState } from './looks.ts';
import type { ISource } from './source.ts';
import { ThreadsModel, threadsOf } from './threads.ts';

/** One panel on the page. */
export interface IPlaced {
  /** Tells it from the others, wherever it is moved. */
  readonly key: number;
  readonly panel: DashboardPanel;
  readonly problem: string;
  /** Null where it has no runs to show. */
  readonly model: ComparisonModel | null;
}

/** A dashboard. */
export class DashboardModel {
  private readonly _source: ISource;
  private readonly _notebook: string;
  private readonly _changed = new Signal<DashboardModel, void>(this);
  private _name: string;
  private _panels: readonly IPlaced[] = [];
  private _touched = false;
  /** When what was read was last changed: who saves says which state it is a change of. */
  private _read: number | null = null;
  private _problem = '';
  private _ready = false;
  private _next = 0;
  private _threads: ThreadsModel | null = null;

  constructor(source: ISource, notebook: string, name: string) {
    this._source = source;
    this._notebook = notebook;
    this._name = name;
    source.lost?.connect(this._lose, this);
  }

  /** Whether nobody answers any more: it stays as it is, as nothing could be kept. */
  get gone(): boolean {
    return this._source.gone ?? false;
  }

  get changed(): ISignal<DashboardModel, void> {
    return this._changed;
  }

  get name(): string {
    return this._name;
  }

  get panels(): readonly IPlaced[] {
    return this._panels;
  }

  /** What was said of it; to be asked for once it has been read. */
  get threads(): ThreadsModel {
    const target = `dashboard:${this._name}`;
    return (this._threads ??= new ThreadsModel(this._source, threadsOf(this._notebook, { target })));
  }

  /** Whether something was changed by hand and is not kept yet. */
  get touched(): boolean {
    return this._touched;
  }

  get problem(): string {
    return this._problem;
  }

  /** Whether it has been read. */
  get ready(): boolean {
    return this._ready;
  }

  /** Read it anew; what was changed by hand is forgotten. */
  refresh(): Promise<void> {
    return this._try(async () => {
      const query = { name: this._name };
      this._take(await this._source.ask<ShownDashboard>(this._notebook, 'dashboard', query));
    });
  }

  /** Keep it as it is now. */
  save(): Promise<void> {
    return this._try(async () => {
      const panels = this._panels.map(keptOf);
      const body = { name: this._name, panels, changed: this._read };
      const { changed } = await this._source.change<ShownDashboard>(
        this._notebook,
        'save-dashboard',
        body
      );
      this._read = changed;
      // What was changed while it was being saved is not kept yet.
      this._touched = JSON.stringify(panels) !== JSON.stringify(this._panels.map(keptOf));
    });
  }

  /** Move a panel by some places. */
  move(key: number, by: number): void {
    this.moveTo(key, this._placeOf(key) + by);
  }

  /** Move a panel to a place; those between give way. */
  moveTo(key: number, place: number): void {
    const panels = [...this._panels];
    const from = this._placeOf(key);
    const to = Math.min(Math.max(place, 0), panels.length - 1);
    if (from !== to) {
      panels.splice(to, 0, ...panels.splice(from, 1));
      this._panels = panels;
      this._touch();
    }
  }

  /** Let a panel have the whole width, or half of it, beside another one. */
  widen(key: number, width: 'full' | 'half'): void {
    this._alter(key, { width });
  }

  /** Take a panel away; until it is saved, it comes back by reading anew. */
  drop(key: number): void {
    this._panels = this._panels.filter(one => {
      if (one.key === key) {
        one.model?.dispose();
      }
      return one.key !== key;
    });
    this._touch();
  }

  entitle(key: number, title: string): void {
    this._alter(key, { title });
  }

  /** The book has changed. */
  tell(tables: readonly string[]): void {
    this._panels.forEach(({ model }) => model?.tell(tables));
    this._threads?.tell(tables);
    // A query may find other runs now; what is changed by hand stays.
    const byQuery = this._panels.some(({ panel }) => !panel.runs.length);
    if (!this._touched && (tables.includes('dashboards') || (byQuery && tables.includes('runs')))) {
      void this._follow();
    }
  }

  dispose(): void {
    this._panels.forEach(({ model }) => model?.dispose());
    this._panels = [];
    this._threads?.dispose();
    Signal.clearData(this);
  }

  /** Read which runs there are now, and leave alone what shows the same. */
  private async _follow(): Promise<void> {
    try {
      const query = { name: this._name };
      const now = await this._source.ask<ShownDashboard>(this._notebook, 'dashboard', query);
      const shown = this._panels.map(({ panel, model }) => [panel, model?.state.runs ?? []]);
      const wanted = now.panels.map(({ panel, runs }) => [panel, runs]);
      // An answer from before what was saved here is late.
      if (this._touched || now.changed < (this._read ?? 0)) {
        return;
      }
      if (JSON.stringify(shown) !== JSON.stringify(wanted)) {
        this._take(now);
        this._changed.emit();
      } else {
        this._read = now.changed;
      }
    } catch {
      // A later change of the book is followed; what is shown stays.
    }
  }

  private _take(dashboard: ShownDashboard): void {
    this._panels.forEach(({ model }) => model?.dispose());
    this._name = dashboard.name;
    this._panels = dashboard.panels.map(shown => this._place(shown));
    this._touched = false;
    this._read = dashboard.changed;
    this._ready = true;
  }

  private _place({ panel, runs, problem }: ShownPanel): IPlaced {
    const key = this._next++;
    if (!runs.length) {
      return { key, panel, problem, model: null };
    }
    // Of what is kept nothing but a look is taken; the model checks what it holds.
    const look = lookOf(panel.look as unknown as IComparisonState) as Partial<IComparisonState>;
    const baseline = runs.includes(look.baseline ?? '') ? look.baseline! : runs[0];
    const state = { ...comparing(this._notebook, runs), ...look, runs, baseline };
    const model = new ComparisonModel(this._source, state);
    model.stateChanged.connect(() => this._touch());
    void model.refresh();
    return { key, panel, problem, model };
  }

  private _placeOf(key: number): number {
    return this._panels.findIndex(one => one.key === key);
  }

  private _alter(key: number, change: Partial<DashboardPanel>): void {
    this._panels = this._panels.map(one =>
      one.key === key ? { ...one, panel: { ...one.panel, ...change } } : one
    );
    this._touch();
  }

  private _lose(): void {
    this._changed.emit();
  }

  private _touch(): void {
    this._touched = true;
    this._changed.emit();
  }

  private async _try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this._problem = '';
    } catch (error) {
      this._problem = error instanceof Error ? error.message : String(error);
    }
    this._changed.emit();
  }
}

/** Return a panel as it is kept. */
function keptOf({ panel, model }: IPlaced): object {
  if (!model) {
    return panel;
  }
  // Named runs may have been taken out by hand; a query says anew each time which there are.
  const runs = panel.runs.length ? model.state.runs : [];
  return { ...panel, runs, look: lookOf(model.state) };
}
