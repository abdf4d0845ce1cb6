/** Models in service: a panel in the main area, and notices of their alarms. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { UUID } from '@lumino/coreutils';
import { createElement, type ReactElement } from 'react';

import { AlarmsHeard } from '../models/alarmNotices.ts';
import { MonitorModel, monitorOf, type IMonitorState } from '../models/monitor.ts';
import { IBook } from '../tokens.ts';
import { BookPanel, panelsOf } from './panels.ts';

/** Shows an `endpoint`. */
const OPEN_MONITOR = 'cellbook:open-monitor';

/** Letters of an alarm that a notice shows. */
const EXCERPT = 200;

/** One endpoint. */
class MonitorPanel extends BookPanel<IMonitorState, MonitorModel> {
  private readonly _trans: TranslationBundle;

  constructor(book: IBook, state: IMonitorState, trans: TranslationBundle) {
    super(book, new MonitorModel(book.api, state));
    this._trans = trans;
    this.title.label = trans.__('%1 in service', state.endpoint);
    this.title.caption = state.notebook;
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected async load(): Promise<() => ReactElement> {
    const { Monitor } = await import('../panels/monitor.tsx');
    return () => createElement(Monitor, { model: this.model, trans: this._trans });
  }
}

export const monitoring: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:monitoring',
  description: 'A panel that shows how a model in service does, and notices of its alarms.',
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
      namespace: 'cellbook-monitor',
      command: OPEN_MONITOR,
      type: 'Cellbook monitor',
      make: (state: IMonitorState) => new MonitorPanel(book, state, trans),
      same: (shown, asked) =>
        shown.notebook === asked.notebook && shown.endpoint === asked.endpoint
    });
    app.commands.addCommand(OPEN_MONITOR, {
      label: trans.__('Show a Model in Service'),
      isVisible: () => false,
      execute: args =>
        open(
          // With a state it is a panel of before that comes back.
          (args.state as unknown as IMonitorState | undefined) ??
            monitorOf(String(args.notebook ?? book.notebook), String(args.endpoint ?? '')),
          String(args.id ?? `cellbook-monitor-${UUID.uuid4()}`)
        )
    });
    const alarms = new AlarmsHeard(book.api, (notice, notebook) => {
      const { endpoint, raised, message } = notice;
      const text = `${endpoint}: ${message.slice(0, EXCERPT)}`;
      const actions = [
        {
          label: trans.__('Show'),
          callback: () => void app.commands.execute(OPEN_MONITOR, { endpoint, notebook })
        }
      ];
      if (raised) {
        // An alarm stays until somebody has seen it.
        Notification.warning(trans.__('Alarm: %1', text), { autoClose: false, actions });
      } else {
        Notification.success(trans.__('No alarm any more: %1', text), { autoClose: 8000, actions });
      }
    });
    let listening: IDisposable | null = null;
    const attend = () => {
      if (book.panel && !listening) {
        listening = book.listen();
      } else if (!book.panel && listening) {
        listening.dispose();
        listening = null;
      }
      const { panel, notebook } = book;
      if (panel) {
        void panel.context.ready.then(() => alarms.attend(notebook));
      }
    };
    book.notebookChanged.connect(attend);
    book.changed.connect((_, tables) => {
      const { notebook } = book;
      // The book may have come with the very first cell.
      void alarms.attend(notebook).then(() => alarms.hear(notebook, tables));
    });
    attend();
  }
};
