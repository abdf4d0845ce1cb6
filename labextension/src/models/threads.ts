/** Discussions, as one panel shows them: which ones, what was said, and what one does there. */

import { Signal, type ISignal } from '@lumino/signaling';

import { isAbsent } from './absent.ts';
import type { IAnchor } from './anchors.ts';
import { isLost } from './cellThreads.ts';
import { isSmall } from './entries.ts';
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

/** Tells of a notebook's cells; where some of its threads may have another one, of their sources. */
export type Live = (suggest: boolean, threads: readonly ThreadView[]) => ILiveCells;

/** Somebody else has written something since this was looked at last. */
export interface IHeard {
  readonly thread: ThreadView;
  readonly comment: CommentView;
}

/** One list of threads; it asks when it is told to, and keeps still while somebody writes. */
export class ThreadsModel {
  private readonly _source: ISource;
  private readonly _live: Live;
  private readonly _changed = new Signal<ThreadsModel, void>(this);
  private readonly _heard = new Signal<ThreadsModel, readonly IHeard[]>(this);
  private readonly _passed = new Signal<ThreadsModel, void>(this);
  private readonly _rest = new Rest(() => void this.refresh(), PERIOD);
  private readonly _writing = new Set<string>();
  private readonly _seen = new Set<string>();
  private readonly _left = new Set<string>();
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
    live: Live = () => ({})
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

  /** What was refused before is of no account any more: something else is done, or can be now. */
  get passed(): ISignal<ThreadsModel, void> {
    return this._passed;
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

  /** Whether somebody has just taken a thread out of what is listed, and may want it back. */
  hasLeft(thread: string): boolean {
    return this._left.has(thread);
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
    const before = JSON.stringify(this._state);
    this._state = { ...this._state, ...changes };
    this._first = true;
    if (JSON.stringify(this._state) !== before) {
      this._left.clear();
    }
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
        ...this._live(suggest, this._threads)
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

  /**
   * Resolve a thread, or open it again; a text is the reason.
   *
   * Where the filter has no room for it then, its place is kept, so that it can be taken back.
   */
  async resolve(thread: string, resolved: boolean, text = ''): Promise<void> {
    const changed = await this._do<ThreadView>(resolved ? 'resolve' : 'reopen', { thread, text });
    if (this._state.filter === (resolved ? 'open' : 'resolved')) {
      this._left.add(thread);
    } else {
      this._left.delete(thread);
    }
    this._changedTo(changed);
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

  /** Hang a thread on another cell; it followed its own where that was merged into the other. */
  reattach(thread: string, anchor: IAnchor, followed = false): Promise<void> {
    return this._change('reattach', { thread, anchor, followed });
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
    const body = { thread: thread.thread_id, comment: newest.comment_id };
    this._source.change(this._state.notebook, 'mark-read', body).catch(() => undefined);
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

  private async _do<T>(change: string, body: object): Promise<T> {
    this._passed.emit();
    try {
      return await this._source.change<T>(this._state.notebook, change, body);
    } catch (error) {
      // Whatever it was refused for, such as a book that is only read by now, is to be seen.
      this._rest.ask();
      throw error;
    }
  }

  private async _change(change: string, body: object): Promise<void> {
    this._changedTo(await this._do<ThreadView>(change, body));
  }

  /** Show what a thread has become; what was asked before that would bring it back as it was. */
  private _changedTo(thread: ThreadView): void {
    this._asked++;
    this._put(thread);
    this._rest.ask();
  }

  /** Look once more, with the sources of the cells. */
  private async _suggest(): Promise<void> {
    if (this._live(true, this._threads).sources) {
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
    const put = keeps ? { ...thread, anchor: known.anchor } : thread;
    const replaced = (one: ThreadView) => (one.thread_id === thread.thread_id ? put : one);
    this._threads = this._threads.map(replaced);
    if (this._page) {
      this._page = { ...this._page, threads: this._page.threads.map(replaced) };
    }
    this._changed.emit();
  }

  private _take(page: ThreadsPage, first: boolean): void {
    const heard: IHeard[] = [];
    for (const thread of page.threads) {
      for (const comment of thread.comments) {
        if (!this._seen.has(comment.comment_id)) {
          this._seen.add(comment.comment_id);
          if (!comment.mine && !comment.deleted && !isSmall(comment)) {
            heard.push({ thread, comment });
          }
        }
      }
    }
    const mended = this._problem !== '' || (this.readOnly !== '' && !page.read_only);
    this._page = page;
    this._problem = '';
    this._arrange(page.threads);
    if (mended) {
      this._passed.emit();
    }
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
    const byId = new Map(now.map(thread => [thread.thread_id, thread]));
    for (const { thread_id: id, resolved } of now) {
      if (resolved !== (this._state.filter === 'open')) {
        this._left.delete(id);
      }
    }
    if (!this._writing.size) {
      // Those that somebody took out are where they were.
      this._threads.forEach((thread, place) => {
        if (this._left.has(thread.thread_id) && !byId.has(thread.thread_id)) {
          now.splice(place, 0, thread);
        }
      });
      this._threads = now;
      return;
    }
    const standing = this._threads.flatMap(thread => {
      const kept = byId.get(thread.thread_id);
      // One that the filter has lost stays while somebody writes in it, or may want it back.
      const stays = this._isWriting(thread) || this._left.has(thread.thread_id);
      return kept ? [kept] : stays ? [thread] : [];
    });
    this._threads = [...standing, ...now.filter(thread => !before.has(thread.thread_id))];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
