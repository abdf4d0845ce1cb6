/** The tab Checkpoints of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement } from 'react';

import { ISidebar } from '../tokens.ts';

export const checkpoints: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:checkpoints',
  description: 'The tab Checkpoints of the sidebar.',
  autoStart: true,
  requires: [ISidebar],
  optional: [ITranslator],
  activate: (_: JupyterFrontEnd, sidebar: ISidebar, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    sidebar.addTab({
      id: 'checkpoints',
      label: trans.__('Checkpoints'),
      rank: 200,
      render: async () => {
        const { Checkpoints } = await import('../panels/checkpoints.tsx');
        return createElement(Checkpoints, { trans });
      }
    });
  }
};
