/** The tab Models of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement } from 'react';

import { ISidebar } from '../tokens.ts';

export const models: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:models',
  description: 'The tab Models of the sidebar.',
  autoStart: true,
  requires: [ISidebar],
  optional: [ITranslator],
  activate: (_: JupyterFrontEnd, sidebar: ISidebar, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    sidebar.addTab({
      id: 'models',
      label: trans.__('Models'),
      rank: 400,
      render: async () => {
        const { Models } = await import('../panels/models.tsx');
        return createElement(Models, { trans });
      }
    });
  }
};
