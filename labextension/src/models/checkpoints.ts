/** The checkpoints of the notebook in sight, as the sidebar shows them. */

import type { JSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { BookState, CheckpointDifference, TimelineRow } from '../_generated/types.ts';
import { isAbsent } from './absent.ts';
import type { IBook, IKernelLink, IKernelLinks, IRestored } from '../tokens.ts';

/** Checkpoints that are asked for at a time. */
const PAGE = 50;

/** What is wrong, as an error says it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How a checkpoint differs from now: in its cells, and where the kernel records, its variables. */
export interface IDifferenceFromNow {
  readonly cells: CheckpointDifference;
  readonly variables: CheckpointDifference | null;
}

/** Follows the checkpoints of the notebook in sight from its construction until `dispose`. */
export class CheckpointsModel implements IDisposable {
  private readonly _book: IBook;
  private readonly _links: IKernelLinks;
  private readonly _stateChanged = new Signal<CheckpointsModel, void>(this);
  private readonly _listening: IDisposable;
  private _link: IKernelLink | null = null;
  private _rows: readonly TimelineRow[] = [];
  private _older = 0;
  private _limit = PAGE;
  private _state: BookState | null = null;
  private _error = '';
  private _loading = true;
  private _selected: string | null = null;
  private _discussed: string | null = null;
  private _wanted: string | null = null;
  private _asked = 0;
  private _disposed = false;

  constructor(book: IBook, links: IKernelLinks) {
    this._book = book;
    this._links = links;
    this._listening = book.listen();
    book.notebookChanged.connect(this._notebookChanged, this);
    book.changed.connect(this._changed, this);
    links.added.connect(this._findLink, this);
    this._findLink();
    void this.refresh();
  }

  /** Something that is shown has changed. */
  get stateChanged(): ISignal<CheckpointsModel, void> {
    return this._stateChanged;
  }

  /** The path of the notebook; empty where none is in sight. */
  get notebook(): string {
    return this._book.notebook;
  }

  /** The line to the kernel; null where no notebook is in sight. */
  get link(): IKernelLink | null {
    return this._link;
  }

  /** The newest checkpoints, oldest first. */
  get rows(): readonly TimelineRow[] {
    return this._rows;
  }

  /** How many more there are before these. */
  get older(): number {
    return this._older;
  }

  /** How the book stands; null until that is known. */
  get book(): BookState | null {
    return this._state;
  }

  /** Why there is nothing to show, with the mend; empty where all is well. */
  get error(): string {
    return this._error;
  }

  get loading(): boolean {
    return this._loading;
  }

  /** The id of the checkpoint that is selected. */
  get selected(): string | null {
    return this._selected;
  }

  /** The id of the checkpoint that the kernel's state comes from; null where nobody knows. */
  get head(): string | null {
    return this._link?.state?.head ?? null;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._listening.dispose();
    Signal.clearData(this);
  }

  select(checkpoint: string | null): void {
    this._selected = checkpoint;
    if (checkpoint !== this._discussed) {
      this._discussed = null;
    }
    this._stateChanged.emit();
  }

  /** Select a checkpoint, to read or to say something of it. */
  discuss(checkpoint: string): void {
    this._discussed = checkpoint;
    this.select(checkpoint);
  }

  /** The checkpoint whose comments one asked to see. */
  get discussed(): string | null {
    return this._discussed;
  }

  /** Select a checkpoint by its id, label or number, as soon as it is known. */
  choose(what: string): void {
    const found = this._rows.find(
      ({ checkpoint: { checkpoint_id: id, label }, number }) =>
        id === what || label === what || `${number}` === what
    );
    this._wanted = found || !this._loading ? null : what;
    if (found) {
      this.select(found.checkpoint.checkpoint_id);
    }
  }

  /** Select the checkpoint so many places further down. */
  move(by: number): void {
    const place = this._rows.findIndex(row => row.checkpoint.checkpoint_id === this._selected);
    const from = place < 0 ? (by > 0 ? -1 : this._rows.length) : place;
    const target = Math.min(Math.max(from + by, 0), this._rows.length - 1);
    if (this._rows.length) {
      this.select(this._rows[target].checkpoint.checkpoint_id);
    }
  }

  /** Ask for more of the older ones. */
  showOlder(): Promise<void> {
    this._limit += 4 * PAGE;
    return this.refresh();
  }

  /** Ask the server anew. */
  async refresh(): Promise<void> {
    const asked = ++this._asked;
    const notebook = this._book.notebook;
    try {
      const [state, found] = await Promise.all([
        this._book.api.book(notebook),
        notebook
          ? this._book.api
              .checkpoints(notebook, { limit: this._limit })
              .catch(error => (isAbsent(error) ? null : Promise.reject(error)))
          : null
      ]);
      if (asked !== this._asked || this._disposed) {
        return;
      }
      this._state = state;
      this._rows = found?.rows ?? [];
      this._older = found?.older ?? 0;
      this._error = state.message;
    } catch (error) {
      if (asked !== this._asked || this._disposed) {
        return;
      }
      this._error = messageOf(error);
    }
    this._loading = false;
    if (this._wanted !== null) {
      this.choose(this._wanted);
    }
    this._stateChanged.emit();
  }

  /** Save a checkpoint now. */
  async save(label: string): Promise<void> {
    await this.here.do('checkpoint', label ? { label } : {});
  }

  /** Give a checkpoint a name, or with an empty one take it away. */
  async label(checkpoint: string, label: string): Promise<void> {
    await this._book.api.labelCheckpoint(this.notebook, checkpoint, label.trim() || null);
    await this.refresh();
  }

  /** Return the notebook in sight, as what is asked of it later goes to it alone. */
  get here(): Notebook {
    if (!this._link) {
      throw new Error('No notebook is in sight. Open one.');
    }
    return new Notebook(this._book, this._link, this.notebook);
  }

  private _notebookChanged(): void {
    this._findLink();
    this._rows = [];
    this._older = 0;
    this._limit = PAGE;
    this._loading = true;
    this._stateChanged.emit();
    void this.refresh();
  }

  private _changed(_: unknown, tables: readonly string[]): void {
    if (tables.includes('checkpoints') || tables.includes('book')) {
      void this.refresh();
    }
  }

  private _findLink(): void {
    const link = this._links.of(this._book.panel);
    if (link !== this._link) {
      this._link?.stateChanged.disconnect(this._redraw, this);
      link?.stateChanged.connect(this._redraw, this);
      this._link = link;
      this._redraw();
    }
  }

  private _redraw(): void {
    this._stateChanged.emit();
  }
}

/** One notebook, whichever is in sight: restores, and what undoes them, never reach another one. */
export class Notebook {
  private readonly _book: IBook;
  private readonly _link: IKernelLink;
  private readonly _path: string;

  constructor(book: IBook, link: IKernelLink, path: string) {
    this._book = book;
    this._link = link;
    this._path = path;
  }

  /** Whether its kernel records. */
  get records(): boolean {
    return !!this._link.state;
  }

  /** Have its kernel do something. */
  do(verb: string, args: JSONObject): Promise<unknown> {
    if (this._link.isDisposed) {
      return Promise.reject(new Error('The notebook was closed meanwhile. Open it and try again.'));
    }
    return this._link.do(verb, args);
  }

  /** Return what a restore would do to the variables; nothing is changed. */
  async plan(checkpoint: string, trust: boolean): Promise<IRestored> {
    return (await this.do('plan', { checkpoint, trust })) as IRestored;
  }

  /**
   * Bring a checkpoint back.
   *
   * Without a kernel that records, the document alone can be.
   *
   * @returns Takes it back; says why not, or nothing if it did.
   */
  async restore(
    checkpoint: string,
    what: { variables: boolean; document: boolean; trust: boolean }
  ): Promise<() => Promise<string>> {
    if (!this.records) {
      const undo = await this._link.restoreDocument(checkpoint);
      return async () =>
        undo() ? '' : 'The notebook has changed since. Edit → Undo Cell Operation goes back.';
    }
    const done = (await this.do('restore', { checkpoint, ...what })) as IRestored;
    return async () => {
      await this.do('restore', { checkpoint: String(done.before), ...what, trust: false });
      return '';
    };
  }

  /** Return how the cells of a checkpoint differ from those of now. */
  cells(checkpoint: string): Promise<CheckpointDifference> {
    return this._book.api.documentDifference(this._path, checkpoint, { cells: this._cells() });
  }

  /** Return how a checkpoint differs from what is there now. */
  async difference(checkpoint: string, trust: boolean): Promise<IDifferenceFromNow> {
    const [cells, variables] = await Promise.all([
      this.cells(checkpoint),
      this.records ? this.do('diff', { checkpoint, trust }) : null
    ]);
    return { cells, variables: variables as CheckpointDifference | null };
  }

  /** Return the cells as far as they are compared: outputs are not, and may be large. */
  private _cells(): JSONObject[] {
    const cells = this._link.panel.model?.sharedModel.cells ?? [];
    return cells.map(cell => ({
      id: cell.id,
      cell_type: cell.cell_type,
      source: cell.getSource(),
      metadata: {}
    }));
  }
}
