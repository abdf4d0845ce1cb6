/** The tab Runs of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement } from 'react';

import { IBook, ICompare, ISidebar } from '../tokens.ts';

export const runs: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:runs',
  description: 'The tab Runs of the sidebar.',
  autoStart: true,
  requires: [IBook, ISidebar, ICompare],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    book: IBook,
    sidebar: ISidebar,
    compare: ICompare,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    let made: Promise<() => ReturnType<typeof createElement>> | null = null;
    const make = async () => {
      const { Runs, RunMenus, RunsModel } = await import('../panels/runs_tab.ts');
      const model = new RunsModel(book.api, () => book.notebook);
      const menus = new RunMenus(model, book, compare, trans);
      let place = folder(book.notebook);
      book.notebookChanged.connect(() => {
        if (folder(book.notebook) !== place) {
          place = folder(book.notebook);
          void model.reset();
        }
      });
      return () => createElement(Runs, { model, book, menus, trans });
    };
    sidebar.addTab({
      id: 'runs',
      label: trans.__('Runs'),
      rank: 100,
      render: async () => (await (made ??= make()))()
    });
  }
};

/** All notebooks of a folder have one book. */
function folder(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
