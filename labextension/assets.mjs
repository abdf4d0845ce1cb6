/**
 * Builds what pages outside JupyterLab's own front end load (src/cellbook/assets): the panels of
 * cells' outputs as one module, and plotly.js.  `node assets.mjs [FOLDER]`, after tsc.
 */

import { copyFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { rspack } from '@rspack/core';

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, '..', 'src', 'cellbook', 'assets'));

/** The style sheets that these panels need. */
const SHEETS = [
  'colours',
  'base',
  'parts',
  'details',
  'data',
  'service',
  'models',
  'compare',
  'curves',
  'boards',
  'relations',
  'grid',
  'threads',
  'comment',
  'markdown',
  'composer',
  'inline'
];

const css = SHEETS.map(name => readFileSync(join(here, 'style', `${name}.css`), 'utf8')).join('\n');

const compiler = rspack({
  mode: 'production',
  context: here,
  entry: './lib/inline/index.js',
  devtool: false,
  experiments: { outputModule: true },
  output: {
    path: target,
    filename: 'panels.js',
    module: true,
    chunkFormat: 'module',
    library: { type: 'module' },
    clean: false
  },
  optimization: { moduleIds: 'natural' },
  performance: { hints: false },
  plugins: [new rspack.DefinePlugin({ CELLBOOK_STYLE: JSON.stringify(css) })]
});

compiler.run((error, stats) => {
  if (error || stats.hasErrors()) {
    console.error(error ?? stats.toString('errors-only'));
    process.exit(1);
  }
  const library = createRequire(import.meta.url).resolve('plotly.js-cartesian-dist-min');
  copyFileSync(library, join(target, 'plotly.js'));
});
