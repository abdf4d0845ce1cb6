/** The tab Checkpoints of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement } from 'react';

import { Wanted } from '../models/wanted.ts';
import { IBook, IKernelLinks, IMoments, ISidebar } from '../tokens.ts';
import { Commands } from './commands.ts';

/** Selects a checkpoint, by its id, label or number, in the sidebar. */
export const OPEN_CHECKPOINT = 'cellbook:open-checkpoint';

export const checkpoints: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:checkpoints',
  description: 'The tab Checkpoints of the sidebar.',
  autoStart: true,
  requires: [ISidebar, IBook, IKernelLinks, IMoments],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    sidebar: ISidebar,
    book: IBook,
    links: IKernelLinks,
    moments: IMoments,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const wanted = new Wanted();
    app.commands.addCommand(OPEN_CHECKPOINT, {
      label: trans.__('Show a Checkpoint'),
      isVisible: () => false,
      execute: args => {
        wanted.ask(String(args.checkpoint));
        sidebar.open('checkpoints');
      }
    });
    sidebar.addTab({
      id: 'checkpoints',
      label: trans.__('Checkpoints'),
      rank: 200,
      render: async () => {
        const { CheckpointsTab } = await import('../panels/checkpoints.tsx');
        const record = () => void app.commands.execute(Commands.record);
        return createElement(CheckpointsTab, { book, links, moments, wanted, trans, record });
      }
    });
  }
};
