/** The item in the status bar: what is being recorded, and into which book. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { createElement, type ReactElement } from 'react';

import { IBook, IKernelLinks, type IKernelLink, type IKernelState } from '../tokens.ts';
import { Commands } from './commands.ts';

/** What the menu of the item offers, as far as it can be done. */
const OFFERED = [
  Commands.record,
  Commands.startRun,
  Commands.renameRun,
  Commands.endRun,
  Commands.checkpoint,
  Commands.pause,
  Commands.resume,
  Commands.openRuns,
  Commands.openCheckpoints
];

class StatusItem extends ReactWidget {
  private readonly _book: IBook;
  private readonly _links: IKernelLinks;
  private readonly _commands: CommandRegistry;
  private readonly _trans: TranslationBundle;
  private _link: IKernelLink | null = null;

  constructor(
    book: IBook,
    links: IKernelLinks,
    commands: CommandRegistry,
    trans: TranslationBundle
  ) {
    super();
    this._book = book;
    this._links = links;
    this._commands = commands;
    this._trans = trans;
    this.addClass('cellbook-status');
    book.notebookChanged.connect(this._look, this);
    links.added.connect(this._look, this);
    this._look();
  }

  /** Whether a notebook is in sight. */
  get wanted(): boolean {
    return this._link !== null;
  }

  protected render(): ReactElement {
    const state = this._link?.state ?? null;
    const { text, title, kind } = says(state, this._trans);
    return createElement(
      'button',
      {
        type: 'button',
        className: `cb-status cb-mod-${kind}`,
        title,
        'aria-label': this._trans.__('Cellbook: %1', title),
        'aria-haspopup': 'menu',
        onClick: (event: { currentTarget: Element }) => this._open(event.currentTarget)
      },
      createElement('span', { className: 'cb-dot', 'aria-hidden': true }),
      text
    );
  }

  private _open(button: Element): void {
    const menu = new Menu({ commands: this._commands });
    for (const command of OFFERED) {
      if (this._commands.isEnabled(command)) {
        menu.addItem({ command });
      }
    }
    const { left, top } = button.getBoundingClientRect();
    menu.open(left, top, { verticalAlignment: 'bottom' } as Menu.IOpenOptions);
  }

  private _look(): void {
    const link = this._links.of(this._book.panel);
    if (link !== this._link) {
      this._link?.stateChanged.disconnect(this.update, this);
      link?.stateChanged.connect(this.update, this);
      this._link = link;
    }
    this.setHidden(!this.wanted);
    this.update();
  }
}

/** Return how recording stands, in few words and in more. */
function says(
  state: IKernelState | null,
  trans: TranslationBundle
): { text: string; title: string; kind: string } {
  if (!state) {
    const title = trans.__('The kernel does not record. Click to begin.');
    return { text: trans.__('not recorded'), title, kind: 'off' };
  }
  if (state.recording === 'failing') {
    return { text: trans.__('recording fails'), title: state.why, kind: 'failing' };
  }
  if (state.recording === 'paused') {
    const title = trans.__('Paused: cells are not recorded into %1', state.book);
    return { text: trans.__('paused'), title, kind: 'paused' };
  }
  if (!state.run) {
    return {
      text: trans.__('recorded into %1', folderOf(state.book)),
      title: trans.__('Every cell is recorded into %1', state.book),
      kind: 'on'
    };
  }
  const { run_number, run_name, experiment } = state.run;
  return {
    text: trans.__('run #%1 %2', run_number, run_name),
    title: trans.__(
      'Run #%1 %2 (%3) is recorded into %4',
      run_number,
      run_name,
      experiment,
      state.book
    ),
    kind: 'run'
  };
}

/** Return the name of the folder that a book belongs to. */
function folderOf(book: string): string {
  const parts = book.split(/[\\/]/).filter(Boolean);
  const name = parts.pop() ?? '';
  return name.startsWith('.') ? (parts.pop() ?? name) : name;
}

export const status: JupyterFrontEndPlugin<void> = {
  id: 'cellbook-labextension:status',
  description: 'Says in the status bar what is being recorded.',
  autoStart: true,
  requires: [IBook, IKernelLinks],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    links: IKernelLinks,
    bar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    bar?.registerStatusItem('cellbook-labextension:status', {
      item: new StatusItem(book, links, app.commands, trans),
      align: 'left',
      rank: 900
    });
  }
};
