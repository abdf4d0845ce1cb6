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
  private readonly _lines = new Map<string, Line>();
  private _listeners = 0;
  private _listening: IDisposable | null = null;

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
    return this._lines.get(folder(this._notebook))?.changes.live ?? false;
  }

  watch(notebook: string, tell: (tables: readonly string[]) => void): IDisposable {
    // All notebooks of a folder have one book, and one line to the server.
    const place = folder(notebook);
    let line = this._lines.get(place);
    if (!line) {
      const tells = new Set<typeof tell>();
      const changes = new Changes(
        () => this.api.events(notebook),
        tables => tells.forEach(each => each(tables))
      );
      line = { changes, tells };
      this._lines.set(place, line);
    }
    const { changes, tells } = line;
    tells.add(tell);
    return new DisposableDelegate(() => {
      tells.delete(tell);
      if (!tells.size && this._lines.get(place)?.tells === tells) {
        this._lines.delete(place);
        changes.dispose();
      }
    });
  }

  listen(): IDisposable {
    if (!this._listeners++) {
      this._follow();
    }
    return new DisposableDelegate(() => {
      if (!--this._listeners) {
        this._follow();
      }
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
    const moved = folder(notebook) !== folder(this._notebook);
    this._notebook = notebook;
    if (moved) {
      this._follow();
    }
    this._notebookChanged.emit();
  }

  private _follow(): void {
    const before = this._listening;
    this._listening = this._listeners
      ? this.watch(this._notebook, tables => this._changed.emit(tables))
      : null;
    before?.dispose();
  }
}

/** A line to the server, and who listens to it. */
interface Line {
  readonly changes: Changes;
  readonly tells: Set<(tables: readonly string[]) => void>;
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
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
