/** Panels in the main area that show runs beside one another, with or without a kernel. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { createElement, type ReactElement } from 'react';

import { ComparisonModel } from '../models/comparison.ts';
import { comparing, type IComparisonState } from '../models/looks.ts';
import { numbered } from '../models/format.ts';
import { IBook, ICompare } from '../tokens.ts';
import { hostOf } from './host.ts';
import { BookPanel, panelsOf } from './panels.ts';

const OPEN = 'cellbook:open-comparison';

/** One comparison. */
class ComparePanel extends BookPanel<IComparisonState, ComparisonModel> {
  private readonly _trans: TranslationBundle;

  constructor(book: IBook, state: IComparisonState, trans: TranslationBundle) {
    super(book, new ComparisonModel(book.api, state));
    this._trans = trans;
    this.title.label = trans.__('Compare runs');
    this.model.changed.connect(this._entitle, this);
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected async load(): Promise<() => ReactElement> {
    const { Compare } = await import('../panels/compare.tsx');
    const host = hostOf(this.book);
    return () => createElement(Compare, { model: this.model, host, trans: this._trans });
  }

  private _entitle(): void {
    const runs = this.model.comparison?.runs ?? [];
    if (runs.length) {
      this.title.label = numbered(runs.map(run => run.number));
      this.title.caption = this._trans._n('Compare %1 run', 'Compare %1 runs', runs.length);
    }
  }
}

export const compare: JupyterFrontEndPlugin<ICompare> = {
  id: 'cellbook-labextension:compare',
  description: 'Panels that show runs beside one another.',
  autoStart: true,
  requires: [IBook],
  optional: [ITranslator, ILayoutRestorer],
  provides: ICompare,
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): ICompare => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const ids = (state: IComparisonState) => [...state.runs].sort().join();
    const open = panelsOf(app, restorer, {
      namespace: 'cellbook-comparison',
      command: OPEN,
      type: 'Cellbook comparison',
      make: (state: IComparisonState) => new ComparePanel(book, state, trans),
      same: (shown, asked) => shown.notebook === asked.notebook && ids(shown) === ids(asked),
      again: ({ model }, { baseline }) => void model.change({ baseline })
    });
    app.commands.addCommand(OPEN, {
      label: trans.__('Compare Runs'),
      isVisible: () => false,
      execute: args => open(args.state as unknown as IComparisonState, String(args.id))
    });
    return {
      open: (notebook, runs, baseline) =>
        open(comparing(notebook, runs, baseline), `cellbook-comparison-${UUID.uuid4()}`)
    };
  }
};
