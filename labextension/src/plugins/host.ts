/** What panels want of JupyterLab. */

import { Clipboard, Notification } from '@jupyterlab/apputils';

import type { IHost } from '../models/host.ts';
import type { IBook } from '../tokens.ts';

/** Return JupyterLab as the host of a panel. */
export function hostOf(book: IBook): IHost {
  return {
    plotly: () => book.api.plotly(),
    copy: (text, done) => {
      Clipboard.copyToSystem(text);
      Notification.success(done, { autoClose: 3000 });
    }
  };
}
