/** What somebody points at in a cell: a piece of its source, or an output or a piece of that. */

import type { Cell } from '@jupyterlab/cells';

import { quoteIn, quoteOf, type IQuote } from '../models/anchors.ts';

export interface IMarkedText {
  /** Null where a whole output is meant. */
  readonly quote: IQuote | null;
  /** Place of the output that it is in; null where it is in the source. */
  readonly output: number | null;
}

/** Return the text that is marked in a cell; null where there is none. */
export function markedIn(cell: Cell): IMarkedText | null {
  return inOutput(cell) ?? inSource(cell);
}

function inOutput(cell: Cell): IMarkedText | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) {
    return null;
  }
  const range = selection.getRangeAt(0);
  const start = range.startContainer;
  const element = start instanceof Element ? start : start.parentElement;
  const part = element?.closest('.jp-OutputArea-child, .jp-RenderedMarkdown');
  if (!part || !cell.node.contains(part)) {
    return null;
  }
  const text = part.textContent ?? '';
  const exact = selection.toString();
  const quote = quoteIn(text, exact);
  if (!quote) {
    return null;
  }
  return { quote, output: placeOf(cell, part) };
}

/** Return an output of a cell, or the text that is marked in it. */
export function pointedAt(cell: Cell, output: Element): IMarkedText {
  const marked = inOutput(cell);
  const place = placeOf(cell, output);
  return marked && marked.output === place ? marked : { quote: null, output: place };
}

/** Return the place of an output in its cell; null for what is none. */
function placeOf(cell: Cell, output: Element): number | null {
  const place = [...cell.node.querySelectorAll('.jp-OutputArea-child')].indexOf(output);
  return place < 0 ? null : place;
}

function inSource(cell: Cell): IMarkedText | null {
  const editor = cell.editor;
  if (!editor) {
    return null;
  }
  const { start, end } = editor.getSelection();
  const [from, to] = [editor.getOffsetAt(start), editor.getOffsetAt(end)].sort((a, b) => a - b);
  const quote = quoteOf(cell.model.sharedModel.getSource(), from, to);
  return quote && { quote, output: null };
}
