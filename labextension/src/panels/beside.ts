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
  /** What the popup is called. */
  readonly title: string;
  readonly className: string;
  readonly width: number;
  /** The edge of the cell that it begins at. */
  readonly side: 'left' | 'right';
  content(close: () => void): ReactElement;
}

/** Show something below a cell, until it is closed. */
export async function showBeside(options: IBesideOptions): Promise<void> {
  const { cell, notebook } = options;
  const dialog = document.createElement('dialog');
  dialog.className = `cb-beside ${options.className}`;
  dialog.setAttribute('aria-label', options.title);
  const close = () => dialog.close();
  const content = ReactWidget.create(options.content(close));
  content.addClass('cellbook-lab');
  content.addClass('cb-beside-content');
  document.body.append(dialog);
  const place = () => beside(dialog, cell.node, options);
  place();
  // A modal one: the browser itself holds the focus in it, closes it by Escape, and gives the
  // focus back.
  dialog.showModal();
  Widget.attach(content, dialog);
  window.addEventListener('resize', place);
  dialog.addEventListener('mousedown', event => {
    if (event.target === dialog) {
      close();
    }
  });
  await new Promise(closed => dialog.addEventListener('close', closed, { once: true }));
  window.removeEventListener('resize', place);
  Widget.detach(content);
  content.dispose();
  dialog.remove();
  if (!notebook.isDisposed && !notebook.node.contains(document.activeElement)) {
    notebook.activate();
  }
}

/** Place the popup below a cell's input; where there is little room, as low as it can be. */
function beside(dialog: HTMLElement, cell: HTMLElement, options: IBesideOptions): void {
  const input = cell.querySelector('.jp-Cell-inputWrapper') ?? cell;
  const editor = cell.querySelector('.jp-InputArea-editor') ?? input;
  const { innerWidth, innerHeight } = window;
  const width = Math.min(options.width, innerWidth - 2 * SPACE);
  const below = Math.max(input.getBoundingClientRect().bottom + SPACE / 2, SPACE);
  const room = innerHeight - below - SPACE;
  const low = room < LOW;
  const edges = editor.getBoundingClientRect();
  const wanted = options.side === 'left' ? edges.left : edges.right - width;
  const left = Math.min(wanted, innerWidth - width - SPACE);
  dialog.style.width = `${width}px`;
  dialog.style.maxHeight = `${low ? Math.min(0.75 * innerHeight, HIGH) : Math.min(room, HIGH)}px`;
  dialog.style.top = low ? 'auto' : `${below}px`;
  dialog.style.bottom = low ? `${SPACE}px` : 'auto';
  dialog.style.left = `${Math.max(left, SPACE)}px`;
}
