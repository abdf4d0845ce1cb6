/** A long list that is read page by page, and that changes while it is looked at. */

/** One page as it was read. */
export interface IPage<Row> {
  readonly rows: readonly Row[];
  /** Whether there are further ones. */
  readonly more: boolean;
}

/**
 * The beginning of a list, as far as it was looked at.
 *
 * After a change only those pages are read anew that are in sight; the others when they come into
 * sight.  Rows that have not changed stay the same objects, so that nothing of them is drawn anew.
 */
export class Pages<Row> {
  /** Rows a page. */
  readonly size: number;
  private readonly _id: (row: Row) => string;
  private readonly _texts = new WeakMap<object, string>();
  private readonly _fresh = new Set<number>();
  private _pages: IPage<Row>[] = [];
  private _rows: readonly Row[] = [];
  private _byId = new Map<string, Row>();

  /**
   * @param id - Tells rows apart.
   * @param size - Rows a page.
   */
  constructor(id: (row: Row) => string, size = 100) {
    this._id = id;
    this.size = size;
  }

  /** The rows that were read, none of them twice. */
  get rows(): readonly Row[] {
    return this._rows;
  }

  /** Whether there are further ones. */
  get more(): boolean {
    return this._pages.length === 0 || this._pages[this._pages.length - 1].more;
  }

  /** Return a row that was read. */
  get(id: string): Row | undefined {
    return this._byId.get(id);
  }

  /** All that was read may have changed; it stays until it is read anew. */
  expire(): void {
    this._fresh.clear();
  }

  /** Another list is asked for. */
  clear(): void {
    this._fresh.clear();
    this._pages = [];
    this._index();
  }

  /** Return the pages that are to be read for all rows from `first` to `last` to be as they are. */
  wanted(first: number, last: number): number[] {
    const wanted = [];
    const end = Math.min(Math.floor(last / this.size), this._pages.length);
    for (let page = Math.max(0, Math.floor(first / this.size)); page <= end; page++) {
      if (!this._fresh.has(page) && (page < this._pages.length || this.more)) {
        wanted.push(page);
      }
    }
    return wanted;
  }

  /** Take in pages that were read, by their places; all at once, so that no row is gone between. */
  put(read: ReadonlyMap<number, IPage<Row>>): void {
    for (const [place, page] of [...read].sort(([a], [b]) => a - b)) {
      if (place > this._pages.length) {
        continue;
      }
      this._pages[place] = { rows: page.rows.map(row => this._same(row)), more: page.more };
      this._fresh.add(place);
      if (!page.more) {
        this._pages.length = place + 1;
      }
    }
    this._index();
  }

  /** Put a row in the place of the one with the same id; null takes that one away. */
  replace(id: string, row: Row | null): void {
    this._pages = this._pages.map(page => ({
      more: page.more,
      rows: page.rows.flatMap(old => (this._id(old) !== id ? [old] : row ? [row] : []))
    }));
    this._index();
  }

  private _same(row: Row): Row {
    const text = JSON.stringify(row);
    const old = this._byId.get(this._id(row));
    if (old && this._texts.get(old as object) === text) {
      return old;
    }
    this._texts.set(row as object, text);
    return row;
  }

  private _index(): void {
    // What a new row has pushed onto the next page is on two pages until that is read anew.
    this._byId = new Map();
    for (const page of this._pages) {
      for (const row of page.rows) {
        if (!this._byId.has(this._id(row))) {
          this._byId.set(this._id(row), row);
        }
      }
    }
    this._rows = [...this._byId.values()];
  }
}
