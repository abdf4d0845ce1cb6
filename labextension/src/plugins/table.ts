/** A panel in the main area that lists all runs of a book as a table. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { createElement, type ReactElement } from 'react';

import { cellbookIcon } from '../icons.ts';
import { GridModel, listing, type IGridState } from '../models/grid.ts';
import { IBook, ICompare } from '../tokens.ts';
import { hostOf } from './host.ts';
import { BookPanel, panelsOf } from './panels.ts';

const OPEN = 'cellbook:open-table';

/** One table. */
class TablePanel extends BookPanel<IGridState, GridModel> {
  private readonly _compare: ICompare;
  private readonly _trans: TranslationBundle;

  constructor(book: IBook, compare: ICompare, state: IGridState, trans: TranslationBundle) {
    super(book, new GridModel(book.api, state));
    this._compare = compare;
    this._trans = trans;
    this.addClass('cellbook-table');
    this.title.label = trans.__('Runs');
    this.title.caption = state.notebook;
  }

  protected async load(): Promise<() => ReactElement> {
    const { RunsTable } = await import('../panels/runsTable.tsx');
    const { model, _trans: trans } = this;
    const host = hostOf(this.book);
    const open = (runs: readonly string[], baseline: string) =>
      this._compare.open(model.state.notebook, runs, baseline);
    return () => createElement(RunsTable, { model, host, trans, open });
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
    const open = panelsOf(app, restorer, {
      namespace: 'cellbook-table',
      command: OPEN,
      type: 'Cellbook table',
      make: (state: IGridState) => new TablePanel(book, compare, state, trans),
      same: (shown, asked) => shown.notebook === asked.notebook
    });
    app.commands.addCommand(OPEN, {
      label: trans.__('Show Runs as a Table'),
      icon: cellbookIcon,
      // With a state it is a panel of before that comes back.
      execute: args =>
        open(
          (args.state as unknown as IGridState | undefined) ?? listing(book.notebook),
          String(args.id ?? `cellbook-table-${UUID.uuid4()}`)
        )
    });
    palette?.addItem({ command: OPEN, category: 'Cellbook' });
  }
};
