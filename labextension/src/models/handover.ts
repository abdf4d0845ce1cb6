/** Hands documents over to the server, for the checkpoints that the kernel has saved. */

/** After a hand-over the next one that nobody asked for waits so many times as long. */
const REST = 10;

/** Milliseconds that a hand-over may take without a rest after it. */
const QUICK = 30;

/**
 * Hands documents over one after the other.
 *
 * Checkpoints that come by themselves are many: while one waits, only the newest of them is
 * remembered, since each would get the document as it is by then.  Those that somebody asked for,
 * or that a restore stands on, are never passed over.
 */
export class HandOver {
  private readonly _send: (checkpoint: string) => Promise<void>;
  private readonly _rest: number;
  private _last: Promise<void> = Promise.resolve();
  private _newest: string | null = null;
  private _resting: Promise<void> | null = null;

  /**
   * @param send - Takes the document as it is now and keeps it with a checkpoint.
   * @param rest - How many times as long as a hand-over the next one waits that nobody asked for.
   */
  constructor(send: (checkpoint: string) => Promise<void>, rest = REST) {
    this._send = send;
    this._rest = rest;
  }

  /**
   * Hand the document over for a checkpoint.
   *
   * @param checkpoint - Its id.
   * @param asked - Whether it may not be passed over.
   * @returns When it was handed over, or passed over; a failure rejects only those asked for.
   */
  ask(checkpoint: string, asked: boolean): Promise<void> {
    if (!asked) {
      this._newest = checkpoint;
      if (!this._resting) {
        this._resting = this._handNewest().finally(() => (this._resting = null));
      }
      return this._resting;
    }
    this._last = this._last.catch(() => undefined).then(() => this._send(checkpoint));
    return this._last;
  }

  /**
   * Hand over what still waits, and wait until all is done: the document is about to be replaced.
   *
   * @throws What went wrong with the last one: then there is no way back to what it holds.
   */
  settle(): Promise<void> {
    if (this._newest !== null) {
      const checkpoint: string = this._newest;
      this._newest = null;
      return this.ask(checkpoint, true);
    }
    return this._last;
  }

  private async _handNewest(): Promise<void> {
    while (this._newest !== null) {
      const checkpoint: string = this._newest;
      this._newest = null;
      const began = performance.now();
      await this.ask(checkpoint, true).catch(() => undefined);
      const took = performance.now() - began;
      if (took > QUICK) {
        await new Promise(resolve => setTimeout(resolve, this._rest * took));
      }
    }
  }
}
