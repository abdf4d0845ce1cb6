/** Which cells were merged into others: JupyterLab gives the new one an id that nobody knows. */

/** A cell, as far as it matters here. */
export interface ICellText {
  readonly id: string;
  readonly source: string;
}

/** Watches the cells of a notebook; only who saw two of them become one knows that they did. */
export class Succession {
  private _sources = new Map<string, string>();
  private readonly _former = new Map<string, ReadonlySet<string>>();

  /** Return the ids of the cells that were merged into one, and of those that had been before. */
  of(cell: string): readonly string[] {
    return [...(this._former.get(cell) ?? [])];
  }

  /**
   * Look at the cells as they are now.
   *
   * A cell that is gone went into a new one that has all its lines, if there is just one such.
   */
  look(cells: Iterable<ICellText>): void {
    const now = new Map([...cells].map(({ id, source }) => [id, source]));
    const fresh = this._sources.size ? [...now].filter(([id]) => !this._sources.has(id)) : [];
    for (const [id, source] of fresh.length ? this._sources : []) {
      const gone = !now.has(id) && !!source.trim();
      const heirs = gone ? fresh.filter(([, text]) => holds(text, source)) : [];
      if (heirs.length === 1) {
        const [heir] = heirs[0];
        this._former.set(heir, new Set([...this.of(heir), id, ...this.of(id)]));
      }
    }
    this._sources = now;
  }
}

/** Whether a text has all lines of another one, in a row. */
function holds(text: string, lines: string): boolean {
  return `\n${text}\n`.includes(`\n${lines}\n`);
}
