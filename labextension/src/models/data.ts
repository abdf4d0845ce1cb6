/** Versions of data sets: a list of them, or one of them. */

import { Signal, type ISignal } from '@lumino/signaling';

import type {
  DataComparison,
  DataDetails,
  DataPage,
  DatasetVersion,
  UsedData
} from '../_generated/types.ts';
import * as formatting from './format.ts';
import { Rest } from './rest.ts';
import type { ISource } from './source.ts';

/** What is looked at. */
export interface IDataState {
  readonly notebook: string;
  /** A version, as `wine@3` or by its id; empty for the list. */
  readonly data: string;
  /** Words that are looked for in the list. */
  readonly text: string;
  /** Whether the list has all versions of a data set, rather than the newest. */
  readonly every: boolean;
}

/** Milliseconds between two looks at a book that changes all the time. */
const REST = 800;

/** Versions that are listed at once. */
export const LISTED = 100;

/** Tables whose changes show. */
const SHOWN = new Set(['book', 'runs', 'datasets', 'dataset_aliases', 'cells']);

/** Return the state of a panel: of one version, or of all that there are. */
export function lookingAt(notebook: string, data = ''): IDataState {
  return { notebook, data, text: '', every: false };
}

/** The list, or a version. */
export class DataModel {
  private readonly _source: ISource;
  private readonly _changed = new Signal<DataModel, void>(this);
  private readonly _stateChanged = new Signal<DataModel, void>(this);
  private readonly _rest = new Rest(() => void this.refresh(), REST);
  private _state: IDataState;
  private _page: DataPage | null = null;
  private _details: DataDetails | null = null;
  private _problem = '';
  private _limit = LISTED;
  /** Counts what was asked: an answer that is late is none. */
  private _round = 0;
  private _busy = false;
  private _readings = 0;

  constructor(source: ISource, state: IDataState) {
    this._source = source;
    this._state = state;
  }

  /** Something is to be drawn anew. */
  get changed(): ISignal<DataModel, void> {
    return this._changed;
  }

  /** What is looked at was changed by hand. */
  get stateChanged(): ISignal<DataModel, void> {
    return this._stateChanged;
  }

  get state(): IDataState {
    return this._state;
  }

  /** The list; null before it is here. */
  get page(): DataPage | null {
    return this._page;
  }

  /** All that is known of the version that is looked at; null before it is here. */
  get details(): DataDetails | null {
    return this._details;
  }

  /** What went wrong; empty where nothing did. */
  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Goes up with each reading. */
  get readings(): number {
    return this._readings;
  }

  /** Ask something of this book. */
  ask<T>(question: string, query: object): Promise<T> {
    return this._source.ask(this._state.notebook, question, query);
  }

  /** Look at a version; at the list without one. */
  open(data: string): Promise<void> {
    this._details = null;
    return this._change({ data });
  }

  /** Look for other versions. */
  seek(change: { text?: string; every?: boolean }): Promise<void> {
    this._limit = LISTED;
    return this._change(change);
  }

  /** List more of them. */
  more(): Promise<void> {
    this._limit += LISTED;
    return this.refresh();
  }

  /** The book has changed. */
  tell(tables: readonly string[]): void {
    if (tables.some(table => SHOWN.has(table))) {
      this._rest.ask();
    }
  }

  /** Read what is looked at anew. */
  async refresh(): Promise<void> {
    const round = ++this._round;
    const { data, text, every } = this._state;
    this._busy = true;
    this._changed.emit();
    try {
      const found = data
        ? await this.ask<DataDetails>('data-version', { data })
        : await this.ask<DataPage>('data', { text, every, limit: this._limit });
      if (round !== this._round) {
        return;
      }
      if (data) {
        this._details = found as DataDetails;
      } else {
        this._page = found as DataPage;
      }
      this._problem = '';
    } catch (error) {
      if (round !== this._round) {
        return;
      }
      this._problem = error instanceof Error ? error.message : String(error);
    }
    this._busy = false;
    this._readings++;
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _change(change: Partial<IDataState>): Promise<void> {
    this._state = { ...this._state, ...change };
    this._problem = '';
    this._stateChanged.emit();
    return this.refresh();
  }
}

/** Return a version as one says it, such as `wine@3`; what is gone by its id. */
export function labelOf(used: Pick<UsedData, 'name' | 'version' | 'dataset_id'>): string {
  return used.name ? `${used.name}@${used.version}` : used.dataset_id;
}

/** Return the version in a cell of a table whose line has its name already: `@3 train`. */
export function usedAs(used: UsedData): string {
  return [used.name ? `@${used.version}` : used.dataset_id, used.roles.join(', ')]
    .filter(Boolean)
    .join(' ');
}

/** Return what tells a content from others, also from those of another name. */
export function contentOf(used: UsedData): string {
  return used.digest || used.dataset_id;
}

/** Return whether two runs used the same of a data set, for the same. */
export function sameUse(first: readonly UsedData[], second: readonly UsedData[]): boolean {
  const told = (used: readonly UsedData[]) =>
    JSON.stringify(used.map(one => [contentOf(one), one.roles]).sort());
  return told(first) === told(second);
}

/** Return the versions of some ids, in their order, as far as runs used them. */
export function chosenOf(found: DataComparison, ids: readonly string[]): UsedData[] {
  const used = new Map(
    found.rows.flatMap(row => row.cells.flat()).map(one => [one.dataset_id, one] as const)
  );
  return ids.flatMap(id => used.get(id) ?? []);
}

/** Return which versions are chosen after one was clicked: the last two, without one again. */
export function chosenAfter(before: readonly string[], clicked: string): string[] {
  const others = before.filter(one => one !== clicked);
  return others.length < before.length ? others : [...others, clicked].slice(-2);
}

/** Return the beginning of a digest, without what it has in common with others. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.lastIndexOf(':') + 1).slice(0, 12);
}

/** A fact of two versions, beside one another. */
export interface IDataFact {
  readonly name: 'kind' | 'extent' | 'size' | 'source' | 'created' | 'labels' | 'aliases' | 'digest';
  readonly first: string;
  readonly second: string;
  readonly differs: boolean;
}

/** Return what is known of two versions, line by line; what neither has is left out. */
export function factsOf(first: DataDetails, second: DataDetails): IDataFact[] {
  const [one, other] = [told(first), told(second)];
  return (Object.keys(one) as IDataFact['name'][])
    .map(name => ({
      name,
      first: one[name],
      second: other[name],
      differs: one[name] !== other[name]
    }))
    .filter(fact => fact.first || fact.second);
}

function told({ version, extent }: DataDetails): Record<IDataFact['name'], string> {
  return {
    kind: version.kind,
    extent,
    size: sizeOf(version),
    source: version.source,
    created: formatting.date(version.created),
    labels: version.labels.join(', '),
    aliases: version.aliases.join(', '),
    digest: version.digest
  };
}

/** Return the bytes of a version; nothing where only a digest was given. */
export function sizeOf(version: DatasetVersion): string {
  return version.kind ? formatting.size(version.size) : '';
}

/** Return a comparison of some of its runs alone; the others were hidden meanwhile. */
export function onlyRuns(found: DataComparison, runs: readonly string[]): DataComparison {
  const wanted = new Set(runs);
  const places = found.runs.flatMap((run, place) => (wanted.has(run.run_id) ? [place] : []));
  if (places.length === found.runs.length || !places.length) {
    return found;
  }
  const rows = found.rows
    .map(row => {
      const cells = places.map(place => row.cells[place]);
      return { ...row, cells, differs: cells.some(cell => !sameUse(cell, cells[0])) };
    })
    .filter(row => row.cells.some(cell => cell.length));
  return {
    ...found,
    runs: places.map(place => found.runs[place]),
    baseline: Math.max(0, places.indexOf(found.baseline)),
    rows
  };
}
