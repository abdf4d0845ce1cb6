/** The sidebar "Cellbook", to which other plugins add tabs. */

import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { createElement, type ReactElement } from 'react';

import { cellbookIcon } from '../icons.ts';
import { IBook, IKernelLinks, ISidebar, type IKernelLink, type ISidebarTab } from '../tokens.ts';

type View = typeof import('../panels/sidebar.tsx').Sidebar;

/** The sidebar's widget; what it shows is fetched when it is first seen. */
class SidebarWidget extends ReactWidget {
  private readonly _trans: TranslationBundle;
  private readonly _book: IBook;
  private readonly _links: IKernelLinks | null;
  private readonly _tabs: ISidebarTab[] = [];
  private _current = '';
  private _link: IKernelLink | null = null;
  private _view: View | null = null;

  constructor(trans: TranslationBundle, book: IBook, links: IKernelLinks | null) {
    super();
    this._trans = trans;
    this._book = book;
    this._links = links;
    this.id = 'cellbook-sidebar';
    this.addClass('cellbook-lab');
    this.title.icon = cellbookIcon;
    this.title.caption = trans.__('Cellbook: runs, checkpoints, comments and models');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Cellbook'));
    book.notebookChanged.connect(this._look, this);
    links?.added.connect(this._look, this);
    this._look();
  }

  addTab(tab: ISidebarTab): void {
    this._tabs.push(tab);
    tab.badge?.changed.connect(this.update, this);
    this._tabs.sort((a, b) => a.rank - b.rank);
    this.update();
  }

  choose(tab: string): void {
    this._current = tab;
    this.update();
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected onAfterHide(message: Message): void {
    super.onAfterHide(message);
    // Nobody sees it: its parts are taken down, and with them whatever asks the server.
    this.update();
  }

  protected render(): ReactElement | null {
    if (!this.isVisible) {
      return null;
    }
    if (!this._view) {
      void import('../panels/sidebar.tsx').then(({ Sidebar }) => {
        this._view = Sidebar;
        this.update();
      });
      return null;
    }
    return createElement(this._view, {
      tabs: [...this._tabs],
      current: this._current,
      choose: (tab: string) => this.choose(tab),
      run: this._link?.state?.run ?? null,
      trans: this._trans
    });
  }

  private _look(): void {
    const link = this._links?.of(this._book.panel) ?? null;
    if (link !== this._link) {
      this._link?.stateChanged.disconnect(this.update, this);
      link?.stateChanged.connect(this.update, this);
      this._link = link;
    }
    this.update();
  }
}

export const sidebar: JupyterFrontEndPlugin<ISidebar> = {
  id: 'cellbook-labextension:sidebar',
  description: 'The sidebar of Cellbook.',
  autoStart: true,
  requires: [IBook],
  optional: [IKernelLinks, ITranslator, ILabShell, ILayoutRestorer],
  provides: ISidebar,
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    links: IKernelLinks | null,
    translator: ITranslator | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null
  ): ISidebar => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const widget = new SidebarWidget(trans, book, links);
    app.shell.add(widget, 'right', { rank: 300, type: 'Cellbook' });
    restorer?.add(widget, 'cellbook-sidebar');
    return {
      addTab: tab => widget.addTab(tab),
      open: tab => {
        widget.choose(tab);
        if (labShell) {
          labShell.expandRight();
        }
        app.shell.activateById(widget.id);
      }
    };
  }
};
