/** Gives each notebook panel its line to the kernel. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';

import { KernelLink } from '../models/link.ts';
import { IBook, IKernelLinks, type IDocumentRestored, type IKernelLink } from '../tokens.ts';

class KernelLinks implements IKernelLinks {
  private readonly _links = new Map<NotebookPanel, KernelLink>();
  private readonly _added = new Signal<IKernelLinks, IKernelLink>(this);

  get added(): ISignal<IKernelLinks, IKernelLink> {
    return this._added;
  }

  of(panel: NotebookPanel | null): KernelLink | null {
    return (panel && this._links.get(panel)) ?? null;
  }

  add(link: KernelLink): void {
    this._links.set(link.panel, link);
    link.panel.disposed.connect(() => this._links.delete(link.panel));
    this._added.emit(link);
  }

  /** Return the line of the panel that shows a notebook. */
  showing(notebook: object): KernelLink | undefined {
    return [...this._links.values()].find(link => link.panel.content === notebook);
  }
}

export const link: JupyterFrontEndPlugin<IKernelLinks> = {
  id: 'cellbook-labextension:link',
  description: 'The lines from notebook panels to their kernels.',
  autoStart: true,
  requires: [INotebookTracker, IBook],
  optional: [ITranslator],
  provides: IKernelLinks,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    book: IBook,
    translator: ITranslator | null
  ): IKernelLinks => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    const links = new KernelLinks();
    const { contents } = app.serviceManager;
    const add = (panel: NotebookPanel) => {
      const line = new KernelLink(panel, book.api, path => contents.localPath(path));
      const notices: string[] = [];
      line.restored.connect((_, told) => notify(trans, told, notices));
      links.add(line);
    };
    tracker.forEach(add);
    tracker.widgetAdded.connect((_, panel) => add(panel));
    NotebookActions.executionScheduled.connect((_, { notebook, cell }) => {
      links.showing(notebook)?.beforeRun(cell.model.id);
    });
    return links;
  }
};

/**
 * Say that a document was brought back, and offer to take that back; or say why it was not.
 *
 * @param notices - Ids of what was said of this notebook before, which is true no more.
 */
function notify(trans: TranslationBundle, told: IDocumentRestored, notices: string[]): void {
  notices.splice(0).forEach(id => Notification.dismiss(id));
  if (told.error) {
    notices.push(
      Notification.error(
        trans.__('The document of checkpoint %1 is not restored: %2', told.number, told.error),
        { autoClose: false }
      )
    );
    return;
  }
  const undo = () => {
    if (!told.undo()) {
      Notification.warning(
        trans.__(
          'The notebook has changed since; Edit → Undo Cell Operation takes changes back one by one.'
        ),
        { autoClose: 8000 }
      );
    }
  };
  notices.push(
    Notification.success(trans.__('The notebook is as in checkpoint %1.', told.number), {
      autoClose: 15_000,
      actions: [{ label: trans.__('Undo'), callback: undo }]
    })
  );
}
