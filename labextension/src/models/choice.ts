/** Which rows of a list are chosen, and which one the keys move from. */

/** Rows by their ids; every change makes a new one. */
export class Choice {
  /** The chosen rows. */
  readonly chosen: ReadonlySet<string>;
  /** The row that keys act on; null before there was any. */
  readonly at: string | null;
  /** Where a stretch of rows begins. */
  private readonly _anchor: string | null;

  constructor(
    chosen: ReadonlySet<string> = new Set(),
    at: string | null = null,
    anchor: string | null = at
  ) {
    this.chosen = chosen;
    this.at = at;
    this._anchor = anchor;
  }

  /** Go to a row without choosing it. */
  go(id: string): Choice {
    return new Choice(this.chosen, id);
  }

  /** Choose a row, or no longer. */
  toggle(id: string): Choice {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) {
      chosen.add(id);
    }
    return new Choice(chosen, id);
  }

  /** Choose all from where the stretch begins to a row, and only these. */
  stretch(id: string, ids: readonly string[]): Choice {
    const from = ids.indexOf(this._anchor ?? id);
    const to = ids.indexOf(id);
    if (from < 0 || to < 0) {
      return new Choice(new Set([id]), id);
    }
    const chosen = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
    return new Choice(new Set(chosen), id, ids[from]);
  }

  /** Choose these rows. */
  only(ids: Iterable<string>): Choice {
    return new Choice(new Set(ids), this.at, this._anchor);
  }

  /** Return the row that is so many further than the one keys act on. */
  step(by: number, ids: readonly string[]): string | null {
    if (ids.length === 0) {
      return null;
    }
    const place = this.at === null ? -1 : ids.indexOf(this.at);
    const start = place < 0 && by > 0 ? -1 : Math.max(place, 0);
    return ids[Math.min(Math.max(start + by, 0), ids.length - 1)];
  }
}
