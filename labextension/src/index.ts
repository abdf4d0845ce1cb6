/** Cellbook's plugins for JupyterLab and Notebook. */

import { book } from './plugins/book.ts';
import { cells } from './plugins/cells.ts';
import { checkpoints } from './plugins/checkpoints.ts';
import { commands } from './plugins/commands.ts';
import { comments } from './plugins/comments.ts';
import { compare } from './plugins/compare.ts';
import { link } from './plugins/link.ts';
import { runs } from './plugins/runs.ts';
import { sidebar } from './plugins/sidebar.ts';
import { status } from './plugins/status.ts';
import { table } from './plugins/table.ts';

export default [
  book,
  link,
  sidebar,
  commands,
  status,
  compare,
  table,
  runs,
  cells,
  checkpoints,
  comments
];
