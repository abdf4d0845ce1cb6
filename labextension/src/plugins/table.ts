/** A panel in the main area that lists all runs of a book as a table. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { UUID, type ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { createElement, type ReactElement } from 'react';

import { cellbookIcon } from '../icons.ts';
import { GridModel, listing, type IGridState } from '../models/grid.ts';
import { IBook, ICompare } from '../tokens.ts';
import { hostOf } from './host.ts';

const OPEN = 'cellbook:open-table';

type View = typeof import('../panels/runsTable.tsx').RunsTable;

/** One table; it follows the book while it is seen. */
class TableWidget extends ReactWidget {
  readonly model: GridModel;
  private readonly _book: IBook;
  private readonly _compare: ICompare;
  private readonly _trans: TranslationBundle;
  private _listening: IDisposable | null = null;
  private _view: View | null = null;

  constructor(book: IBook, compare: ICompare, state: IGridState, trans: TranslationBundle) {
    super();
    this.model = new GridModel(book.api, state);
    this._book = book;
    this._compare = compare;
    this._trans = trans;
    this.addClass('cellbook-lab');
    this.addClass('cellbook-table');
    this.title.icon = cellbookIcon;
    this.title.label = trans.__('Runs');
    this.title.caption = state.notebook;
  }

  dispose(): void {
    this._listening?.dispose();
    super.dispose();
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._listen();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._listen();
  }

  protected onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._listening?.dispose();
    this._listening = null;
  }

  protected render(): ReactElement | null {
    if (this._view) {
      return createElement(this._view, {
        model: this.model,
        host: hostOf(this._book),
        trans: this._trans,
        open: (runs, baseline) => this._compare.open(this.model.state.notebook, runs, baseline)
      });
    }
    void import('../panels/runsTable.tsx').then(({ RunsTable }) => {
      this._view = RunsTable;
      this.update();
    });
    return null;
  }

  private _listen(): void {
    if (this.isVisible && !this._listening) {
      const { notebook } = this.model.state;
      this._listening = this._book.watch(notebook, tables => this.model.tell(tables));
      void this.model.refresh();
    }
  }
}

export const table: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:table',
  description: 'A panel that lists all runs as a table.',
  autoStart: true,
  requires: [IBook, ICompare],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    compare: ICompare,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const tracker = new WidgetTracker<MainAreaWidget<TableWidget>>({ namespace: 'cellbook-table' });
    const add = (state: IGridState, id: string): void => {
      const same = tracker.find(({ content }) => content.model.state.notebook === state.notebook);
      if (same) {
        app.shell.activateById(same.id);
        return;
      }
      const content = new TableWidget(book, compare, state, trans);
      const widget = new MainAreaWidget({ content });
      widget.id = id;
      widget.title.closable = true;
      widget.toolbar.hide();
      content.model.stateChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
      app.shell.add(widget, 'main', { type: 'Cellbook table' });
      app.shell.activateById(widget.id);
    };
    app.commands.addCommand(OPEN, {
      label: trans.__('Show Runs as a Table'),
      icon: cellbookIcon,
      // With a state it is a panel of before that comes back.
      execute: args =>
        add(
          (args.state as unknown as IGridState | undefined) ?? listing(book.notebook),
          String(args.id ?? `cellbook-table-${UUID.uuid4()}`)
        )
    });
    palette?.addItem({ command: OPEN, category: 'Cellbook' });
    void restorer?.restore(tracker, {
      command: OPEN,
      args: ({ id, content }) =>
        ({ id, state: content.model.state }) as unknown as ReadonlyPartialJSONObject,
      name: ({ id }) => id
    });
  }
};
