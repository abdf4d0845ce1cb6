/** What somebody has marked in a cell: a piece of its source, or of one of its outputs. */

import type { Cell } from '@jupyterlab/cells';

import { quoteOf, type IQuote } from '../models/anchors.ts';

export interface IMarkedText {
  readonly quote: IQuote;
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
  const at = text.indexOf(exact);
  const quote =
    at < 0 ? quoteOf(exact, 0, exact.length) : quoteOf(text, at, at + exact.length);
  if (!quote) {
    return null;
  }
  const all = [...cell.node.querySelectorAll('.jp-OutputArea-child')];
  const place = all.indexOf(part);
  return { quote, output: place < 0 ? null : place };
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
