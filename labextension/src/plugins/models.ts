/** Registered models: the tab of the sidebar, and the panel in the main area. */

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
import { ModelsModel, modelsOf, type IModelsState } from '../models/modelRegistry.ts';
import { IBook, ISidebar } from '../tokens.ts';
import { BookPanel, panelsOf } from './panels.ts';

/** Shows a `model`: by its name, or a version as `NAME@7`, `NAME@alias`; all without one. */
export const OPEN_MODELS = 'cellbook:open-models';

/** The models of one book. */
class ModelsPanel extends BookPanel<IModelsState, ModelsModel> {
  private readonly _trans: TranslationBundle;

  constructor(book: IBook, state: IModelsState, trans: TranslationBundle) {
    super(book, new ModelsModel(book.api, state));
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
    const { Models } = await import('../panels/modelsPanel.tsx');
    return () =>
      createElement(Models, { model: this.model, book: this.book, trans: this._trans });
  }

  private _entitle(): void {
    const { state, version } = this.model;
    const { row } = version ?? {};
    this.title.label = row ? `${row.model} v${row.name}` : state.model || this._trans.__('Models');
  }
}

export const models: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:models',
  description: 'The tab Models of the sidebar, and a panel that shows registered models.',
  autoStart: true,
  requires: [IBook, ISidebar],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    sidebar: ISidebar,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const open = panelsOf(app, restorer, {
      namespace: 'cellbook-models',
      command: OPEN_MODELS,
      type: 'Cellbook models',
      make: (state: IModelsState) => new ModelsPanel(book, state, trans),
      same: (shown, asked) => shown.notebook === asked.notebook,
      again: ({ model }, asked) => void model.show(asked)
    });
    app.commands.addCommand(OPEN_MODELS, {
      label: trans.__('Show Models'),
      icon: cellbookIcon,
      // With a state it is a panel of before that comes back.
      execute: args =>
        open(
          (args.state as unknown as IModelsState | undefined) ??
            modelsOf(book.notebook, String(args.model ?? '')),
          String(args.id ?? `cellbook-models-${UUID.uuid4()}`)
        )
    });
    palette?.addItem({ command: OPEN_MODELS, category: 'Cellbook' });
    let listed: ModelsModel | null = null;
    sidebar.addTab({
      id: 'models',
      label: trans.__('Models'),
      rank: 250,
      render: async () => {
        const { ModelsTab } = await import('../panels/modelsTab.tsx');
        listed ??= new ModelsModel(book.api, modelsOf(book.notebook));
        return createElement(ModelsTab, {
          model: listed,
          book,
          open: (name: string) => void app.commands.execute(OPEN_MODELS, { model: name }),
          trans
        });
      }
    });
  }
};
