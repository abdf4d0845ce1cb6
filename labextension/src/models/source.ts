import type { ISignal } from '@lumino/signaling';

/** Who answers a panel's questions: the server, or the kernel that made the panel. */
export interface ISource {
  /** Ask a question of `cellbook.answers`; `notebook` says whose book, where that is not given. */
  ask<T>(notebook: string, question: string, query: object): Promise<T>;
  /** Change something in the book: one of the CHANGES of `cellbook.answers`. */
  change<T>(notebook: string, change: string, body: object): Promise<T>;
  /** Return the bytes of an artifact of a run. */
  artifact(notebook: string, run: string, path: string): Promise<BlobPart>;
  /** Whether nobody answers any more, as the kernel that made the panel is gone. */
  readonly gone?: boolean;
  /** That has come about. */
  readonly lost?: ISignal<ISource, void>;
  /** Whether a question has any answer, where all were written beforehand. */
  holds?(question: string): boolean;
}
