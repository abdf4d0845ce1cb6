/** Places the marks of one notebook, and keeps them true. */

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';

import { describe, type CellMarks, type ICellNow } from '../models/cellMarks.ts';
import { age, date } from '../models/format.ts';
import { sourceHash } from '../models/hashes.ts';
import { CellMarkButton, type Tip } from './cellMark.ts';
import { NearCells, whenIdle } from './nearCells.ts';

/** Milliseconds after which an edit is looked at, with all that come meanwhile. */
const SETTLED = 300;

/** What the marks of a notebook need. */
export interface IMarkedOptions {
  readonly marks: CellMarks;
  readonly tip: Tip;
  readonly trans: TranslationBundle;
  /** Open the history of a cell. */
  open(cell: string): void;
}

/**
 * The marks of one notebook.
 *
 * However much changes, cells are looked at once, when the browser is idle, and only what has to be
 * said differently is touched.  Cells that are not near what is in sight get theirs when they come
 * there, whichever way JupyterLab has to draw long notebooks.
 */
export class MarkedNotebook implements IDisposable {
  readonly panel: NotebookPanel;
  readonly marks: CellMarks;
  private readonly _options: IMarkedOptions;
  private readonly _buttons = new WeakMap<Cell, CellMarkButton>();
  private readonly _near: NearCells;
  private readonly _hashes = new WeakMap<Cell, [source: string, hash: string]>();
  private _reachable: CellMarkButton | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _scheduled = false;
  private _disposed = false;

  constructor(panel: NotebookPanel, options: IMarkedOptions) {
    this.panel = panel;
    this.marks = options.marks;
    this._options = options;
    const come = this.schedule.bind(this);
    this._near = new NearCells(panel.content, cell => cell.model.type === 'code', come);
    this.marks.changed.connect(this.schedule, this);
    panel.content.activeCellChanged.connect(this._reach, this);
    panel.content.modelContentChanged.connect(this._edited, this);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Whether there is, or was, anything to say. */
  get known(): boolean {
    return !this.marks.empty || this.marks.recording;
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._timer);
    this._near.dispose();
    Signal.clearData(this);
  }

  /** Return a cell, as a widget and as it is now; undefined where there is none of that id. */
  find(id: string): { widget: Cell; now: ICellNow } | undefined {
    const widget = this.panel.content.widgets.find(cell => cell.model.id === id);
    return widget && { widget, now: this._now(widget) };
  }

  /** Look at all cells soon. */
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

  private _edited(): void {
    if (this._timer === undefined && this.known) {
      this._timer = setTimeout(() => {
        this._timer = undefined;
        this.schedule();
      }, SETTLED);
    }
  }

  private _draw(): void {
    if (!this.known) {
      return;
    }
    this._near.look();
    this._near.forEach(cell => this._mark(cell));
    this._reach();
  }

  private _mark(cell: Cell): void {
    const placed = this._buttons.get(cell);
    if (placed || !cell.isPlaceholder()) {
      const verdict = this.marks.of(this._now(cell));
      const button = placed ?? (verdict && this._place(cell));
      button?.say(verdict);
    }
  }

  /** Put a mark into the cell, first of all that is in it. */
  private _place(cell: Cell): CellMarkButton {
    const { tip, trans } = this._options;
    const button = new CellMarkButton({
      tip,
      purpose: trans.__('History of this cell'),
      describe: (verdict, exact) => describe(verdict, trans, exact ? date : age),
      open: () => this._options.open(cell.model.id)
    });
    this._buttons.set(cell, button);
    (cell.layout as PanelLayout).insertWidget(0, button);
    return button;
  }

  private _reach(): void {
    const cell = this.panel.content.activeCell;
    const button = (cell && this._buttons.get(cell)) ?? null;
    if (button !== this._reachable) {
      if (this._reachable && !this._reachable.isDisposed) {
        this._reachable.reachable = false;
      }
      if (button) {
        button.reachable = true;
      }
      this._reachable = button;
    }
  }

  /** Return a cell as it is now; its source is hashed where that is asked for only. */
  private _now(cell: Cell): ICellNow {
    const hash = () => this._hash(cell);
    return {
      id: cell.model.id,
      get hash() {
        return hash();
      }
    };
  }

  private _hash(cell: Cell): string {
    const source = cell.model.sharedModel.getSource();
    const known = this._hashes.get(cell);
    if (known?.[0] === source) {
      return known[1];
    }
    const hash = sourceHash(source);
    this._hashes.set(cell, [source, hash]);
    return hash;
  }
}
