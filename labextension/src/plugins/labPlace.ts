/** Shows in JupyterLab what comments hang on, and what they link to. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { cellAnchor, type IAnchor, type IQuote } from '../models/anchors.ts';
import { sourceHash } from '../models/hashes.ts';
import { OPEN, pointOf, targetOf, type ICellHere, type IPlace } from '../models/place.ts';
import type { AnchorView } from '../_generated/types.ts';
import type { IBook, ICompare } from '../tokens.ts';
import { OPEN_CHECKPOINT } from './checkpoints.ts';
import { OPEN_DASHBOARD } from './dashboards.ts';
import { OPEN_DATA } from './data.ts';
import { OPEN_MODELS } from './models.ts';
import { OPEN_RUN } from './runs.ts';

/** Milliseconds for which what was jumped to is marked. */
const MARKED = 2_000;

/** Milliseconds in which a notebook that is opened shows its cells. */
const OPENED = 10_000;

export class LabPlace implements IPlace {
  private readonly _app: JupyterFrontEnd;
  private readonly _tracker: INotebookTracker;
  private readonly _book: IBook;
  private readonly _compare: ICompare | null;
  private readonly _trans: TranslationBundle;

  constructor(
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    book: IBook,
    compare: ICompare | null,
    trans: TranslationBundle
  ) {
    this._app = app;
    this._tracker = tracker;
    this._book = book;
    this._compare = compare;
    this._trans = trans;
    document.addEventListener(OPEN, event => {
      const target: unknown = (event as CustomEvent).detail;
      if (typeof target === 'string') {
        this.open(target);
      }
    });
  }

  readonly open = (target: string): void => {
    void this._show(target, '').catch(tell);
  };

  readonly reveal = (anchor: AnchorView): void => {
    const { kind, notebook } = anchor;
    if (kind === 'notebook') {
      void this._panelOf(notebook).then(panel => {
        panel?.content.outerNode.scrollTo({ top: 0 });
      });
      return;
    }
    void this._show(targetOf(anchor), notebook).catch(tell);
  };

  readonly active = (): ICellHere | null => {
    const cell = this._book.panel?.content.activeCell;
    return cell ? this._here(cell) : null;
  };

  readonly cell = (id: string): ICellHere | null => {
    const cell = this._book.panel?.content.widgets.find(one => one.model.id === id);
    return cell ? this._here(cell) : null;
  };

  /** Return what a thread on a cell hangs on. */
  anchor(cell: Cell, quote: IQuote | null = null, output: number | null = null): IAnchor {
    const source = cell.model.sharedModel.getSource();
    const facts = { id: cell.model.id, type: cell.model.type, source, hash: sourceHash(source) };
    return cellAnchor(facts, quote, output);
  }

  /** Show a cell, and mark it for a moment; says whether it is in that notebook. */
  async showCell(panel: NotebookPanel, id: string): Promise<Cell | null> {
    const notebook = panel.content;
    const at = notebook.widgets.findIndex(cell => cell.model.id === id);
    if (at < 0) {
      return null;
    }
    const cell = notebook.widgets[at];
    this._app.shell.activateById(panel.id);
    notebook.activeCellIndex = at;
    await notebook.scrollToCell(cell, 'smart');
    cell.node.classList.add('cb-mod-revealed');
    setTimeout(() => cell.node.classList.remove('cb-mod-revealed'), MARKED);
    return cell;
  }

  private async _show(target: string, notebook: string): Promise<void> {
    const [, kind, name] = /^(\w+):(.+)$/s.exec(target) ?? ['', '', target];
    const { commands } = this._app;
    // Whatever can be named is opened here, by its kind.
    switch (kind) {
      case 'cell':
        return this._showCell(name, notebook);
      case 'notebook':
        return this._showNotebook(name);
      case 'run':
        return void (await commands.execute(OPEN_RUN, { run: name }));
      case 'metric': {
        const point = pointOf(name);
        return point
          ? void (await commands.execute(OPEN_RUN, { ...point }))
          : this._sayHow(this._trans.__('A metric is named as %1.', 'metric:RUN/NAME@STEP'));
      }
      case 'compare':
        return this._compare?.open(this._book.notebook, name.split(','));
      case 'checkpoint':
        return void (await commands.execute(OPEN_CHECKPOINT, { checkpoint: name }));
      case 'dashboard':
        return void (await commands.execute(OPEN_DASHBOARD, { name }));
      case 'board':
        return this._sayHow(
          this._trans.__('The leaderboard %1 is shown in a cell.', name),
          `%leaderboard "${name}"`
        );
      case 'data':
        return void (await commands.execute(OPEN_DATA, { data: name }));
      case 'model':
        return void (await commands.execute(OPEN_MODELS, { model: name }));
      default:
        return this._sayHow(this._trans.__('%1 cannot be opened here.', target));
    }
  }

  /** Say that nothing here shows a thing, and what does. */
  private _sayHow(text: string, code = ''): void {
    const copy = {
      label: this._trans.__('Copy %1', code),
      callback: () => Clipboard.copyToSystem(code)
    };
    Notification.info(text, { autoClose: 8000, actions: code ? [copy] : [] });
  }

  private async _showNotebook(name: string): Promise<void> {
    if (!(await this._panelOf(name))) {
      const text = this._trans.__('The notebook %1 cannot be found here.', name);
      Notification.warning(text, { autoClose: 5000 });
    }
  }

  private async _showCell(id: string, notebook: string): Promise<void> {
    const inSight = this._book.panel;
    const open: NotebookPanel[] = inSight ? [inSight] : [];
    this._tracker.forEach(panel => open.push(panel));
    for (const panel of open) {
      if (await this.showCell(panel, id)) {
        return;
      }
    }
    const panel = notebook ? await this._panelOf(notebook) : null;
    if (!panel || !(await this.showCell(panel, id))) {
      Notification.warning(this._trans.__('The cell is in no notebook that can be found here.'), {
        autoClose: 5000
      });
    }
  }

  /** Open a notebook by the name that records have for it: a path from where the book lies. */
  private async _panelOf(name: string): Promise<NotebookPanel | null> {
    const { contents } = this._app.serviceManager;
    // The book lies beside the notebook in sight, or in a folder further up.
    const folders = this._book.notebook.split('/').slice(0, -1);
    for (let depth = folders.length; depth >= 0; depth--) {
      const path = [...folders.slice(0, depth), name].join('/');
      const found = await contents.get(path, { content: false }).catch(() => null);
      if (found) {
        const panel = (await this._app.commands.execute('docmanager:open', {
          path
        })) as NotebookPanel;
        const late = new Promise<void>(resolve => setTimeout(resolve, OPENED));
        await Promise.race([panel.context.ready.then(() => panel.revealed), late]);
        return panel;
      }
    }
    return null;
  }

  private _here(cell: Cell): ICellHere {
    const source = cell.model.sharedModel.getSource();
    const at = this._book.panel!.content.widgets.indexOf(cell);
    return { title: this._trans.__('cell %1', at + 1), source, anchor: this.anchor(cell) };
  }
}

function tell(error: unknown): void {
  Notification.error(error instanceof Error ? error.message : String(error), { autoClose: 8000 });
}
