/** The tab Runs of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement } from 'react';

import { ISidebar } from '../tokens.ts';

export const runs: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:runs',
  description: 'The tab Runs of the sidebar.',
  autoStart: true,
  requires: [ISidebar],
  optional: [ITranslator],
  activate: (_: JupyterFrontEnd, sidebar: ISidebar, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    sidebar.addTab({
      id: 'runs',
      label: trans.__('Runs'),
      rank: 100,
      render: async () => {
        const { Runs } = await import('../panels/runs.tsx');
        return createElement(Runs, { trans });
      }
    });
  }
};
