/** How an endpoint does: what is looked at, and the newest answer. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { MonitorColumn, MonitorPage, MonitorSlice, MonitorWindow } from '../_generated/types.ts';
import { Rest } from './rest.ts';
import type { ISource } from './source.ts';

/** What is looked at. */
export interface IMonitorState {
  readonly notebook: string;
  readonly endpoint: string;
  /** Seconds of a window; 0 chooses. */
  readonly window: number;
  /** When the window begins that is shown; 0 for the newest. */
  readonly at: number;
  readonly data: string;
  readonly metrics: readonly string[];
  readonly by: readonly string[];
  readonly score: string;
  readonly arm: string;
  /** How many of the newest windows are looked at, at most; 0 chooses. */
  readonly most: number;
}

/** A state is a shape and a word, never a colour alone: as `views/monitor_text.py` has it. */
export const SHAPES = { alarm: '▲', drift: '◆', unsure: '○', fine: '✓' } as const;

/** Lengths of windows that can be chosen, in seconds. */
export const LENGTHS = [60, 300, 900, 3600, 21600, 86400, 604800] as const;

/** Tables whose changes show. */
const SHOWN = new Set(['predictions', 'prediction_labels', 'references', 'alarm_rules', 'alarm_events']);

/** Milliseconds between two looks at an endpoint that is asked all the time. */
const REST = 2_000;

/** Return the state of a panel of an endpoint. */
export function monitorOf(notebook: string, endpoint: string): IMonitorState {
  return { notebook, endpoint, window: 0, at: 0, data: '', metrics: [], by: [], score: '', arm: '', most: 0 };
}

/** Return how long a window is, as one says it: `1 h`. */
export function lengthText(seconds: number): string {
  for (const [unit, name] of [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min']
  ] as const) {
    if (seconds >= unit && seconds % unit === 0) {
      return `${seconds / unit} ${name}`;
    }
  }
  return `${seconds} s`;
}

/** Return what raised the alarm of a column, in words; none where nothing did. */
export function alarmsOf(column: MonitorColumn): string[] {
  return column.findings.filter(({ alarm }) => alarm).map(({ message }) => message);
}

/** Return whether a group does worse than chance explains. */
export function isWorse(slice: MonitorSlice): boolean {
  return slice.enough && Number(slice.gap) > 0 && Number(slice.p_adjusted) < 0.05;
}

/** An endpoint that is looked at. */
export class MonitorModel {
  private readonly _source: ISource;
  private readonly _changed = new Signal<MonitorModel, void>(this);
  private readonly _stateChanged = new Signal<MonitorModel, void>(this);
  private readonly _rest = new Rest(() => void this.refresh(), REST);
  private _state: IMonitorState;
  private _page: MonitorPage | null = null;
  private _problem = '';
  private _round = 0;
  private _busy = false;
  private _disposed = false;

  constructor(source: ISource, state: IMonitorState) {
    this._source = source;
    this._state = state;
    source.lost?.connect(this._lose, this);
  }

  /** Something is to be drawn anew. */
  get changed(): ISignal<MonitorModel, void> {
    return this._changed;
  }

  /** What is looked at was changed by hand. */
  get stateChanged(): ISignal<MonitorModel, void> {
    return this._stateChanged;
  }

  get state(): IMonitorState {
    return this._state;
  }

  /** How it does; null before that is here. */
  get page(): MonitorPage | null {
    return this._page;
  }

  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Whether nobody answers any more: what is seen stays. */
  get gone(): boolean {
    return this._source.gone ?? false;
  }

  /** The window that is shown; null where there is none. */
  get window(): MonitorWindow | null {
    const { page } = this;
    return page?.windows.find(({ start }) => start === page.shown) ?? null;
  }

  dispose(): void {
    this._disposed = true;
    this._source.lost?.disconnect(this._lose, this);
    Signal.clearData(this);
  }

  /** Look at another window, or at windows of another length. */
  async show(what: Partial<Pick<IMonitorState, 'at' | 'window' | 'by'>>): Promise<void> {
    this._state = { ...this._state, ...what };
    this._stateChanged.emit();
    await this.refresh();
  }

  /** Tables of the book have changed. */
  tell(tables: readonly string[]): void {
    if (tables.some(table => SHOWN.has(table))) {
      this._rest.ask();
    }
  }

  /** Ask anew; what is seen stays until the answer is here. */
  async refresh(): Promise<void> {
    if (this._disposed || this.gone) {
      return;
    }
    const round = ++this._round;
    const { notebook, ...query } = this._state;
    this._busy = true;
    this._changed.emit();
    try {
      const page = await this._source.ask<MonitorPage>(notebook, 'monitor', query);
      if (round === this._round) {
        this._page = page;
        this._problem = '';
      }
    } catch (error) {
      if (round === this._round && !this.gone) {
        this._problem = error instanceof Error ? error.message : String(error);
      }
    }
    if (round === this._round) {
      this._busy = false;
      this._changed.emit();
    }
  }

  private _lose(): void {
    this._busy = false;
    this._changed.emit();
  }
}
