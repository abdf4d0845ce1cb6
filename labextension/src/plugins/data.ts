/** A panel in the main area that lists the data of a book, and shows one version of it. */

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
import { DataModel, labelOf, lookingAt, type IDataState } from '../models/data.ts';
import { IBook } from '../tokens.ts';
import { BookPanel, panelsOf } from './panels.ts';

/** Shows a version of a data set, by `data`, as `wine@3` or its id; all without one. */
export const OPEN_DATA = 'cellbook:open-data';

/** The data of one book. */
class DataPanel extends BookPanel<IDataState, DataModel> {
  private readonly _trans: TranslationBundle;

  constructor(book: IBook, state: IDataState, trans: TranslationBundle) {
    super(book, new DataModel(book.api, state));
    this._trans = trans;
    this.addClass('cellbook-data');
    this.title.caption = state.notebook;
    this.model.changed.connect(this._entitle, this);
    this._entitle();
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected async load(): Promise<() => ReactElement> {
    const { Data } = await import('../panels/dataPanel.tsx');
    return () => createElement(Data, { model: this.model, trans: this._trans });
  }

  private _entitle(): void {
    const { details } = this.model;
    this.title.label = details ? labelOf(details.version) : this._trans.__('Data');
  }
}

export const data: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:data',
  description: 'A panel that shows the data of a book.',
  autoStart: true,
  requires: [IBook],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const open = panelsOf(app, restorer, {
      namespace: 'cellbook-data',
      command: OPEN_DATA,
      type: 'Cellbook data',
      make: (state: IDataState) => new DataPanel(book, state, trans),
      same: (shown, asked) => shown.notebook === asked.notebook,
      again: ({ model }, asked) => void model.open(asked.data)
    });
    app.commands.addCommand(OPEN_DATA, {
      label: trans.__('Show Data'),
      icon: cellbookIcon,
      // With a state it is a panel of before that comes back.
      execute: args =>
        open(
          (args.state as unknown as IDataState | undefined) ??
            lookingAt(book.notebook, String(args.data ?? '')),
          String(args.id ?? `cellbook-data-${UUID.uuid4()}`)
        )
    });
    palette?.addItem({ command: OPEN_DATA, category: 'Cellbook' });
  }
};
