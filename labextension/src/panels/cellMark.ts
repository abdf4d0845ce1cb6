/** The mark beside a cell, and what is said of it while one points at it. */

import { Widget } from '@lumino/widgets';

import { KIND_GLYPHS, type IVerdict } from '../models/cellMarks.ts';

/** One text beside whatever is pointed at; there is never more than one. */
export class Tip {
  private readonly _node = document.createElement('div');

  constructor() {
    this._node.className = 'cellbook-lab cb-cell-tip';
    // The button's own label says the same to who does not see this.
    this._node.setAttribute('aria-hidden', 'true');
  }

  /** Show lines below a node, or above where there is no room. */
  show(anchor: Element, lines: readonly string[]): void {
    this._node.replaceChildren(
      ...lines.map(line => {
        const row = document.createElement('div');
        row.append(...marked(line));
        return row;
      })
    );
    document.body.append(this._node);
    const place = anchor.getBoundingClientRect();
    const { height } = this._node.getBoundingClientRect();
    const below = place.bottom + 4;
    const top = below + height < window.innerHeight ? below : place.top - height - 4;
    this._node.style.top = `${Math.max(top, 0)}px`;
    this._node.style.left = `${place.left}px`;
  }

  hide(): void {
    this._node.remove();
  }
}

/** Return a text in which `code` stands between backticks as nodes; `Marked` does it in React. */
function marked(text: string): (Node | string)[] {
  const parts = text.split('`');
  return parts.map((part, place) => {
    if (place % 2 === 0 || place === parts.length - 1) {
      return part;
    }
    const code = document.createElement('code');
    code.textContent = part;
    return code;
  });
}

/** What a mark needs of who places it. */
export interface IMarkOptions {
  readonly tip: Tip;
  /** What it is for, as the last words of its label. */
  readonly purpose: string;
  /** Say it in lines, with times as they are or as how long ago. */
  describe(verdict: IVerdict, exact: boolean): string[];
  /** Open the history of the cell. */
  open(): void;
}

/**
 * A button at the left of a cell.
 *
 * It is part of the cell's layout: what JupyterLab does to show and hide cells happens to it, too.
 */
export class CellMarkButton extends Widget {
  private readonly _options: IMarkOptions;
  private _verdict: IVerdict | null = null;
  private _shown = '';

  constructor(options: IMarkOptions) {
    super({ node: document.createElement('button') });
    this._options = options;
    this.addClass('cb-cell-mark');
    const button = this.node as HTMLButtonElement;
    button.type = 'button';
    button.tabIndex = -1;
    button.setAttribute('aria-haspopup', 'dialog');
    // The listeners go with the node, however often JupyterLab takes it out and puts it back.
    button.addEventListener('click', () => {
      options.tip.hide();
      options.open();
    });
    button.addEventListener('mouseenter', () => this._tell());
    button.addEventListener('focus', () => {
      if (button.matches(':focus-visible')) {
        this._tell();
      }
    });
    for (const event of ['mouseleave', 'blur', 'wheel']) {
      button.addEventListener(event, () => options.tip.hide(), { passive: true });
    }
    button.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        options.tip.hide();
      }
    });
  }

  /** Whether the Tab key reaches it: only that of the active cell, for there may be a thousand. */
  set reachable(reachable: boolean) {
    this.node.tabIndex = reachable ? 0 : -1;
  }

  /** Say something else; nothing is touched where it is the same. */
  say(verdict: IVerdict | null): void {
    this._verdict = verdict;
    const shown = JSON.stringify(verdict);
    if (shown === this._shown) {
      return;
    }
    this._shown = shown;
    this.node.hidden = verdict === null;
    if (verdict) {
      const { describe, purpose } = this._options;
      this.node.textContent = KIND_GLYPHS[verdict.kind];
      this.node.dataset.kind = verdict.kind;
      this.node.setAttribute(
        'aria-label',
        [...describe(verdict, true), purpose].join('. ').replaceAll('`', '')
      );
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._options.tip.hide();
      super.dispose();
    }
  }

  private _tell(): void {
    if (this._verdict) {
      this._options.tip.show(this.node, this._options.describe(this._verdict, false));
    }
  }
}
