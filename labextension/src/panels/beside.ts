/** A popup beside a cell. */

import { ReactWidget } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';

/** Pixels that the popup keeps from the edges of the window, and from the cell. */
const SPACE = 8;
const HIGH = 640;
/** Pixels below the cell that are enough to read in. */
const LOW = 320;

/** What is shown, and where. */
export interface IBesideOptions {
  readonly cell: Cell;
  readonly notebook: Notebook;
  /** Whether all else waits; where it does not, the notebook can be worked in meanwhile. */
  readonly modal: boolean;
  /** What the popup is called. */
  readonly title: string;
  readonly className: string;
  readonly width: number;
  /** The edge of the cell that it begins at. */
  readonly side: 'left' | 'right';
  content(close: () => void): ReactElement;
}

/** Closes the popup that is open while the notebook is worked in: there is one at a time. */
let closeOpen: (() => void) | null = null;

/** Show something below a cell, until it is closed; it goes with its cell. */
export async function showBeside(options: IBesideOptions): Promise<void> {
  const { notebook, modal } = options;
  const dialog = document.createElement('dialog');
  dialog.className = `cb-beside ${options.className}`;
  dialog.setAttribute('aria-label', options.title);
  const close = () => dialog.close();
  const content = ReactWidget.create(options.content(close));
  content.addClass('cellbook-lab');
  content.addClass('cb-beside-content');
  document.body.append(dialog);
  const following = follow(dialog, options, close);
  if (modal) {
    // The browser itself holds the focus in it, closes it by Escape, and gives the focus back.
    dialog.showModal();
  } else {
    closeOpen?.();
    closeOpen = close;
    dialog.tabIndex = -1;
    dialog.show();
    dialog.focus();
  }
  Widget.attach(content, dialog);
  const leave = (event: KeyboardEvent) => {
    const here = event.target === document.body || dialog.contains(event.target as Node);
    if (event.key === 'Escape' && !event.defaultPrevented && here) {
      event.preventDefault();
      close();
    } else if (event.key === 'Tab' && !event.defaultPrevented && isLast(dialog, event)) {
      // It stands at the end of the page, but belongs to its cell: one goes back there.
      event.preventDefault();
      notebook.activate();
    }
  };
  if (modal) {
    dialog.addEventListener('mousedown', event => {
      if (event.target === dialog) {
        close();
      }
    });
  } else {
    document.addEventListener('keydown', leave);
  }
  await new Promise(closed => dialog.addEventListener('close', closed, { once: true }));
  document.removeEventListener('keydown', leave);
  following();
  if (closeOpen === close) {
    closeOpen = null;
  }
  Widget.detach(content);
  content.dispose();
  dialog.remove();
  const { activeElement } = document;
  const lost = !activeElement || activeElement === document.body;
  if (!notebook.isDisposed && (modal ? !notebook.node.contains(activeElement) : lost)) {
    notebook.activate();
  }
}

/** Whether the Tab key would leave a popup. */
function isLast(dialog: HTMLElement, event: KeyboardEvent): boolean {
  const within = 'a[href], [tabindex="0"], button, input, select, textarea, summary';
  const stops = [...dialog.querySelectorAll<HTMLElement>(within)].filter(
    node => !node.matches(':disabled') && node.checkVisibility()
  );
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  return event.target === edge || (event.shiftKey && event.target === dialog);
}

/** Keep the popup at its cell, wherever that goes, and close it with it; return what ends that. */
function follow(dialog: HTMLDialogElement, options: IBesideOptions, close: () => void): () => void {
  const { notebook, modal } = options;
  const id = options.cell.model.id;
  let { cell } = options;
  let asked = 0;
  const place = () => {
    // What is not drawn is nowhere: a notebook in the background hides what belongs to it, and a
    // cell that is far out of sight leaves it where it is.
    dialog.style.display = modal || notebook.isVisible ? '' : 'none';
    if (cell.node.isConnected && cell.node.getClientRects().length) {
      beside(dialog, cell.node, options);
    }
  };
  const soon = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(place);
  };
  const watcher = new ResizeObserver(soon);
  // A cell that is moved is given another widget, after it has lost this one.
  const replace = () => void Promise.resolve().then(() => {
    const next = notebook.isDisposed ? undefined : notebook.widgets.find(one => one.model?.id === id);
    if (next && !modal) {
      watch(next);
      soon();
    } else {
      close();
    }
  });
  const watch = (next: Cell) => {
    cell = next;
    watcher.observe(cell.node);
    cell.disposed.connect(replace);
  };
  watch(cell);
  watcher.observe(notebook.node);
  window.addEventListener('resize', soon);
  if (!modal) {
    document.addEventListener('scroll', soon, true);
  }
  place();
  return () => {
    cancelAnimationFrame(asked);
    watcher.disconnect();
    cell.disposed.disconnect(replace);
    window.removeEventListener('resize', soon);
    document.removeEventListener('scroll', soon, true);
  };
}

/**
 * Place the popup below a cell's input; where there is little room above it, and where there is
 * little on either side, as low as it can be.
 */
function beside(dialog: HTMLElement, cell: HTMLElement, options: IBesideOptions): void {
  const input = cell.querySelector('.jp-Cell-inputWrapper') ?? cell;
  const editor = cell.querySelector('.jp-InputArea-editor') ?? input;
  const { innerWidth, innerHeight } = window;
  const width = Math.min(options.width, innerWidth - 2 * SPACE);
  // It may go over the notebook's tools only where one cannot use them.
  const top = options.modal ? 0 : options.notebook.node.getBoundingClientRect().top;
  const place = input.getBoundingClientRect();
  const below = Math.max(place.bottom + SPACE / 2, top + SPACE);
  const above = Math.min(place.top - SPACE / 2, innerHeight - SPACE);
  const under = innerHeight - below - SPACE;
  const over = under < LOW && above - top - SPACE >= LOW;
  const low = under < LOW && !over;
  const room = over ? above - top - SPACE : under;
  const edges = editor.getBoundingClientRect();
  const wanted = options.side === 'left' ? edges.left : edges.right - width;
  const left = Math.min(wanted, innerWidth - width - SPACE);
  dialog.style.width = `${width}px`;
  dialog.style.maxHeight = `${low ? Math.min(0.75 * innerHeight, HIGH) : Math.min(room, HIGH)}px`;
  dialog.style.top = low || over ? 'auto' : `${below}px`;
  dialog.style.bottom = low ? `${SPACE}px` : over ? `${innerHeight - above}px` : 'auto';
  dialog.style.left = `${Math.max(left, SPACE)}px`;
}
