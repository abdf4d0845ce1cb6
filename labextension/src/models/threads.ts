/** Discussions, as one panel shows them: which ones, what was said, and what one does there. */

import { Signal, type ISignal } from '@lumino/signaling';

import { isAbsent } from './absent.ts';
import type { IAnchor } from './anchors.ts';
import { isLost } from './cellThreads.ts';
import { Rest } from './rest.ts';
import type { ISource } from './source.ts';
import type { CommentView, Person, ThreadsPage, ThreadView } from '../_generated/types.ts';

/** The tables in which a change may change what is shown. */
const TABLES = ['book', 'threads', 'comments', 'readers'];

/** Milliseconds between two looks, however much is written. */
const PERIOD = 400;

/** Which threads are looked at. */
export interface IThreadsState {
  /** The notebook's path; in a cell's output empty, as the kernel knows its own. */
  readonly notebook: string;
  readonly scope: 'notebook' | 'book';
  readonly filter: '' | 'open' | 'mine' | 'mentions' | 'unread' | 'orphaned' | 'resolved';
  readonly label: string;
  /** Text that has to be in them. */
  readonly query: string;
  /** What they hang on, such as `run:ID`; empty for whatever it is. */
  readonly target: string;
  readonly limit: number;
}

/** Return a state that shows all of a notebook's threads. */
export function threadsOf(
  notebook: string,
  changes: Partial<IThreadsState> = {}
): IThreadsState {
  const all = { scope: 'notebook', filter: '', label: '', query: '', target: '', limit: 50 } as const;
  return { notebook, ...all, ...changes };
}

/** Return what threads of a run, or of runs that are compared, hang on. */
export function runsTarget(runs: readonly string[]): string {
  return runs.length === 1 ? `run:${runs[0]}` : `compare:${runs.join(',')}`;
}

/** What a window tells of the notebook as it is now, for anchors to be found in it. */
export interface ILiveCells {
  /** JSON of `[[cell id, hash of its source], …]`. */
  readonly cells?: string;
  /** JSON of `{cell id: source}`. */
  readonly sources?: string;
}

/** Somebody else has written something since this was looked at last. */
export interface IHeard {
  readonly thread: ThreadView;
  readonly comment: CommentView;
}

/** One list of threads; it asks when it is told to, and keeps still while somebody writes. */
export class ThreadsModel {
  private readonly _source: ISource;
  private readonly _live: (suggest: boolean) => ILiveCells;
  private readonly _changed = new Signal<ThreadsModel, void>(this);
  private readonly _heard = new Signal<ThreadsModel, readonly IHeard[]>(this);
  private readonly _rest = new Rest(() => void this.refresh(), PERIOD);
  private readonly _writing = new Set<string>();
  private readonly _seen = new Set<string>();
  private _state: IThreadsState;
  private _page: ThreadsPage | null = null;
  private _threads: readonly ThreadView[] = [];
  private _problem = '';
  private _busy = false;
  private _asked = 0;
  /** Whether what the next answer brings has been there all along. */
  private _first = true;
  private _disposed = false;

  /**
   * @param source - Who answers.
   * @param state - Which threads.
   * @param live - Tells of the notebook's cells as they are now, with their sources where
   *   a thread has lost its cell.
   */
  constructor(
    source: ISource,
    state: IThreadsState,
    live: (suggest: boolean) => ILiveCells = () => ({})
  ) {
    this._source = source;
    this._state = state;
    this._live = live;
  }

  /** Something that is shown has changed. */
  get changed(): ISignal<ThreadsModel, void> {
    return this._changed;
  }

  /** Others have written. */
  get heard(): ISignal<ThreadsModel, readonly IHeard[]> {
    return this._heard;
  }

  get state(): IThreadsState {
    return this._state;
  }

  /** What was answered besides the threads; null until there is an answer. */
  get page(): ThreadsPage | null {
    return this._page;
  }

  /** The threads, in the order in which they are shown. */
  get threads(): readonly ThreadView[] {
    return this._threads;
  }

  /** Who looks; null where nobody knows. */
  get me(): Person | null {
    return this._page?.me ?? null;
  }

  /** Everyone who wrote, is asked or was mentioned: whoever may be meant. */
  get people(): readonly Person[] {
    const known = this._page?.people ?? [];
    const names = new Set(known.map(({ name }) => name));
    const others = new Set(
      this._threads.flatMap(({ assigned, review, comments }) => [
        ...assigned,
        ...review.of,
        ...comments.flatMap(({ mentions }) => mentions)
      ])
    );
    const named = [...others].filter(name => name && !names.has(name));
    const person = (name: string) => ({
      name,
      display_name: '',
      initials: '',
      mine: name === this.me?.name
    });
    return named.length ? [...known, ...named.map(person)] : known;
  }

  /** Whether anybody of that name wrote or is asked for something, as far as this knows. */
  knows(name: string): boolean {
    const is = (person: Person | null) => person?.name === name;
    return (
      is(this.me) ||
      (this._page?.people ?? []).some(is) ||
      this._threads.some(({ assigned, review }) => [...assigned, ...review.of].includes(name))
    );
  }

  /** Why nothing can be written; empty where it can. */
  get readOnly(): string {
    return this._page?.read_only ?? '';
  }

  /** Why there is nothing to show, and what mends it. */
  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._busy;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  /** Look at others. */
  change(changes: Partial<IThreadsState>): Promise<void> {
    const moved = changes.notebook !== undefined && changes.notebook !== this._state.notebook;
    this._state = { ...this._state, ...changes };
    this._first = true;
    if (moved) {
      this._page = null;
      this._threads = [];
      this._seen.clear();
    }
    this._changed.emit();
    return this.refresh();
  }

  /** Tables of the book have changed. */
  tell(tables: readonly string[]): void {
    if (!this._disposed && tables.some(table => TABLES.includes(table))) {
      this._rest.ask();
    }
  }

  /** Somebody begins or ends to write in a thread: meanwhile no thread leaves its place. */
  write(key: string, writing: boolean): void {
    if (writing) {
      this._writing.add(key);
    } else if (this._writing.delete(key) && !this._writing.size && this._page) {
      this._arrange(this._page.threads);
      this._changed.emit();
    }
  }

  /** Ask anew. */
  async refresh(): Promise<void> {
    const asked = ++this._asked;
    const first = this._first;
    this._busy = true;
    this._changed.emit();
    try {
      const { notebook, ...query } = this._state;
      const suggest = this._threads.some(({ anchor }) => isLost(anchor));
      const page = await this._source.ask<ThreadsPage>(notebook, 'threads', {
        ...query,
        ...this._live(suggest)
      });
      if (asked !== this._asked || this._disposed) {
        return;
      }
      this._first = false;
      this._take(page, first);
      if (!suggest && page.threads.some(({ anchor }) => isLost(anchor))) {
        // Now that one is known to be lost, its like can be looked for; once, as that is not new.
        void this._suggest();
      }
    } catch (error) {
      if (asked !== this._asked || this._disposed) {
        return;
      }
      this._problem = isAbsent(error) ? '' : messageOf(error);
    }
    this._busy = false;
    this._changed.emit();
  }

  /** Begin a thread. */
  async start(anchor: IAnchor, text: string, labels: readonly string[] = []): Promise<void> {
    await this._do('start-thread', { anchor, text, labels });
    // Where it is, in the notebook as it is now, the answer to a question tells.
    await this.refresh();
  }

  reply(thread: string, text: string): Promise<void> {
    return this._change('reply', { thread, text });
  }

  edit(comment: string, text: string): Promise<void> {
    return this._change('edit-comment', { comment, text });
  }

  remove(comment: string): Promise<void> {
    return this._change('delete-comment', { comment });
  }

  /** Resolve a thread, or open it again; a text is the reason. */
  resolve(thread: string, resolved: boolean, text = ''): Promise<void> {
    return this._change(resolved ? 'resolve' : 'reopen', { thread, text });
  }

  react(comment: string, emoji: string, given: boolean): Promise<void> {
    return this._change('react', { comment, emoji, given });
  }

  label(thread: string, label: string, on: boolean): Promise<void> {
    return this._change('label', { thread, label, on });
  }

  assign(thread: string, name: string, on: boolean): Promise<void> {
    return this._change('assign', { thread, name, on });
  }

  reattach(thread: string, anchor: IAnchor): Promise<void> {
    return this._change('reattach', { thread, anchor });
  }

  review(thread: string, verdict: 'approved' | 'returned', text: string): Promise<void> {
    return this._change('review', { thread, verdict, text });
  }

  async saveBrief(fields: { readonly [field: string]: string }): Promise<void> {
    await this._do('save-brief', { fields });
    await this.refresh();
  }

  /** Take note that all of a thread was read; that it could not be kept does no harm. */
  markRead(thread: ThreadView): void {
    const newest = thread.comments.at(-1);
    if (!thread.unread || !newest || !this.me || this.readOnly) {
      return;
    }
    const read = thread.comments.map(comment => ({ ...comment, unread: false }));
    this._put({ ...thread, comments: read, unread: 0 });
    const { thread_id: id } = thread;
    this._do('mark-read', { thread: id, comment: newest.comment_id }).catch(() => undefined);
  }

  /** Say who writes, where nobody knows. */
  async introduce(name: string, display: string): Promise<void> {
    await this._do('set-author', { name, display_name: display });
    await this.refresh();
  }

  /** Return the safe HTML of a text, as it will be shown. */
  async preview(text: string): Promise<string> {
    const { notebook } = this._state;
    return (await this._source.ask<{ html: string }>(notebook, 'preview', { text })).html;
  }

  /** Return the states that a comment had, the newest last. */
  async history(comment: string): Promise<readonly { html: string; time: number }[]> {
    const { notebook } = this._state;
    const query = { comment };
    type History = { revisions: { html: string; time: number }[] };
    return (await this._source.ask<History>(notebook, 'comment-history', query)).revisions;
  }

  private _do<T>(change: string, body: object): Promise<T> {
    return this._source.change<T>(this._state.notebook, change, body);
  }

  private async _change(change: string, body: object): Promise<void> {
    this._put(await this._do<ThreadView>(change, body));
    this._rest.ask();
  }

  /** Look once more, with the sources of the cells. */
  private async _suggest(): Promise<void> {
    if (this._live(true).sources) {
      await this.refresh();
    }
  }

  /** Put a thread, as it is now, in its place; what else has changed comes with the next answer. */
  private _put(thread: ThreadView): void {
    if (!thread.thread_id || this._disposed) {
      return;
    }
    thread.comments.forEach(comment => this._seen.add(comment.comment_id));
    const known = this._threads.find(one => one.thread_id === thread.thread_id);
    // Where it hangs is known only to who was told of the cells.
    const keeps = known && isLost(thread.anchor) && !isLost(known.anchor);
    const anchor = keeps ? known.anchor : thread.anchor;
    this._threads = this._threads.map(one => (one === known ? { ...thread, anchor } : one));
    this._changed.emit();
  }

  private _take(page: ThreadsPage, first: boolean): void {
    const heard: IHeard[] = [];
    for (const thread of page.threads) {
      for (const comment of thread.comments) {
        if (!this._seen.has(comment.comment_id)) {
          this._seen.add(comment.comment_id);
          if (!comment.mine && !comment.deleted) {
            heard.push({ thread, comment });
          }
        }
      }
    }
    this._page = page;
    this._problem = '';
    this._arrange(page.threads);
    if (!first && heard.length) {
      this._heard.emit(heard);
    }
  }

  /** Whether somebody answers in a thread, or edits what is in it. */
  private _isWriting({ thread_id: id, comments }: ThreadView): boolean {
    const keys = [`reply|${id}`, ...comments.map(one => `edit|${one.comment_id}`)];
    return keys.some(key => this._writing.has(key));
  }

  /** Put threads in order: as they came, or while somebody writes, as they stand. */
  private _arrange(threads: readonly ThreadView[]): void {
    const before = new Map(this._threads.map(thread => [thread.thread_id, thread]));
    // What is the same stays the same object, so that nothing of it is drawn anew.
    const now = threads.map(thread => {
      const known = before.get(thread.thread_id);
      return known && JSON.stringify(known) === JSON.stringify(thread) ? known : thread;
    });
    if (!this._writing.size) {
      this._threads = now;
      return;
    }
    const byId = new Map(now.map(thread => [thread.thread_id, thread]));
    const standing = this._threads.flatMap(thread => {
      const kept = byId.get(thread.thread_id);
      // One that the filter has lost stays while somebody writes in it.
      return kept ? [kept] : this._isWriting(thread) ? [thread] : [];
    });
    this._threads = [...standing, ...now.filter(thread => !before.has(thread.thread_id))];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
