/** Answers that a panel asked for, kept while it is there. */

import { Signal, type ISignal } from '@lumino/signaling';

/** What is known of a question. */
export interface IAnswer<T> {
  /** The answer, or the one before while a newer is on its way; null until there is any. */
  readonly value: T | null;
  /** Why there is none; empty where there is, or while it is on its way. */
  readonly problem: string;
  readonly busy: boolean;
}

/** Answers that are kept, at most. */
const KEPT = 24;

interface IKept extends IAnswer<unknown> {
  readonly round: number;
}

/** Asks once, however often it is asked. */
export class Answers {
  private readonly _ask: (question: string, query: object) => Promise<unknown>;
  private readonly _kept = new Map<string, IKept>();
  private readonly _changed = new Signal<Answers, void>(this);

  constructor(ask: (question: string, query: object) => Promise<unknown>) {
    this._ask = ask;
  }

  /** Something was answered. */
  get changed(): ISignal<Answers, void> {
    return this._changed;
  }

  /**
   * Return what is known of a question, and ask it where it was not asked in this round.
   *
   * @param round - Goes up when the answer may have become another one.
   */
  get<T>(question: string, query: object, round = 0): IAnswer<T> {
    const key = JSON.stringify([question, query]);
    const kept = this._kept.get(key);
    if (kept && (kept.round === round || kept.busy)) {
      return kept as IAnswer<T>;
    }
    const asked: IKept = { value: kept?.value ?? null, problem: '', busy: true, round };
    this._kept.delete(key);
    this._kept.set(key, asked);
    this._forget();
    const settle = (value: unknown, problem: string) => {
      this._kept.set(key, { value, problem, busy: false, round });
      this._changed.emit();
    };
    this._ask(question, query).then(
      value => settle(value, ''),
      error => settle(null, error instanceof Error ? error.message : String(error))
    );
    return asked as IAnswer<T>;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _forget(): void {
    const oldest = this._kept.keys().next();
    if (this._kept.size > KEPT && !oldest.done) {
      this._kept.delete(oldest.value);
    }
  }
}
