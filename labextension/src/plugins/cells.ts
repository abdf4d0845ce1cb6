/** Marks beside cells: how each ran last, whether it is stale; and the history behind each. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { CellHistory } from '../models/cellHistory.ts';
import { CellMarks } from '../models/cellMarks.ts';
import { MarkedNotebook } from '../panels/markedNotebook.ts';
import { Tip } from '../panels/cellMark.ts';
import { IBook, IKernelLinks, type IKernelLink } from '../tokens.ts';

const ID = 'cellbook-labextension:cells';

/** Opens the history of the active cell. */
const HISTORY = 'cellbook:cell-history';

/** The tables in which a change may change what a mark says. */
const TABLES = ['cells', 'runs'];

/** All notebooks that have marks. */
class Marks {
  private readonly _app: JupyterFrontEnd;
  private readonly _book: IBook;
  private readonly _rendermime: IRenderMimeRegistry;
  private readonly _trans: TranslationBundle;
  private readonly _tip = new Tip();
  private readonly _notebooks = new Map<NotebookPanel, MarkedNotebook>();
  private _listening: IDisposable | null = null;

  constructor(
    app: JupyterFrontEnd,
    book: IBook,
    rendermime: IRenderMimeRegistry,
    trans: TranslationBundle
  ) {
    this._app = app;
    this._book = book;
    this._rendermime = rendermime;
    this._trans = trans;
    book.changed.connect((_, tables) => {
      if (tables.some(table => TABLES.includes(table))) {
        this._refresh();
      }
    });
    book.notebookChanged.connect(this._refresh, this);
  }

  /** Whether there is a history to open. */
  get canOpen(): boolean {
    return this._book.panel?.content.activeCell?.model.type === 'code';
  }

  add(link: IKernelLink): void {
    const { panel } = link;
    const marks = new CellMarks(
      () => this._book.api.cells(this._path(panel)),
      () => hasStableIds(panel),
      this._trans.__('edited since it was recorded')
    );
    const marked = new MarkedNotebook(panel, {
      marks,
      tip: this._tip,
      trans: this._trans,
      open: cell => void this.open(panel, cell)
    });
    this._notebooks.set(panel, marked);
    marks.setKernel(link.state);
    link.stateChanged.connect((_, state) => {
      const began = state !== null && marks.empty;
      marks.setKernel(state);
      if (began) {
        void marks.refresh();
      }
      this._listen();
    });
    marks.changed.connect(this._listen, this);
    panel.disposed.connect(() => {
      marked.dispose();
      this._notebooks.delete(panel);
      this._listen();
    });
    void panel.context.ready.then(() => this._refresh());
  }

  /** Open the history of a cell. */
  async open(panel: NotebookPanel, id: string): Promise<void> {
    const marked = this._notebooks.get(panel);
    const cell = marked?.find(id);
    if (!marked || !cell) {
      return;
    }
    const { showHistory } = await import('../panels/history.tsx');
    const notebook = this._path(panel);
    const ids = marked.marks.idsOf(cell.now);
    await showHistory({
      history: new CellHistory(
        (version, options) => this._book.api.cellVersions(notebook, version, options),
        ids
      ),
      byText: ids.length > 1,
      cell: cell.widget,
      notebook: panel.content,
      rendermime: this._rendermime.clone({
        resolver: panel.content.rendermime.resolver ?? undefined
      }),
      putBack: source => this._putBack(panel, id, source),
      trans: this._trans
    });
  }

  /** Open the history of the active cell. */
  async openActive(): Promise<void> {
    const panel = this._book.panel;
    const cell = panel?.content.activeCell;
    if (panel && cell) {
      await panel.content.scrollToCell(cell);
      await this.open(panel, cell.model.id);
    }
  }

  /** Give a cell a former source, as one step that can be undone; its outputs stay. */
  private _putBack(panel: NotebookPanel, id: string, source: string): void {
    const trans = this._trans;
    const shared = panel.model?.sharedModel.cells.find(cell => cell.id === id);
    if (!shared) {
      Notification.error(trans.__('The cell is no longer in the notebook.'));
      return;
    }
    const before = shared.getSource();
    shared.setSource(source);
    const undo = () => {
      if (shared.getSource() === source) {
        shared.undo();
      }
      if (shared.getSource() !== before) {
        // It was edited since: one more step, which can be undone as well.
        shared.setSource(before);
      }
    };
    Notification.success(trans.__('The cell has its former source. Its outputs stay.'), {
      autoClose: 8000,
      actions: [{ label: trans.__('Undo'), callback: undo }]
    });
  }

  /** Bring what is in sight up to date. */
  private _refresh(): void {
    for (const [panel, marked] of this._notebooks) {
      if (panel.isVisible && panel.context.isReady) {
        void marked.marks.refresh();
        marked.schedule();
      }
    }
    this._listen();
  }

  /** Hear of changes while a notebook is in sight of which something is on record. */
  private _listen(): void {
    const panel = this._book.panel;
    const marked = panel && this._notebooks.get(panel);
    const wanted = !!marked && marked.known;
    if (wanted && !this._listening) {
      this._listening = this._book.listen();
    } else if (!wanted && this._listening) {
      this._listening.dispose();
      this._listening = null;
    }
  }

  private _path(panel: NotebookPanel): string {
    return this._app.serviceManager.contents.localPath(panel.context.path);
  }
}

/** Whether the file keeps the ids of cells: since format 4.5. */
function hasStableIds(panel: NotebookPanel): boolean {
  const model = panel.model;
  return !model || model.nbformat > 4 || model.nbformatMinor >= 5;
}

export const cells: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Marks beside cells, and the history of each.',
  autoStart: true,
  requires: [IBook, IKernelLinks, INotebookTracker, IRenderMimeRegistry],
  optional: [ITranslator, ICommandPalette, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    links: IKernelLinks,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const marks = new Marks(app, book, rendermime, trans);
    tracker.forEach(panel => {
      const link = links.of(panel);
      if (link) {
        marks.add(link);
      }
    });
    links.added.connect((_, link) => marks.add(link));
    app.commands.addCommand(HISTORY, {
      label: trans.__('History of this cell'),
      caption: trans.__('Every version of its source and output that is on record'),
      isEnabled: () => marks.canOpen,
      execute: () => marks.openActive()
    });
    tracker.activeCellChanged.connect(() => app.commands.notifyCommandChanged(HISTORY));
    palette?.addItem({ command: HISTORY, category: 'Cellbook' });
    void settings?.load(ID).then(found => {
      const follow = () =>
        document.body.classList.toggle('cb-mod-noMarks', found.composite.showMarks === false);
      found.changed.connect(follow);
      follow();
    });
  }
};
