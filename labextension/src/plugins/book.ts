/** Knows the notebook in sight, asks the server about its book, and hears of changes in it. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { Api } from '../api.ts';
import { Changes } from '../models/changes.ts';
import { IBook } from '../tokens.ts';

class Book implements IBook {
  readonly api: Api;
  private readonly _tracker: INotebookTracker;
  private readonly _localPath: (path: string) => string;
  private readonly _notebookChanged = new Signal<IBook, void>(this);
  private readonly _changed = new Signal<IBook, readonly string[]>(this);
  private _panel: NotebookPanel | null = null;
  private _notebook = '';
  private _listeners = 0;
  private _changes: Changes | null = null;

  constructor(api: Api, tracker: INotebookTracker, localPath: (path: string) => string) {
    this.api = api;
    this._tracker = tracker;
    this._localPath = localPath;
    tracker.currentChanged.connect(this._look, this);
    this._look();
  }

  get notebook(): string {
    return this._notebook;
  }

  get panel(): NotebookPanel | null {
    return this._panel;
  }

  get notebookChanged(): ISignal<IBook, void> {
    return this._notebookChanged;
  }

  get changed(): ISignal<IBook, readonly string[]> {
    return this._changed;
  }

  get live(): boolean {
    return this._changes?.live ?? false;
  }

  listen(): IDisposable {
    this._listeners++;
    this._follow();
    return new DisposableDelegate(() => {
      this._listeners--;
      this._follow();
    });
  }

  private _look(): void {
    const panel = this._tracker.currentWidget;
    if (panel !== this._panel) {
      this._panel?.context.pathChanged.disconnect(this._look, this);
      panel?.context.pathChanged.connect(this._look, this);
      this._panel = panel;
    }
    const notebook = panel ? this._localPath(panel.context.path) : '';
    const moved = notebook !== this._notebook;
    this._notebook = notebook;
    if (moved) {
      this._changes?.dispose();
      this._changes = null;
      this._follow();
    }
    this._notebookChanged.emit();
  }

  private _follow(): void {
    if (this._listeners === 0) {
      this._changes?.dispose();
      this._changes = null;
    } else {
      this._changes ??= new Changes(
        () => this.api.events(this._notebook),
        tables => this._changed.emit(tables)
      );
    }
  }
}

export const book: JupyterFrontEndPlugin<IBook> = {
  id: 'cellbook-labextension:book',
  description: 'The book that belongs to the notebook in sight.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: IBook,
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker): IBook => {
    const { contents, serverSettings } = app.serviceManager;
    return new Book(new Api(serverSettings), tracker, path => contents.localPath(path));
  }
};
