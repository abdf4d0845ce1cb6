/** Panels of the main area that show something of a book, and come back with the layout. */

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import type { ReactElement } from 'react';

import { cellbookIcon } from '../icons.ts';
import type { IBook } from '../tokens.ts';

/** What a panel shows. */
interface IModel<S> {
  readonly state: S;
  readonly stateChanged: ISignal<unknown, void>;
  tell(tables: readonly string[]): void;
  refresh(): Promise<void>;
}

/** One panel; it follows the book while it is seen. */
export abstract class BookPanel<
  S extends { readonly notebook: string },
  M extends IModel<S>
> extends ReactWidget {
  readonly model: M;
  protected readonly book: IBook;
  private _listening: IDisposable | null = null;
  private _draw: (() => ReactElement) | null = null;

  constructor(book: IBook, model: M) {
    super();
    this.book = book;
    this.model = model;
    this.addClass('cellbook-lab');
    this.title.icon = cellbookIcon;
  }

  dispose(): void {
    this._listening?.dispose();
    super.dispose();
  }

  /** Fetch what draws the panel, which is loaded when it is first seen. */
  protected abstract load(): Promise<() => ReactElement>;

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
    if (this._draw) {
      return this._draw();
    }
    void this.load().then(draw => {
      this._draw = draw;
      this.update();
    });
    return null;
  }

  private _listen(): void {
    if (this.isVisible && !this._listening) {
      const { notebook } = this.model.state;
      this._listening = this.book.watch(notebook, tables => this.model.tell(tables));
      void this.model.refresh();
    }
  }
}

interface IPanelsOptions<S extends { readonly notebook: string }, W> {
  namespace: string;
  /** The command that opens one, with a `state` and an `id` where it is one of before. */
  command: string;
  /** What the shell calls such a panel. */
  type: string;
  make: (state: S) => W;
  /** Whether a panel that is there shows what another state asks for. */
  same: (shown: S, asked: S) => boolean;
  /** What becomes of a panel that is there, when it is asked for again. */
  again?: (panel: W, asked: S) => void;
}

/** Return what opens a panel, or goes to the one that shows the same. */
export function panelsOf<
  S extends { readonly notebook: string },
  M extends IModel<S>,
  W extends BookPanel<S, M>
>(
  app: JupyterFrontEnd,
  restorer: ILayoutRestorer | null,
  options: IPanelsOptions<S, W>
): (state: S, id: string) => void {
  const tracker = new WidgetTracker<MainAreaWidget<W>>({ namespace: options.namespace });
  void restorer?.restore(tracker, {
    command: options.command,
    // The id stays, whatever becomes of what is shown: by it the panel finds its place again.
    args: ({ id, content }) =>
      ({ id, state: content.model.state }) as unknown as ReadonlyPartialJSONObject,
    name: ({ id }) => id
  });
  return (state, id) => {
    const known = tracker.find(({ content }) => options.same(content.model.state, state));
    if (known) {
      options.again?.(known.content, state);
      app.shell.activateById(known.id);
      return;
    }
    const content = options.make(state);
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.title.closable = true;
    widget.toolbar.hide();
    content.model.stateChanged.connect(() => void tracker.save(widget));
    void tracker.add(widget);
    app.shell.add(widget, 'main', { type: options.type });
    app.shell.activateById(widget.id);
  };
}
