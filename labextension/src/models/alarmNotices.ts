/** What alarms have to tell of the books that somebody works with, each once. */

import type { AlarmNotice, AlarmNotices } from '../_generated/types.ts';
import type { ISource } from './source.ts';

/** The table whose changes are news. */
const NEWS = 'alarm_events';

/** Hears of alarms; who comes is told of what is raised from then on. */
export class AlarmsHeard {
  private readonly _source: ISource;
  private readonly _tell: (notice: AlarmNotice, notebook: string) => void;
  /** By folder, as all notebooks of one have one book: up to where all was told. */
  private readonly _known = new Map<string, Promise<string | null>>();

  /** `tell` is called with each notice, the oldest first. */
  constructor(source: ISource, tell: (notice: AlarmNotice, notebook: string) => void) {
    this._source = source;
    this._tell = tell;
  }

  /** A notebook is looked at: what is raised from now on is news. */
  async attend(notebook: string): Promise<void> {
    const folder = folderOf(notebook);
    if ((await this._known.get(folder)) == null) {
      const asked = this._ask(notebook, '').then(found => found?.newest ?? null);
      this._known.set(folder, asked);
      await asked;
    }
  }

  /** Tables of a notebook's book have changed. */
  async hear(notebook: string, tables: readonly string[]): Promise<void> {
    const folder = folderOf(notebook);
    const known = this._known.get(folder);
    if (!tables.includes(NEWS) || !known) {
      return;
    }
    // One after another, so that nothing is told twice.
    const next = known.then(async since => {
      if (since === null) {
        return null;
      }
      // Where there was nothing yet, all that there is now has come since.
      const found = await this._ask(notebook, since || FIRST);
      found?.notices.forEach(notice => this._tell(notice, notebook));
      return found?.newest ?? since;
    });
    this._known.set(folder, next);
    await next;
  }

  private async _ask(notebook: string, since: string): Promise<AlarmNotices | null> {
    try {
      return await this._source.ask<AlarmNotices>(notebook, 'alarms', { since });
    } catch {
      // There is no book, or nobody answers: that is said elsewhere.
      return null;
    }
  }
}

/** Comes before all ids. */
const FIRST = '0';

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
