/** Which threads of a list are open, and which are folded to a few lines. */

export class Folding {
  private readonly _few: number;
  private readonly _open = new Set<string>();
  private readonly _folded = new Set<string>();

  /**
   * @param few - As many are open unasked as there are, if there are no more than this.
   */
  constructor(few: number) {
    this._few = few;
  }

  /**
   * Return those that are open, of the threads that are listed now.
   *
   * One that was open stays open, also where more threads arrive than are opened unasked: somebody
   * may be writing in it.
   */
  of(listed: readonly string[]): ReadonlySet<string> {
    if (listed.length <= this._few) {
      listed.filter(id => !this._folded.has(id)).forEach(id => this._open.add(id));
    }
    return this._open;
  }

  /** Somebody opens a thread, or folds it. */
  turn(id: string, open: boolean): void {
    const [to, from] = open ? [this._open, this._folded] : [this._folded, this._open];
    to.add(id);
    from.delete(id);
  }
}
