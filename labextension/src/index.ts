/** Cellbook's plugins for JupyterLab and Notebook. */

import { book } from './plugins/book.ts';
import { link } from './plugins/link.ts';

export default [book, link];
