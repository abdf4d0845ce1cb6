/** Comments: bubbles on cells and the threads beside them, the tab of the sidebar, notices. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { createElement } from 'react';

import { commentIcon } from '../icons.ts';
import { cellOf, hasLostQuote } from '../models/cellThreads.ts';
import { drafts, NOTEBOOK_DRAFTS } from '../models/drafts.ts';
import { CellHashes } from '../models/hashes.ts';
import { ThreadsModel, threadsOf, type IHeard, type ILiveCells } from '../models/threads.ts';
import { quoteIn, type IAnchor } from '../models/anchors.ts';
import type { ThreadView } from '../_generated/types.ts';
import { CommentedNotebook } from '../panels/commentedNotebook.ts';
import { whenIdle } from '../panels/nearCells.ts';
import { IBook, ICompare, ISidebar } from '../tokens.ts';
import { LabPlace } from './labPlace.ts';
import { markedIn, pointedAt, type IMarkedText } from './selection.ts';

const ID = 'cellbook-labextension:comments';

/** Comments on the active cell, or what is marked in it. */
const COMMENT = 'cellbook:comment';
/** Comments on the output that was right-clicked. */
const COMMENT_OUTPUT = 'cellbook:comment-output';
const OPEN_COMMENTS = 'cellbook:open-comments';

/** Threads of a notebook that its bubbles are made of, at most. */
const MOST = 500;

/** Comments that are told of one by one; more at once are told in one sentence. */
const TOLD = 3;

/** Letters of a comment that a notice shows. */
const EXCERPT = 140;

/** Milliseconds in which a notebook that is opened has the browser for itself. */
const FIRST_LOOK = 1_500;

/** Characters of the sources that are sent for a lost cell to be found by. */
const SOURCES = 400_000;

/** All notebooks that are open, and what is said of them. */
class Comments {
  readonly place: LabPlace;
  readonly tab: ThreadsModel;
  /** How much in the notebook in sight is new has changed. */
  readonly unreadChanged = new Signal<Comments, void>(this);
  /** Cells of the notebook in sight have come, gone or moved. */
  readonly cellsChanged = new Signal<Comments, void>(this);
  notices = true;
  private readonly _app: JupyterFrontEnd;
  private readonly _book: IBook;
  private readonly _sidebar: ISidebar;
  private readonly _trans: TranslationBundle;
  private readonly _notebooks = new Map<NotebookPanel, CommentedNotebook>();
  private _hashes = new WeakMap<NotebookPanel, CellHashes>();
  private _listening: IDisposable | null = null;
  private _unread = 0;
  /** The notebooks that are there, and need the browser no longer for themselves. */
  private readonly _opened = new WeakSet<NotebookPanel>();

  constructor(
    app: JupyterFrontEnd,
    book: IBook,
    sidebar: ISidebar,
    place: LabPlace,
    trans: TranslationBundle
  ) {
    this.place = place;
    this._app = app;
    this._book = book;
    this._sidebar = sidebar;
    this._trans = trans;
    const state = threadsOf(book.notebook, { filter: 'open' });
    this.tab = new ThreadsModel(book.api, state, (suggest, threads) =>
      this._live(book.panel, suggest, threads)
    );
    book.changed.connect((_, tables) => this._current?.model.tell(tables));
    book.notebookChanged.connect(this._look, this);
  }

  /** How many comments in the notebook in sight are new. */
  get unread(): number {
    return this._unread;
  }

  add(panel: NotebookPanel): void {
    const path = () => this._app.serviceManager.contents.localPath(panel.context.path);
    const model = new ThreadsModel(
      this._book.api,
      threadsOf(path(), { limit: MOST }),
      (suggest, threads) => this._live(panel, suggest, threads)
    );
    const commented = new CommentedNotebook(panel, model, this._trans, cell =>
      void this.open(panel, cell)
    );
    this._notebooks.set(panel, commented);
    commented.cellsChanged.connect(() => {
      if (panel === this._book.panel) {
        this.cellsChanged.emit();
      }
    });
    model.changed.connect(this._count, this);
    const settled = new Set<string>();
    const settle = () =>
      void this._settle(panel, commented, settled).catch(() => undefined);
    model.changed.connect(settle);
    model.heard.connect((_, heard) => this._tell(panel, heard));
    panel.context.pathChanged.connect(() => {
      NOTEBOOK_DRAFTS.forEach(key => drafts.move(key(model.state.notebook), key(path())));
      void model.change({ notebook: path() });
    });
    // Under jupyter-collaboration the server saves, and no window is told but by this.
    panel.context.model.stateChanged.connect((_, { name }) => {
      if (name === 'dirty' && !panel.context.model.dirty) {
        settled.clear();
        settle();
      }
    });
    panel.disposed.connect(() => {
      commented.dispose();
      this._notebooks.delete(panel);
      this._look();
    });
    // The notebook is to be there first.
    void Promise.all([panel.context.ready, panel.revealed]).then(() =>
      whenIdle(() => {
        this._opened.add(panel);
        this._look();
      }, FIRST_LOOK)
    );
  }

  /** Show what is said of a cell; where text is marked in it, to say something of that. */
  async open(
    panel: NotebookPanel,
    id: string,
    given: IMarkedText | null = null
  ): Promise<void> {
    const commented = this._notebooks.get(panel);
    const cell = panel.content.widgets.find(one => one.model.id === id);
    if (!commented || !cell) {
      return;
    }
    const { showThreads } = await import('../panels/cellThreads.tsx');
    const count = (cell.model as { executionCount?: number | null }).executionCount;
    const marked = remembered(id, given);
    // The command is done when they are shown; they are there until they are closed.
    void showThreads({
      cell,
      notebook: panel.content,
      title: count
        ? this._trans.__('Comments on cell [%1]', count)
        : this._trans.__('Comments on this cell'),
      anchor: this.place.anchor(cell, marked?.quote ?? null, marked?.output ?? null),
      fresh: marked !== null,
      model: commented.model,
      place: this.place,
      trans: this._trans
    });
  }

  /** Comment on the active cell. */
  async comment(): Promise<void> {
    const panel = this._book.panel;
    const cell = panel?.content.activeCell;
    if (panel && cell) {
      // What is marked may not be after the notebook was scrolled.
      const marked = markedIn(cell);
      await panel.content.scrollToCell(cell);
      await this.open(panel, cell.model.id, marked);
    }
  }

  /** Comment on an output that is in the page. */
  async commentOnOutput(output: Element | undefined): Promise<void> {
    const panel = this._book.panel;
    const cell = output && panel?.content.widgets.find(one => one.node.contains(output));
    if (panel && cell) {
      await this.open(panel, cell.model.id, pointedAt(cell, output));
    }
  }

  /** Return what a thread on the notebook in sight hangs on. */
  readonly notebookAnchor = (): IAnchor => {
    const cells = this._book.panel?.model?.sharedModel.cells ?? [];
    return { kind: 'notebook', cells: cells.map(cell => cell.id) };
  };

  private get _current(): CommentedNotebook | null {
    const panel = this._book.panel;
    return (panel && this._notebooks.get(panel)) ?? null;
  }

  /** Bring what is in sight up to date, and hear of what is written there. */
  private _look(): void {
    const current = this._current;
    if (current && !this._listening) {
      this._listening = this._book.listen();
    } else if (!current && this._listening) {
      this._listening.dispose();
      this._listening = null;
    }
    if (current?.panel.context.isReady && this._opened.has(current.panel)) {
      void current.model.refresh();
      current.schedule();
    }
    this._count();
  }

  /**
   * Put on record which cells threads hang on whose own were merged into these, once these are
   * saved: until then others have the cells as they were.
   *
   * @param settled - What was tried since the notebook was saved: a refusal is not asked for again.
   */
  private async _settle(
    panel: NotebookPanel,
    commented: CommentedNotebook,
    settled: Set<string>
  ): Promise<void> {
    const { model, succession } = commented;
    if (panel.context.model.dirty) {
      return;
    }
    for (const { thread_id: id, anchor } of model.me && !model.readOnly ? model.threads : []) {
      const { cell_id: cell, quote, output, state, source } = anchor;
      const heir = panel.content.widgets.find(one => one.model.id === cell);
      // What was begun in another notebook, of which this is a copy, stays there.
      const known = settled.has(`${id} ${cell}`);
      if (state === 'moved' && !source && heir && succession.of(cell).length && !known) {
        settled.add(`${id} ${cell}`);
        const quoted = quoteIn(heir.model.sharedModel.getSource(), quote);
        await model.reattach(id, this.place.anchor(heir, quoted, output), true);
      }
    }
  }

  private _count(): void {
    const unread = this._current?.model.page
      ? this._current.model.threads.reduce((sum, thread) => sum + thread.unread, 0)
      : 0;
    if (unread !== this._unread) {
      this._unread = unread;
      this.unreadChanged.emit();
    }
  }

  /** Tell of what others have written, unless it can be read where one looks. */
  private _tell(panel: NotebookPanel, all: readonly IHeard[]): void {
    const heard = all.filter(({ thread }) => !inSight(thread.thread_id));
    if (!this.notices || !heard.length || panel !== this._book.panel) {
      return;
    }
    const trans = this._trans;
    if (heard.length > TOLD) {
      this._notice(trans.__('%1 new comments', heard.length), () =>
        this._sidebar.open('comments')
      );
      return;
    }
    for (const { thread, comment } of heard) {
      const who = comment.author.display_name || comment.author.name;
      const text = comment.text.slice(0, EXCERPT) || trans.__('changed a thread');
      const cell = cellOf(thread.anchor);
      this._notice(`${who}: ${text}`, () => {
        if (cell) {
          void this.place.showCell(panel, cell).then(() => this.open(panel, cell));
        } else {
          this._sidebar.open('comments');
        }
      });
    }
  }

  private _notice(text: string, show: () => void): void {
    Notification.info(text, {
      autoClose: 6000,
      actions: [{ label: this._trans.__('Show'), callback: show }]
    });
  }

  /** Tell of a notebook's cells as they are now. */
  private _live(
    panel: NotebookPanel | null,
    suggest: boolean,
    threads: readonly ThreadView[]
  ): ILiveCells {
    const cells = panel?.model?.sharedModel.cells;
    // Before it is loaded it has none: then its file tells what it has.
    if (!panel?.context.isReady || !cells) {
      return {};
    }
    const hashes = this._hashes.get(panel) ?? new CellHashes();
    this._hashes.set(panel, hashes);
    const { succession } = this._notebooks.get(panel) ?? {};
    const rows = hashes
      .rows(cells)
      .map(([id, , hash]) => [id, hash, ...(succession?.of(id) ?? [])]);
    const texts = new Map(cells.map(cell => [cell.id, cell.getSource()]));
    const wanted =
      suggest || threads.some(({ anchor }) => hasLostQuote(anchor, texts.get(anchor.cell_id)));
    const sources = wanted ? JSON.stringify(Object.fromEntries(texts)) : '';
    return {
      cells: JSON.stringify(rows),
      ...(sources && sources.length < SOURCES ? { sources } : {})
    };
  }
}

/** Return what a new thread on a cell is of: what is marked now, else what a draft was of. */
function remembered(cell: string, marked: IMarkedText | null): IMarkedText | null {
  const key = `marked|${cell}`;
  if (marked || !drafts.get(`new|cell|${cell}`)) {
    drafts.set(key, marked ? JSON.stringify(marked) : '');
    return marked;
  }
  const kept = drafts.get(key);
  return kept ? (JSON.parse(kept) as IMarkedText) : null;
}

/** Whether a thread is where one looks. */
function inSight(thread: string): boolean {
  const shown = document.querySelectorAll(`[data-thread="${CSS.escape(thread)}"]`);
  return [...shown].some(node => {
    const { top, bottom, width } = node.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < window.innerHeight;
  });
}

export const comments: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Comments on cells, runs and notebooks.',
  autoStart: true,
  requires: [IBook, ISidebar, INotebookTracker],
  optional: [ICompare, ITranslator, ICommandPalette, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    sidebar: ISidebar,
    tracker: INotebookTracker,
    compare: ICompare | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const place = new LabPlace(app, tracker, book, compare, trans);
    const all = new Comments(app, book, sidebar, place, trans);
    tracker.forEach(panel => all.add(panel));
    tracker.widgetAdded.connect((_, panel) => all.add(panel));
    sidebar.addTab({
      id: 'comments',
      label: trans.__('Comments'),
      rank: 300,
      badge: {
        get count() {
          return all.unread;
        },
        get label() {
          return trans._n('%1 new comment', '%1 new comments', all.unread);
        },
        changed: all.unreadChanged
      },
      render: async () => {
        const { CommentsTab } = await import('../panels/commentsTab.tsx');
        return createElement(CommentsTab, {
          model: all.tab,
          place,
          book,
          anchor: all.notebookAnchor,
          cellsChanged: all.cellsChanged,
          trans
        });
      }
    });
    app.commands.addCommand(COMMENT, {
      label: trans.__('Comment'),
      caption: trans.__('Comment on this cell, or on the text that is marked in it'),
      icon: commentIcon,
      isEnabled: () => !!book.panel?.content.activeCell,
      execute: () => all.comment()
    });
    app.commands.addCommand(COMMENT_OUTPUT, {
      label: trans.__('Comment on this output'),
      icon: commentIcon,
      execute: () =>
        all.commentOnOutput(
          app.contextMenuHitTest(node => node.classList.contains('jp-OutputArea-child'))
        )
    });
    app.commands.addCommand(OPEN_COMMENTS, {
      label: trans.__('Show Comments'),
      icon: commentIcon,
      execute: () => sidebar.open('comments')
    });
    tracker.activeCellChanged.connect(() => app.commands.notifyCommandChanged(COMMENT));
    for (const command of [COMMENT, OPEN_COMMENTS]) {
      palette?.addItem({ command, category: 'Cellbook' });
    }
    void settings?.load(ID).then(found => {
      const follow = () => {
        all.notices = found.composite.showNotices !== false;
        document.body.classList.toggle('cb-mod-noBubbles', found.composite.showBubbles === false);
      };
      found.changed.connect(follow);
      follow();
    });
  }
};
