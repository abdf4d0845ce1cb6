/** Cellbook's own icons, in the stroke of JupyterLab's. */

import { LabIcon } from '@jupyterlab/ui-components';

const BOOK = `
<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M6 2h12a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-2H2.5v-2H4v-3H2.5v-2H4V8H2.5V6H4V4a2 2 0 0 1 2-2zm0 2v16h12V4z"/>
    <path d="M8 16.2l3-4.4 2.4 2.4 3.3-6 1.3.7-4.3 7.8-2.5-2.5-2 2.9z"/>
  </g>
</svg>`;

export const cellbookIcon = new LabIcon({ name: 'cellbook:book', svgstr: BOOK });

const CHECKPOINT = `
<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M11 2h2v5.1a5 5 0 0 1 0 9.8V22h-2v-5.1a5 5 0 0 1 0-9.8zm1 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"/>
  </g>
</svg>`;

const RUN = `
<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"/>
    <circle cx="12" cy="12" r="4.5"/>
  </g>
</svg>`;

const COMMENT = `
<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M4 3h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-8l-5 4.5V17H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm1 2v10h4v2.2l2.4-2.2H19V5z"/>
  </g>
</svg>`;

export const checkpointIcon = new LabIcon({ name: 'cellbook:checkpoint', svgstr: CHECKPOINT });
export const runIcon = new LabIcon({ name: 'cellbook:run', svgstr: RUN });
export const commentIcon = new LabIcon({ name: 'cellbook:comment', svgstr: COMMENT });
