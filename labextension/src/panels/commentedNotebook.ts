/** Places the bubbles of one notebook, and keeps them true. */

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';

import { bubbles, type IBubble } from '../models/cellThreads.ts';
import { Rest } from '../models/rest.ts';
import { Succession } from '../models/succession.ts';
import type { ThreadsModel } from '../models/threads.ts';
import { CellBubble } from './cellBubble.ts';
import { NearCells, whenIdle } from './nearCells.ts';

/** Milliseconds between two looks at cells that come and go. */
const SETTLED = 400;

/** The bubbles of one notebook; only what is near what is in sight is touched. */
export class CommentedNotebook implements IDisposable {
  readonly panel: NotebookPanel;
  readonly model: ThreadsModel;
  private readonly _trans: TranslationBundle;
  private readonly _open: (cell: string) => void;
  private readonly _near: NearCells;
  private readonly _placed = new WeakMap<Cell, CellBubble>();
  private readonly _rest: Rest;
  /** Which cells were merged into others while this looked. */
  readonly succession = new Succession();
  private readonly _cellsChanged = new Signal<CommentedNotebook, void>(this);
  private _threads: unknown = null;
  private _bubbles = new Map<string, IBubble>();
  private _cells = '';
  private _scheduled = false;
  private _disposed = false;

  /**
   * @param panel - The notebook.
   * @param model - All threads of it.
   * @param trans - The language.
   * @param open - Shows the threads of a cell.
   */
  constructor(
    panel: NotebookPanel,
    model: ThreadsModel,
    trans: TranslationBundle,
    open: (cell: string) => void
  ) {
    this.panel = panel;
    this.model = model;
    this._trans = trans;
    this._open = open;
    this._near = new NearCells(panel.content, () => true, () => this.schedule());
    this._rest = new Rest(() => this._lookAgain(), SETTLED);
    model.changed.connect(this._take, this);
    panel.content.modelContentChanged.connect(this._edited, this);
  }

  /** Cells have come, gone or moved since this was looked at last. */
  get cellsChanged(): ISignal<CommentedNotebook, void> {
    return this._cellsChanged;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._near.dispose();
    this.model.dispose();
    Signal.clearData(this);
  }

  /** Look at the cells soon. */
  schedule(): void {
    if (this._scheduled || this._disposed || !this.panel.isVisible) {
      return;
    }
    this._scheduled = true;
    whenIdle(() => {
      this._scheduled = false;
      if (!this._disposed) {
        this._draw();
      }
    });
  }

  private _take(): void {
    if (this.model.threads !== this._threads) {
      this._threads = this.model.threads;
      this._lookAtSources();
      this._bubbles = bubbles(this.model.threads);
      this.schedule();
    }
  }

  private _edited(): void {
    if (this.model.threads.length) {
      this._rest.ask();
    }
  }

  /** A cell may have come, gone or moved: what hangs on it is found, lost or called otherwise. */
  private _lookAgain(): void {
    if (this._disposed || !this.panel.model) {
      return;
    }
    const now = this._cellsNow();
    this._lookAtSources();
    if (this._cells && now !== this._cells) {
      void this.model.refresh();
      this._cellsChanged.emit();
    }
    this._cells = now;
    this.schedule();
  }

  private _lookAtSources(): void {
    const cells = this.panel.model?.sharedModel.cells ?? [];
    if (this.model.threads.length) {
      this.succession.look(cells.map(cell => ({ id: cell.id, source: cell.getSource() })));
    }
  }

  private _cellsNow(): string {
    return this.panel.model!.sharedModel.cells.map(cell => cell.id).join();
  }

  private _draw(): void {
    if (!this._bubbles.size && !this.model.threads.length && !this._cells) {
      return;
    }
    this._cells ||= this._cellsNow();
    this._near.look();
    this._near.forEach(cell => {
      const bubble = this._bubbles.get(cell.model.id) ?? null;
      const placed = this._placed.get(cell);
      if (placed || (bubble && !cell.isPlaceholder())) {
        (placed ?? this._place(cell)).say(bubble);
        cell.toggleClass('cb-mod-commented', bubble !== null);
      }
    });
  }

  private _place(cell: Cell): CellBubble {
    const bubble = new CellBubble(this._trans, () => this._open(cell.model.id));
    this._placed.set(cell, bubble);
    (cell.layout as PanelLayout).insertWidget(0, bubble);
    return bubble;
  }
}
