/** Panels in the main area that show a dashboard, with or without a kernel. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import { createElement, type ReactElement } from 'react';

import { DashboardModel } from '../models/dashboard.ts';
import { IBook } from '../tokens.ts';
import { hostOf } from './host.ts';
import { BookPanel, panelsOf } from './panels.ts';

/** Shows a dashboard, by its `name`. */
export const OPEN_DASHBOARD = 'cellbook:open-dashboard';

interface IDashboardState {
  readonly notebook: string;
  readonly name: string;
}

/** A dashboard as a panel of the main area has it: it is always the same one. */
class PanelModel {
  readonly dashboard: DashboardModel;
  readonly state: IDashboardState;
  readonly stateChanged = new Signal<PanelModel, void>(this);

  constructor(book: IBook, state: IDashboardState) {
    this.state = state;
    this.dashboard = new DashboardModel(book.api, state.notebook, state.name);
  }

  tell(tables: readonly string[]): void {
    this.dashboard.tell(tables);
  }

  /** Read it when it comes into sight; what was changed by hand is not lost by looking away. */
  async refresh(): Promise<void> {
    if (!this.dashboard.touched) {
      await this.dashboard.refresh();
    }
  }
}

/** One dashboard. */
class DashboardPanel extends BookPanel<IDashboardState, PanelModel> {
  private readonly _trans: TranslationBundle;

  constructor(book: IBook, state: IDashboardState, trans: TranslationBundle) {
    super(book, new PanelModel(book, state));
    this._trans = trans;
    this.addClass('cellbook-dashboard');
    this.title.label = state.name;
    this.title.caption = trans.__('Dashboard %1', state.name);
  }

  dispose(): void {
    this.model.dashboard.dispose();
    super.dispose();
  }

  protected async load(): Promise<() => ReactElement> {
    const { Dashboard } = await import('../panels/dashboard.tsx');
    const host = hostOf(this.book);
    const { dashboard: model } = this.model;
    return () => createElement(Dashboard, { model, host, trans: this._trans });
  }
}

export const dashboards: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:dashboards',
  description: 'Panels that show a dashboard.',
  autoStart: true,
  requires: [IBook],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const open = panelsOf(app, restorer, {
      namespace: 'cellbook-dashboard',
      command: OPEN_DASHBOARD,
      type: 'Cellbook dashboard',
      make: (state: IDashboardState) => new DashboardPanel(book, state, trans),
      same: (shown, asked) => shown.notebook === asked.notebook && shown.name === asked.name
    });
    app.commands.addCommand(OPEN_DASHBOARD, {
      label: trans.__('Show a Dashboard'),
      isVisible: () => false,
      // With a state it is a panel of before that comes back.
      execute: args =>
        open(
          (args.state as unknown as IDashboardState | undefined) ?? {
            notebook: book.notebook,
            name: String(args.name)
          },
          String(args.id ?? `cellbook-dashboard-${UUID.uuid4()}`)
        )
    });
  }
};
