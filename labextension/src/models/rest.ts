/** Does something at once when it is asked for, and then no more often than now and then. */
export class Rest {
  private readonly _act: () => void;
  private readonly _period: number;
  private _resting: ReturnType<typeof setTimeout> | undefined;
  private _again = false;

  /**
   * @param act - What is to be done.
   * @param period - Milliseconds between two times; what is asked for meanwhile is done once.
   */
  constructor(act: () => void, period: number) {
    this._act = act;
    this._period = period;
  }

  ask(): void {
    if (this._resting !== undefined) {
      this._again = true;
      return;
    }
    this._act();
    this._resting = setTimeout(() => {
      this._resting = undefined;
      if (this._again) {
        this._again = false;
        this.ask();
      }
    }, this._period);
  }
}
