/** The bubble at a cell of which something was said. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { IBubble } from '../models/cellThreads.ts';

const SHAPE =
  '<svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">' +
  '<path fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round" ' +
  'd="M2.5 2.5h11v8h-6l-3 3v-3h-2z"/></svg>';

/** A button at the right of a cell; a part of its layout, as marks are. */
export class CellBubble extends Widget {
  private readonly _trans: TranslationBundle;
  private readonly _count = document.createElement('span');
  private _shown = '';

  constructor(trans: TranslationBundle, open: () => void) {
    super({ node: document.createElement('button') });
    this._trans = trans;
    this.addClass('cb-cell-bubble');
    const button = this.node as HTMLButtonElement;
    button.type = 'button';
    button.innerHTML = SHAPE;
    button.append(this._count);
    button.setAttribute('aria-haspopup', 'dialog');
    button.addEventListener('click', open);
  }

  /** Say something else; nothing is touched where it is the same. */
  say(bubble: IBubble | null): void {
    const shown = JSON.stringify(bubble);
    if (shown === this._shown) {
      return;
    }
    this._shown = shown;
    this.node.hidden = bubble === null;
    if (bubble) {
      const { count, unread, resolved } = bubble;
      const trans = this._trans;
      this._count.textContent = String(count);
      this.node.classList.toggle('cb-mod-unread', unread > 0);
      this.node.classList.toggle('cb-mod-resolved', resolved);
      const said = [
        trans._n('%1 comment', '%1 comments', count),
        ...(unread ? [trans.__('%1 new', unread)] : []),
        ...(resolved ? [trans.__('resolved')] : [])
      ].join(', ');
      this.node.setAttribute('aria-label', said);
      this.node.title = said;
    }
  }
}
