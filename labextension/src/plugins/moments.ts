/** What colleagues do with a moment of a notebook: take it over, have it reviewed. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IBook, IMoments } from '../tokens.ts';

export const moments: JupyterFrontEndPlugin<IMoments> = {
  id: 'cellbook-labextension:moments',
  description: 'Takes runs and checkpoints over, and has them reviewed.',
  autoStart: true,
  requires: [IBook],
  optional: [ITranslator],
  provides: IMoments,
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    translator: ITranslator | null
  ): IMoments => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const open = (path: string) => app.commands.execute('docmanager:open', { path });
    return {
      fork: async moment => {
        const { askToFork } = await import('../panels/momentDialogs.tsx');
        await askToFork(book, moment, open, trans);
      },
      review: async moment => {
        const { askForReview } = await import('../panels/momentDialogs.tsx');
        await askForReview(book, moment, trans);
      }
    };
  }
};
