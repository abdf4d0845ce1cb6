/** The tab Runs of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement, type ReactElement } from 'react';

import type { RunsModel } from '../models/runs.ts';
import { IBook, ICompare, IKernelLinks, IMoments, ISidebar } from '../tokens.ts';
import { Commands } from './commands.ts';
import { OPEN_DATA } from './data.ts';

/** Shows all that is on record of a `run`; the curve of a `metric` of it, with a `step` marked. */
export const OPEN_RUN = 'cellbook:open-run';

/** What is made when the tab is first needed. */
interface IMade {
  readonly model: RunsModel;
  render(): ReactElement;
}

export const runs: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:runs',
  description: 'The tab Runs of the sidebar.',
  autoStart: true,
  requires: [IBook, ISidebar, ICompare, IKernelLinks, IMoments],
  optional: [ITranslator, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    sidebar: ISidebar,
    compare: ICompare,
    links: IKernelLinks,
    moments: IMoments,
    translator: ITranslator | null,
    database: IStateDB | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    let made: Promise<IMade> | null = null;
    const make = async (): Promise<IMade> => {
      const { CommentCounts, Runs, RunMenus, RunsModel } = await import('../panels/runsTab.ts');
      const openData = () => void app.commands.execute(OPEN_DATA);
      const model = new RunsModel(book.api, () => book.notebook);
      const menus = new RunMenus(model, book, compare, moments, openData, trans);
      const counts = new CommentCounts(book.api, () => book.notebook);
      if (database) {
        await remember(model, database);
      }
      let place = folder(book.notebook);
      book.notebookChanged.connect(() => {
        if (folder(book.notebook) !== place) {
          place = folder(book.notebook);
          void model.reset();
        }
      });
      const record = () => void app.commands.execute(Commands.record);
      const start = () => void app.commands.execute(Commands.startRun);
      const render = () => 
        createElement(Runs, { model, counts, book, links, menus, trans, record, start });
      return { model, render };
    };
    app.commands.addCommand(OPEN_RUN, {
      label: trans.__('Show a Run'),
      isVisible: () => false,
      execute: async args => {
        const { model } = await (made ??= make());
        // A number or a name will do.
        const { record } = await book.api.run(book.notebook, String(args.run));
        sidebar.open('runs');
        if (typeof args.metric === 'string') {
          const step = typeof args.step === 'number' ? args.step : null;
          model.mark(record.run_id, { metric: args.metric, step });
        } else {
          model.details = record.run_id;
        }
      }
    });
    sidebar.addTab({
      id: 'runs',
      label: trans.__('Runs'),
      rank: 100,
      render: async () => (await (made ??= make())).render()
    });
  }
};

/** Where the queries are kept that were asked. */
const QUERIES = 'cellbook-labextension:queries';

/** Keep queries beyond a reload of the page. */
async function remember(model: RunsModel, database: IStateDB): Promise<void> {
  const kept = await database.fetch(QUERIES).catch(() => undefined);
  if (Array.isArray(kept)) {
    model.queries = kept.map(String);
  }
  let saved = model.queries;
  model.changed.connect(() => {
    if (model.queries !== saved) {
      saved = model.queries;
      void database.save(QUERIES, [...saved]);
    }
  });
}

/** All notebooks of a folder have one book. */
function folder(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
