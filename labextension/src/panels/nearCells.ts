/** Which cells of a notebook are near what is in sight. */

import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';

/** How far above and below what is in sight a cell is near: as far as one sees at once. */
const NEAR = '100% 0px';

/** Milliseconds in which the browser finds a time to draw when it has nothing else to do. */
const PATIENCE = 200;

/**
 * What stands beside a thousand cells is placed where somebody may see it soon, whichever way
 * JupyterLab has to draw long notebooks.
 */
export class NearCells implements IDisposable {
  private readonly _notebook: Notebook;
  private readonly _wanted: (cell: Cell) => boolean;
  private readonly _come: () => void;
  private readonly _observer: IntersectionObserver;
  private readonly _cells = new WeakMap<Element, Cell>();
  private readonly _near = new Set<Cell>();
  private _disposed = false;

  /**
   * @param notebook - Whose cells.
   * @param wanted - Which of them are looked at.
   * @param come - Told that one has come near, and is there.
   */
  constructor(notebook: Notebook, wanted: (cell: Cell) => boolean, come: () => void) {
    this._notebook = notebook;
    this._wanted = wanted;
    this._come = come;
    this._observer = new IntersectionObserver(entries => this._take(entries), {
      root: notebook.outerNode,
      rootMargin: NEAR
    });
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._observer.disconnect();
    this._near.clear();
  }

  /** Look at the cells that are new, too. */
  look(): void {
    for (const cell of this._notebook.widgets) {
      if (!this._cells.has(cell.node) && this._wanted(cell)) {
        this._cells.set(cell.node, cell);
        this._observer.observe(cell.node);
      }
    }
  }

  /** Visit the cells that are near. */
  forEach(visit: (cell: Cell) => void): void {
    for (const cell of this._near) {
      if (cell.isDisposed) {
        this._near.delete(cell);
      } else {
        visit(cell);
      }
    }
  }

  private _take(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const cell = this._cells.get(target)!;
      if (!isIntersecting) {
        this._near.delete(cell);
      } else if (!this._near.has(cell)) {
        this._near.add(cell);
        void cell.ready.then(this._come);
      }
    }
  }
}

/** Do something soon, when the browser is idle, or at the latest when patience has an end. */
export function whenIdle(work: () => void, patience = PATIENCE): void {
  if ('requestIdleCallback' in window) {
    window.requestIdleCallback(work, { timeout: patience });
  } else {
    // Safari has no idle callbacks.
    setTimeout(work, 0);
  }
}
