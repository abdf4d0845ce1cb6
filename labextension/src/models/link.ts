/**
 * The line from a notebook panel to its kernel: the comm that Cellbook opens in a kernel which
 * records.  It tells the kernel what the notebook holds before each cell runs, and does the
 * kernel's errands: to hand the document over, to bring one back.
 *
 * The messages are described in `src/cellbook/ipython/windows.py`.
 */

import { PageConfig } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { PromiseDelegate, UUID, type JSONObject, type JSONValue } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

import {
  KernelRefusal,
  type IDocumentRestored,
  type IKernelLink,
  type IKernelState
} from '../tokens.ts';
import { carryComments, restoreDocument } from './document.ts';
import { HandOver } from './handover.ts';
import { CellHashes, type CellRow } from './hashes.ts';

const TARGET = 'cellbook';

/** Milliseconds after the last edit until the kernel is told of it. */
const SETTLED = 500;

/** What the link asks of the server. */
export interface IDocuments {
  /** Return the document that was kept with a checkpoint. */
  getDocument(notebook: string, checkpoint: string): Promise<JSONObject>;
  /** Keep a document with a checkpoint. */
  putDocument(notebook: string, checkpoint: string, document: JSONObject): Promise<unknown>;
}

/** The line of one notebook panel; it lives as long as the panel. */
export class KernelLink implements IKernelLink {
  readonly panel: NotebookPanel;
  private readonly _documents: IDocuments;
  private readonly _localPath: (path: string) => string;
  private readonly _window = UUID.uuid4();
  private readonly _hashes = new CellHashes();
  private readonly _handOver: HandOver;
  /** Cells that this window has run, for what a kernel offers whom it does not know yet. */
  private readonly _ran = new Set<string>();
  private readonly _pending = new Map<number, PromiseDelegate<JSONValue>>();
  private readonly _stateChanged = new Signal<IKernelLink, IKernelState | null>(this);
  private readonly _restored = new Signal<IKernelLink, IDocumentRestored>(this);
  private _kernel: Kernel.IKernelConnection | null = null;
  private _comm: Kernel.IComm | null = null;
  private _state: IKernelState | null = null;
  private _told = '';
  private _due = false;
  private _timer = 0;
  private _errands = 0;
  private _disposed = false;

  /**
   * @param panel - The notebook.
   * @param documents - Keeps documents.
   * @param localPath - Takes the drive off a path.
   */
  constructor(
    panel: NotebookPanel,
    documents: IDocuments,
    localPath: (path: string) => string
  ) {
    this.panel = panel;
    this._documents = documents;
    this._localPath = localPath;
    this._handOver = new HandOver(checkpoint => this._sendDocument(checkpoint));
    const session = panel.sessionContext;
    session.kernelChanged.connect(this._kernelChanged, this);
    session.statusChanged.connect(this._statusChanged, this);
    panel.context.pathChanged.connect(this._edited, this);
    panel.disposed.connect(this.dispose, this);
    void panel.context.ready.then(() => {
      if (!this.isDisposed) {
        // The shared notebook's own signal does not tell of what is typed into cells.
        panel.model?.contentChanged.connect(this._edited, this);
        void this._attach(session.session?.kernel ?? null);
      }
    });
  }

  /** How recording stands; null while the kernel does not record. */
  get state(): IKernelState | null {
    return this._state;
  }

  get stateChanged(): ISignal<IKernelLink, IKernelState | null> {
    return this._stateChanged;
  }

  /** Tells of documents that were brought back, or could not be. */
  get restored(): ISignal<IKernelLink, IDocumentRestored> {
    return this._restored;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._tell({ type: 'gone' });
    clearTimeout(this._timer);
    this._detach();
    Signal.clearData(this);
  }

  /**
   * Have the kernel do something, see `src/cellbook/ipython/errands.py`.
   *
   * @throws KernelRefusal with the reason, if the kernel cannot; if it does not record; or if it
   * ends before it answers.
   */
  async do(verb: string, args: JSONObject = {}): Promise<JSONValue> {
    if (!this._comm) {
      throw new KernelRefusal('The kernel does not record. Run %load_ext cellbook in it.', 'NotFound');
    }
    const id = ++this._errands;
    const answer = new PromiseDelegate<JSONValue>();
    this._pending.set(id, answer);
    this._tellNotebook();
    this._tell({ type: 'do', id, verb, args });
    return answer.promise;
  }

  /** Tell the kernel that a cell comes next. */
  beforeRun(cell: string): void {
    this._ran.add(cell);
    if (this._comm) {
      this._tellNotebook();
      this._tell({ type: 'scheduled', cell });
    }
  }

  /**
   * Bring a document back in this panel, as one step that can be undone.
   *
   * @returns Takes it back, if nobody has changed the notebook since: says whether it did.
   */
  async restoreDocument(checkpoint: string, asking: string | null = null): Promise<() => boolean> {
    const document = await this._documents.getDocument(this._path, checkpoint);
    const shared = this.panel.model?.sharedModel;
    if (!shared || this._disposed) {
      throw new KernelRefusal('The notebook was closed meanwhile. Open it and try again.', 'Gone');
    }
    return restoreDocument(shared, document as never, asking);
  }

  // -- the comm ---------------------------------------------------------------------------------

  private _kernelChanged(_: unknown, change: { newValue: Kernel.IKernelConnection | null }): void {
    void this._attach(change.newValue);
  }

  private _statusChanged(_: unknown, status: KernelMessage.Status): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this._detach();
    } else if (status === 'idle' && this._due) {
      this._tellNotebook();
    }
  }

  private async _attach(kernel: Kernel.IKernelConnection | null): Promise<void> {
    if (kernel === this._kernel) {
      return;
    }
    this._detach();
    this._kernel = kernel;
    if (!kernel || !kernel.handleComms) {
      return;
    }
    kernel.registerCommTarget(TARGET, (comm, message) => {
      this._adopt(comm, message.content.data as JSONObject);
    });
    const reply = await kernel.requestCommInfo({ target_name: TARGET }).catch(() => null);
    if (reply?.content.status !== 'ok' || kernel !== this._kernel || this._comm) {
      return;
    }
    const [id] = Object.keys(reply.content.comms);
    if (id && !kernel.hasComm(id)) {
      this._adopt(kernel.createComm(TARGET, id), null);
    }
  }

  private _adopt(comm: Kernel.IComm, state: JSONObject | null): void {
    // On a subshell its messages would overtake the cells that they are about.
    comm.commsOverSubshells = 'disabled' as Kernel.IComm['commsOverSubshells'];
    comm.onMsg = message => this._hear(message.content.data as JSONObject);
    comm.onClose = () => {
      if (comm === this._comm) {
        this._detach();
      }
    };
    this._comm = comm;
    this._told = '';
    if (state?.type === 'state') {
      this._setState(state as unknown as IKernelState);
    }
    this._tellNotebook();
  }

  private _detach(): void {
    // The comm is all windows': it is let go of, not closed.
    this._comm = null;
    const gone = new KernelRefusal('The kernel ended before it answered. Try again.', 'Gone');
    for (const answer of this._pending.values()) {
      answer.reject(gone);
    }
    this._pending.clear();
    this._setState(null);
  }

  private _tell(message: JSONObject): void {
    if (this._comm && !this._comm.isDisposed) {
      this._comm.send({ window: this._window, ...message });
    }
  }

  private _hear(message: JSONObject): void {
    if (message.type === 'state') {
      this._setState(message as unknown as IKernelState);
    }
    const checkpoint = message.checkpoint as string;
    if (message.type === 'offer' && this._ran.delete(message.cell as string)) {
      this._tell({ type: 'taken', id: message.id as number });
      if (typeof message.before === 'string') {
        // Where that fails, the restore that waits for it says so.
        void this._handOver.ask(message.before, true).catch(() => undefined);
      }
      void this._bringBack(checkpoint, message.number as number, message.cell as string);
    }
    if (message.type === 'carry' && this._isMeant(message)) {
      this._carry(message);
    }
    if (message.window !== this._window) {
      return;
    }
    if (message.type === 'document') {
      void this._handOver.ask(checkpoint, message.asked === true).catch(console.warn);
    } else if (message.type === 'restore') {
      void this._bringBack(checkpoint, message.number as number, message.cell as string | null);
    } else if (message.type === 'done') {
      const answer = this._pending.get(message.id as number);
      this._pending.delete(message.id as number);
      if (typeof message.error === 'string') {
        answer?.reject(new KernelRefusal(message.error, String(message.kind)));
      } else {
        answer?.resolve(message.result as JSONValue);
      }
    }
  }

  /** Whether a message is for this window: by its name, or by the cell that this one has run. */
  private _isMeant(message: JSONObject): boolean {
    const ran = this._ran.delete(message.cell as string);
    return message.window === null ? ran : message.window === this._window;
  }

  /** Carry comments in the notebook's metadata; who cannot says nothing, and the file is written. */
  private _carry(message: JSONObject): void {
    const shared = this.panel.model?.sharedModel;
    if (shared && !this.panel.model?.readOnly) {
      carryComments(shared, message.comments as JSONValue);
      this._tell({ type: 'taken', id: message.id as number });
    }
  }

  private _setState(state: IKernelState | null): void {
    if (state !== null || this._state !== null) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  // -- the notebook -----------------------------------------------------------------------------

  private get _path(): string {
    return this._localPath(this.panel.context.path);
  }

  private _edited(): void {
    this._due = true;
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      // What a busy kernel is told waits behind its cell; it is told when that is done.
      if (this.panel.sessionContext.session?.kernel?.status === 'idle') {
        this._tellNotebook();
      }
    }, SETTLED);
  }

  private _tellNotebook(): void {
    this._due = false;
    const shared = this.panel.model?.sharedModel;
    if (!this._comm || !shared) {
      return;
    }
    const cells: CellRow[] = this._hashes.rows(shared.cells);
    const notebook = { path: this._path, root: PageConfig.getOption('serverRoot'), cells };
    const told = JSON.stringify(notebook);
    if (told !== this._told) {
      this._told = told;
      this._tell({ type: 'notebook', ...notebook });
    }
  }

  private async _sendDocument(checkpoint: string): Promise<void> {
    const model = this.panel.model;
    if (model && !this._disposed) {
      const document = model.toJSON() as unknown as JSONObject;
      await this._documents.putDocument(this._path, checkpoint, document);
    }
  }

  private async _bringBack(checkpoint: string, number: number, asking: string | null): Promise<void> {
    let error = '';
    let undo = (): boolean => false;
    try {
      // The document that this one takes the place of is handed over first.
      await this._handOver.settle();
      undo = await this.restoreDocument(checkpoint, asking);
    } catch (reason) {
      error = reason instanceof Error ? reason.message : String(reason);
    }
    // Who restored from a panel is told there, of variables and document at once.
    if (error || asking !== null) {
      this._restored.emit({ number, error, undo });
    }
  }
}
