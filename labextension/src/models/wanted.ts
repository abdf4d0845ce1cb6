/** What is to be shown by a panel that may not be there yet. */

import { Signal, type ISignal } from '@lumino/signaling';

export class Wanted {
  private readonly _asked = new Signal<Wanted, void>(this);
  private _what: string | null = null;

  /** Something is to be shown. */
  get asked(): ISignal<Wanted, void> {
    return this._asked;
  }

  ask(what: string): void {
    this._what = what;
    this._asked.emit();
  }

  /** Return what is to be shown, and forget it; null where there is nothing. */
  take(): string | null {
    const what = this._what;
    this._what = null;
    return what;
  }
}
