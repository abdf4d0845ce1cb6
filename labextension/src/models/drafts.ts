/** What is being written and not sent yet: kept beyond a reload of the page. */

/** The part of the browser's store that is used. */
export interface IStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = 'cellbook:drafts';

/** Drafts that are kept at most, and characters of each. */
const KEPT = 40;
const LONGEST = 100_000;

/** The keys of what is written about a notebook as a whole, by its path. */
export const BRIEF_DRAFT = (notebook: string) => `brief|${notebook}`;
export const NEW_DRAFT = (notebook: string) => `new|notebook|${notebook}`;
export const NOTEBOOK_DRAFTS = [BRIEF_DRAFT, NEW_DRAFT];

/** The drafts of this browser; without a store that lets itself be used, those of this page. */
export class Drafts {
  private readonly _store: IStore | null;
  private _here: { [key: string]: string } = {};

  constructor(store: IStore | null) {
    this._store = store;
  }

  get(key: string): string {
    return this._all()[key] ?? '';
  }

  /** Keep a draft; an empty one is forgotten. */
  set(key: string, text: string): void {
    // What other windows keep was written by them meanwhile, so all is read anew; the newest last.
    const { [key]: _, ...others } = this._all();
    const all = text.trim() ? { ...others, [key]: text.slice(0, LONGEST) } : others;
    this._here = Object.fromEntries(Object.entries(all).slice(-KEPT));
    try {
      this._store?.setItem(KEY, JSON.stringify(this._here));
    } catch {
      // The store is full or forbidden: it is kept as long as the page is.
    }
  }

  /** Keep a draft under another key, as that of a notebook that is renamed. */
  move(from: string, to: string): void {
    const text = this.get(from);
    if (text && from !== to) {
      this.set(to, text);
      this.set(from, '');
    }
  }

  private _all(): { [key: string]: string } {
    try {
      const kept: unknown = JSON.parse(this._store?.getItem(KEY) ?? 'null');
      return kept && typeof kept === 'object' ? (kept as { [key: string]: string }) : this._here;
    } catch {
      return this._here;
    }
  }
}

/** Return the store of this page; null where it has none, as a frame without an origin. */
function storeOf(page: { localStorage?: IStore }): IStore | null {
  try {
    return page.localStorage ?? null;
  } catch {
    return null;
  }
}

/** The drafts of all panels of this page. */
export const drafts = new Drafts(storeOf(globalThis as { localStorage?: IStore }));
