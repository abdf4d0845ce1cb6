/** The tab Comments of the sidebar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { createElement } from 'react';

import { ISidebar } from '../tokens.ts';

export const comments: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:comments',
  description: 'The tab Comments of the sidebar.',
  autoStart: true,
  requires: [ISidebar],
  optional: [ITranslator],
  activate: (_: JupyterFrontEnd, sidebar: ISidebar, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    sidebar.addTab({
      id: 'comments',
      label: trans.__('Comments'),
      rank: 300,
      render: async () => {
        const { Comments } = await import('../panels/comments.tsx');
        return createElement(Comments, { trans });
      }
    });
  }
};
