/** What Cellbook's plugins offer one another. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token, type JSONObject, type JSONValue } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { ReactElement } from 'react';

import type { Api } from './api.ts';
import type { ISource } from './models/source.ts';

/** The book that belongs to the notebook in sight. */
export interface IBook {
  /** Asks the server. */
  readonly api: Api;
  /** The notebook in sight, as a path from the server's root; empty where none is. */
  readonly notebook: string;
  /** The panel of that notebook; null where none is in sight. */
  readonly panel: NotebookPanel | null;
  /** Another notebook is in sight, or it has another path. */
  readonly notebookChanged: ISignal<IBook, void>;
  /** Something in the book changed, whoever changed it: names of tables, `metrics` for points. */
  readonly changed: ISignal<IBook, readonly string[]>;
  /** Whether changes are told as they happen; else they are looked for every few seconds. */
  readonly live: boolean;
  /** Hear of changes until the result is disposed of: only then anything is asked of the server. */
  listen(): IDisposable;
  /** Hear of changes in the book of a notebook, in sight or not, until the result is disposed of. */
  watch(notebook: string, tell: (tables: readonly string[]) => void): IDisposable;
}

/** What a panel needs of a book: who answers, and what changed; an output of a cell has it, too. */
export interface IHeard {
  readonly api: ISource;
  /** The notebook that is asked about, as a path from the server's root; empty for none. */
  readonly notebook: string;
  /** Something in the book changed, whoever changed it. */
  readonly changed: ISignal<unknown, readonly string[]>;
}

export const IBook = new Token<IBook>(
  'cellbook-labextension:IBook',
  'The book that belongs to the notebook in sight.'
);

/** How recording stands in a kernel; `state` of `src/cellbook/ipython/standing.py`. */
export interface IKernelState {
  readonly recording: 'on' | 'paused' | 'failing';
  readonly why: string;
  readonly book: string;
  readonly run: IOpenRun | null;
  /** Ids of stale cells, and why each is. */
  readonly stale: { readonly [cell: string]: readonly string[] };
  /** Whether checkpoints are saved by themselves. */
  readonly auto: boolean;
  /** The checkpoint that the kernel's state comes from. */
  readonly head: string | null;
}

/** The run that a kernel records into. */
export interface IOpenRun {
  readonly run_id: string;
  readonly run_number: number;
  readonly run_name: string;
  readonly experiment: string;
  readonly start_time: number;
}

/** What a restore does to variables, or did; `_restored_doc` of `ipython/errands.py`. */
export interface IRestored {
  readonly checkpoint_id: string;
  readonly number: number;
  readonly restored: readonly string[];
  readonly kept: { readonly [name: string]: string };
  readonly missing: { readonly [name: string]: string };
  readonly removed: readonly string[];
  readonly notes: readonly string[];
  readonly differences: readonly string[];
  readonly before: number | null;
  readonly document: boolean;
}

/** The line from one notebook panel to its kernel. */
export interface IKernelLink extends IDisposable {
  readonly panel: NotebookPanel;
  /** How recording stands; null while the kernel does not record. */
  readonly state: IKernelState | null;
  readonly stateChanged: ISignal<IKernelLink, IKernelState | null>;
  /** A document was brought back because the kernel asked for it, or could not be. */
  readonly restored: ISignal<IKernelLink, IDocumentRestored>;
  /** Have the kernel do something; see `src/cellbook/ipython/errands.py`. */
  do(verb: string, args?: JSONObject): Promise<JSONValue>;
  /** Bring a checkpoint's document back in this panel, as one step that can be undone. */
  restoreDocument(checkpoint: string): Promise<() => boolean>;
}

/** A document was brought back, or could not be. */
export interface IDocumentRestored {
  readonly number: number;
  /** Why it was not; empty if it was. */
  readonly error: string;
  /** Takes it back, if nobody has changed the notebook since: says whether it did. */
  readonly undo: () => boolean;
}

/** A kernel cannot do what it was asked. */
export class KernelRefusal extends Error {
  /** The name of Cellbook's error, such as `Untrusted`. */
  readonly kind: string;

  constructor(message: string, kind: string) {
    super(message);
    this.kind = kind;
  }
}

/** The lines of all notebook panels. */
export interface IKernelLinks {
  /** Return the line of a panel; null for one that is none of this window's. */
  of(panel: NotebookPanel | null): IKernelLink | null;
  /** A panel has got its line. */
  readonly added: ISignal<IKernelLinks, IKernelLink>;
}

export const IKernelLinks = new Token<IKernelLinks>(
  'cellbook-labextension:IKernelLinks',
  'The lines from notebook panels to their kernels.'
);

/** A number on a tab of the sidebar. */
export interface IBadge {
  readonly count: number;
  /** In words, for who does not see it. */
  readonly label: string;
  readonly changed: ISignal<unknown, unknown>;
}

/** One tab of the sidebar. */
export interface ISidebarTab {
  readonly id: string;
  readonly label: string;
  readonly rank: number;
  /** What asks to be looked at there, such as comments that are new. */
  readonly badge?: IBadge;
  /** Return what the tab shows; asked when it is first opened. */
  render(): Promise<ReactElement>;
}

/** The sidebar "Cellbook". */
export interface ISidebar {
  addTab(tab: ISidebarTab): void;
  /** Show the sidebar, with this tab on top. */
  open(tab: string): void;
}

export const ISidebar = new Token<ISidebar>(
  'cellbook-labextension:ISidebar',
  'The sidebar of Cellbook: other plugins add tabs to it.'
);

/** A run or a checkpoint, as something that one takes over or has reviewed. */
export interface IMoment {
  /** Such as `run:ID`. */
  readonly target: string;
  /** Such as `run #12 wide-net`. */
  readonly title: string;
}

/** What colleagues do with a moment of a notebook; each asks in a small dialog first. */
export interface IMoments {
  /** Make a new notebook from it, and open that. */
  fork(moment: IMoment): Promise<void>;
  /** Ask people to approve of it. */
  review(moment: IMoment): Promise<void>;
}

export const IMoments = new Token<IMoments>(
  'cellbook-labextension:IMoments',
  'What colleagues do with a moment of a notebook: take it over, have it reviewed.'
);

/** Panels in the main area that show runs beside one another. */
export interface ICompare {
  /**
   * Show runs beside one another; a panel that shows the same ones comes to the front.
   *
   * @param notebook - Whose book they are in.
   * @param runs - Their ids.
   * @param baseline - The one to compare with; by default the first.
   */
  open(notebook: string, runs: readonly string[], baseline?: string): void;
}

export const ICompare = new Token<ICompare>(
  'cellbook-labextension:ICompare',
  'Panels in the main area that show runs beside one another.'
);
