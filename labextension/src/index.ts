/** Cellbook's plugins for JupyterLab and Notebook. */

import { book } from './plugins/book.ts';
import { cells } from './plugins/cells.ts';
import { checkpoints } from './plugins/checkpoints.ts';
import { commands } from './plugins/commands.ts';
import { comments } from './plugins/comments.ts';
import { compare } from './plugins/compare.ts';
import { dashboards } from './plugins/dashboards.ts';
import { data } from './plugins/data.ts';
import { link } from './plugins/link.ts';
import { models } from './plugins/models.ts';
import { moments } from './plugins/moments.ts';
import { monitoring } from './plugins/monitoring.ts';
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
  dashboards,
  data,
  models,
  moments,
  monitoring,
  runs,
  cells,
  checkpoints,
  comments
];
