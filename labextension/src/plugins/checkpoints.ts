/** The tab Checkpoints of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement } from 'react';

import { IBook, IKernelLinks, ISidebar } from '../tokens.ts';
import { Commands } from './commands.ts';

export const checkpoints: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:checkpoints',
  description: 'The tab Checkpoints of the sidebar.',
  autoStart: true,
  requires: [ISidebar, IBook, IKernelLinks],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    sidebar: ISidebar,
    book: IBook,
    links: IKernelLinks,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    sidebar.addTab({
      id: 'checkpoints',
      label: trans.__('Checkpoints'),
      rank: 200,
      render: async () => {
        const { CheckpointsTab } = await import('../panels/checkpoints.tsx');
        const record = () => void app.commands.execute(Commands.record);
        return createElement(CheckpointsTab, { book, links, trans, record });
      }
    });
  }
};
