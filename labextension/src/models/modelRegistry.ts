/** Registered models: a list of them, one with its versions, one version, or several beside one another. */

import { Signal, type ISignal } from '@lumino/signaling';

import type {
  ModelComparison,
  ModelList,
  ModelPage,
  ModelProtection,
  ModelStage,
  ModelVersionPage,
  ModelVersionRow
} from '../_generated/types.ts';
import { Rest } from './rest.ts';
import type { ISource } from './source.ts';

/** What is looked at. */
export interface IModelsState {
  readonly notebook: string;
  /** Words that are looked for in the list. */
  readonly text: string;
  /** A model; empty for the list. */
  readonly model: string;
  /** A version of it, by id or as `NAME/7`, `NAME@alias`; empty for the whole model. */
  readonly version: string;
  /** Ids of versions that stand beside one another; they go before the rest. */
  readonly compared: readonly string[];
}

/** Milliseconds between two looks at a book that changes all the time. */
const REST = 800;

/** Milliseconds until it is looked whether what answers still does: a killed endpoint says nothing. */
const STILL = 30_000;

/** Tables whose changes show. */
const SHOWN = new Set([
  'book',
  'runs',
  'model_versions',
  'model_events',
  'model_checks',
  'endpoints',
  'predictions'
]);

/** Versions that stand beside one another at most, as `compare-models` has it. */
export const MOST = 20;

export const STAGES: readonly ModelStage[] = ['development', 'staging', 'production', 'archived'];

/** An id of a version, as boxes of a lineage have it. */
const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Return the state of a panel: of the list, of a model, or of what a link names. */
export function modelsOf(notebook: string, target = ''): IModelsState {
  if (ID.test(target)) {
    // Whose version it is is told by the answer.
    return { notebook, text: '', model: '', version: target, compared: [] };
  }
  const [, model, version] = /^([^@/]+)(?:([@/].+))?$/s.exec(target) ?? ['', target, ''];
  // A link has `NAME@7`, where an alias is never a number; the registry has `NAME/7`.
  const named = version && /^@\d/.test(version) ? `/${version.slice(1)}` : (version ?? '');
  return { notebook, text: '', model, version: named && `${model}${named}`, compared: [] };
}

/** Return what a comment or a link calls a version. */
export function targetOfVersion(row: Pick<ModelVersionRow, 'model' | 'name'>): string {
  return `model:${row.model}@${row.name}`;
}

/** Return what is typed to use a version: by the first alias that leads to it, which is followed. */
export function usesOf(row: Pick<ModelVersionRow, 'model' | 'name' | 'aliases' | 'bundled'>): string {
  const { model, name, aliases, bundled } = row;
  if (!bundled) {
    return `import cellbook as cb\n\ncb.bundle("models:/${model}/${name}", "FOLDER")`;
  }
  const served = aliases.length ? `${model}@${aliases[0]}` : `${model}/${name}`;
  return [
    'import cellbook as cb',
    '',
    `model = cb.load_model("models:/${model}/${name}")`,
    'model.predict(data)',
    '',
    '# In a terminal: behind HTTP, or a whole file',
    `# cellbook serve "models:/${served}"`,
    `# cellbook score "models:/${model}/${name}" data.csv predictions.csv`
  ].join('\n');
}

/** Return the metrics that most of some versions have, at most so many. */
export function metricsOf(rows: readonly ModelVersionRow[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const name of Object.keys(row.metrics)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name);
}

/** Who spoke for a version, and who against it, on what it may become. */
export interface IStanding {
  readonly target: string;
  readonly approved: readonly string[];
  /** Who approved, and does not count: it is theirs, or others were named. */
  readonly uncounted: readonly string[];
  readonly rejected: readonly string[];
}

/** Return what people said of a version, by what it was to become; only what counts. */
export function standingOf(row: ModelVersionRow): IStanding[] {
  const found = new Map<string, Record<'approved' | 'uncounted' | 'rejected', string[]>>();
  for (const { target, approved, by, counts } of row.verdicts) {
    const one = found.get(target) ?? { approved: [], uncounted: [], rejected: [] };
    (approved ? (counts ? one.approved : one.uncounted) : one.rejected).push(by);
    found.set(target, one);
  }
  return [...found].map(([target, said]) => ({ target, ...said }));
}

/**
 * Return how many approvals a version lacks to become something; 0 where none is needed.
 *
 * @param target - A stage, or an alias behind an `@`.
 */
export function lacksApprovals(
  row: ModelVersionRow,
  protections: readonly ModelProtection[],
  target: string
): number {
  const needed = protections.find(one => one.target === target)?.needed ?? 0;
  const given = standingOf(row).find(one => one.target === target)?.approved.length ?? 0;
  return Math.max(0, needed - given);
}

/** The list, a model, a version, or versions beside one another. */
export class ModelsModel {
  private readonly _source: ISource;
  private readonly _changed = new Signal<ModelsModel, void>(this);
  private readonly _stateChanged = new Signal<ModelsModel, void>(this);
  private readonly _rest = new Rest(() => void this.refresh(), REST);
  private _state: IModelsState;
  private _list: ModelList | null = null;
  private _page: ModelPage | null = null;
  private _version: ModelVersionPage | null = null;
  private _comparison: ModelComparison | null = null;
  private _chosen: readonly string[] = [];
  private _problem = '';
  /** Counts what was asked: an answer that is late is none. */
  private _round = 0;
  private _busy = false;
  private _still: ReturnType<typeof setTimeout> | undefined;

  constructor(source: ISource, state: IModelsState) {
    this._source = source;
    this._state = state;
  }

  /** Something is to be drawn anew. */
  get changed(): ISignal<ModelsModel, void> {
    return this._changed;
  }

  /** What is looked at was changed by hand. */
  get stateChanged(): ISignal<ModelsModel, void> {
    return this._stateChanged;
  }

  get state(): IModelsState {
    return this._state;
  }

  /** The models; null before they are here. */
  get list(): ModelList | null {
    return this._list;
  }

  /** The model that is looked at, or whose version is; null before it is here. */
  get page(): ModelPage | null {
    return this._page;
  }

  /** The version that is looked at; null before it is here. */
  get version(): ModelVersionPage | null {
    return this._version;
  }

  /** Versions beside one another; null before they are here. */
  get comparison(): ModelComparison | null {
    return this._comparison;
  }

  /** Ids of the versions that were chosen to be compared, in the order in which they were. */
  get chosen(): readonly string[] {
    return this._chosen;
  }

  /** What went wrong; empty where nothing did. */
  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Ask something of this book. */
  ask<T>(question: string, query: object): Promise<T> {
    return this._source.ask(this._state.notebook, question, query);
  }

  /** Look at the list. */
  openList(): Promise<void> {
    return this._look({ model: '', version: '', compared: [] });
  }

  /** Look at a model. */
  openModel(model: string): Promise<void> {
    return this._look({ model, version: '', compared: [] });
  }

  /** Look at a version. */
  openVersion(row: Pick<ModelVersionRow, 'model' | 'version_id'>): Promise<void> {
    return this._look({ model: row.model, version: row.version_id, compared: [] });
  }

  /** Look at the chosen versions beside one another. */
  compare(): Promise<void> {
    return this._look({ compared: [...this._chosen] });
  }

  /** Look at what another state says. */
  show(state: IModelsState): Promise<void> {
    return this._look(state);
  }

  /** Look for other models. */
  seek(text: string): Promise<void> {
    return this._change({ text });
  }

  /** The notebook in sight is another one. */
  follow(notebook: string): Promise<void> {
    if (notebook === this._state.notebook && this._list) {
      return this.refresh();
    }
    this._list = null;
    return this._change({ notebook });
  }

  /** Choose a version to be compared, or no longer; beyond the most, the first gives way. */
  choose(version: string): void {
    const others = this._chosen.filter(one => one !== version);
    this._chosen =
      others.length < this._chosen.length ? others : [...others, version].slice(-MOST);
    this._changed.emit();
  }

  /** Change something; what comes of it is looked at. */
  async act(change: string, body: object): Promise<void> {
    await this._source.change(this._state.notebook, change, body);
    if (change === 'delete-model' && body) {
      const { model, version } = this._state;
      await this._look({ model: version ? model : '', version: '', compared: [] });
    } else {
      await this.refresh();
    }
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
    this._busy = true;
    this._changed.emit();
    try {
      const found = await this._read();
      if (round !== this._round) {
        return;
      }
      Object.assign(this, found);
      this._problem = '';
      this._lookAgain();
    } catch (error) {
      if (round !== this._round) {
        return;
      }
      this._problem = error instanceof Error ? error.message : String(error);
    }
    this._busy = false;
    this._changed.emit();
  }

  dispose(): void {
    // An answer that is late is none.
    this._round += 1;
    clearTimeout(this._still);
    Signal.clearData(this);
  }

  private _lookAgain(): void {
    clearTimeout(this._still);
    const { model, version } = this._state;
    const answers =
      model || version
        ? this._page?.versions.some(({ endpoints }) => endpoints.length > 0)
        : this._list?.models.some(({ served }) => served.length > 0);
    if (answers) {
      this._still = setTimeout(() => void this.refresh(), STILL);
    }
  }

  private async _read(): Promise<object> {
    const { model, version, text, compared } = this._state;
    if (compared.length > 1) {
      const query = { versions: compared };
      return { _comparison: await this.ask<ModelComparison>('compare-models', query) };
    }
    if (version) {
      const _version = await this.ask<ModelVersionPage>('model-version', { version });
      const name = _version.row.model;
      const _page = await this.ask<ModelPage>('model', { name });
      return { _version, _page, _state: { ...this._state, model: name } };
    }
    if (model) {
      return { _page: await this.ask<ModelPage>('model', { name: model }) };
    }
    return { _list: await this.ask<ModelList>('models', { text }) };
  }

  private _look(change: Partial<IModelsState>): Promise<void> {
    this._version = null;
    this._comparison = null;
    if (change.model !== undefined && change.model !== this._state.model) {
      this._page = null;
      this._chosen = [];
    }
    return this._change(change);
  }

  private _change(change: Partial<IModelsState>): Promise<void> {
    this._state = { ...this._state, ...change };
    this._stateChanged.emit();
    return this.refresh();
  }
}
