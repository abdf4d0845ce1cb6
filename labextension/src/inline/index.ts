/**
 * Panels in the outputs of cells: the same as in JupyterLab's side, with a kernel that answers.
 *
 * This is no part of the JupyterLab extension; `cellbook.widgets.live` brings it to the page.
 */

import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

import { ComparisonModel, type IComparisonState } from '../models/comparison.ts';
import type { IHost } from '../models/host.ts';
import { Compare } from '../panels/compare.tsx';
import { KernelSource, type IWidgetModel } from './kernel.ts';
import { words } from './words.ts';

/** The style sheets, put here as it is built. */
declare const CELLBOOK_STYLE: string;

interface IContext {
  model: IWidgetModel;
  el: HTMLElement;
  fetchFile: (model: IWidgetModel, name: string) => Promise<BlobPart>;
}

/** Draw a panel; the result takes it away again. */
export function render(context: IContext): () => void {
  const { model, el, fetchFile } = context;
  const source = new KernelSource(model, tables => comparison.tell(tables));
  const comparison = new ComparisonModel(source, model.get('state') as IComparisonState);
  comparison.stateChanged.connect(() => {
    model.set('state', comparison.state);
    model.save_changes();
  });
  const host: IHost = {
    plotly: () => fetchFile(model, 'plotly.js'),
    copy: text => void navigator.clipboard.writeText(text)
  };
  const place = document.createElement('div');
  place.className = 'cellbook-lab cellbook-inline';
  // Elsewhere than in JupyterLab, its colours are not there.
  const own = getComputedStyle(document.body).getPropertyValue('--jp-layout-color1') === '';
  place.classList.toggle('cb-mod-foreign', own);
  el.append(style(), place);
  const root = createRoot(place);
  root.render(createElement(Compare, { model: comparison, host, trans: words }));
  void comparison.refresh();
  return () => {
    root.unmount();
    comparison.dispose();
    source.dispose();
  };
}

function style(): HTMLStyleElement {
  const element = document.createElement('style');
  element.textContent = CELLBOOK_STYLE;
  return element;
}
