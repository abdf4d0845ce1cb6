/** Panels in the main area that show runs beside one another, with or without a kernel. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { UUID, type ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { createElement, type ReactElement } from 'react';

import { cellbookIcon } from '../icons.ts';
import { ComparisonModel, comparing, type IComparisonState } from '../models/comparison.ts';
import { numbered } from '../models/format.ts';
import type { IHost } from '../models/host.ts';
import { IBook, ICompare } from '../tokens.ts';
import { hostOf } from './host.ts';

const OPEN = 'cellbook:open-comparison';

type View = typeof import('../panels/compare.tsx').Compare;

/** One comparison; it follows its runs while it is seen. */
class CompareWidget extends ReactWidget {
  readonly model: ComparisonModel;
  private readonly _book: IBook;
  private readonly _trans: TranslationBundle;
  private readonly _host: IHost;
  private _listening: IDisposable | null = null;
  private _view: View | null = null;

  constructor(book: IBook, state: IComparisonState, trans: TranslationBundle) {
    super();
    this.model = new ComparisonModel(book.api, state);
    this._book = book;
    this._trans = trans;
    this._host = hostOf(book);
    this.addClass('cellbook-lab');
    this.title.icon = cellbookIcon;
    this.title.label = trans.__('Compare runs');
    this.model.changed.connect(this._entitle, this);
  }

  dispose(): void {
    this._listening?.dispose();
    this.model.dispose();
    super.dispose();
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._listen();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._listen();
  }

  protected onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._listening?.dispose();
    this._listening = null;
  }

  protected render(): ReactElement | null {
    if (this._view) {
      return createElement(this._view, { model: this.model, host: this._host, trans: this._trans });
    }
    void import('../panels/compare.tsx').then(({ Compare }) => {
      this._view = Compare;
      this.update();
    });
    return null;
  }

  private _listen(): void {
    if (this.isVisible && !this._listening) {
      const { notebook } = this.model.state;
      this._listening = this._book.watch(notebook, tables => this.model.tell(tables));
      void this.model.refresh();
    }
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
    const tracker = new WidgetTracker<MainAreaWidget<CompareWidget>>({
      namespace: 'cellbook-comparison'
    });
    const add = (state: IComparisonState, id: string): void => {
      const same = tracker.find(
        ({ content: { model } }) =>
          model.state.notebook === state.notebook &&
          [...model.state.runs].sort().join() === [...state.runs].sort().join()
      );
      if (same) {
        void same.content.model.change({ baseline: state.baseline });
        app.shell.activateById(same.id);
        return;
      }
      const widget = new MainAreaWidget({ content: new CompareWidget(book, state, trans) });
      widget.id = id;
      widget.title.closable = true;
      widget.toolbar.hide();
      widget.content.model.stateChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
      app.shell.add(widget, 'main', { type: 'Cellbook comparison' });
      app.shell.activateById(widget.id);
    };
    app.commands.addCommand(OPEN, {
      label: trans.__('Compare Runs'),
      isVisible: () => false,
      execute: args => add(args.state as unknown as IComparisonState, String(args.id))
    });
    void restorer?.restore(tracker, {
      command: OPEN,
      // The id stays, whatever becomes of what is compared: by it the panel finds its place again.
      args: ({ id, content }) =>
        ({ id, state: content.model.state }) as unknown as ReadonlyPartialJSONObject,
      name: ({ id }) => id
    });
    return {
      open: (notebook, runs, baseline) =>
        add(comparing(notebook, runs, baseline), `cellbook-comparison-${UUID.uuid4()}`)
    };
  }
};
