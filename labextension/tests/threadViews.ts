/** Threads as the server tells them, for tests. */

import type { CommentView, Person, ThreadsPage, ThreadView } from '../src/_generated/types.ts';

export const ADA: Person = { name: 'ada', display_name: 'Ada', initials: 'A', mine: true };
export const LIN: Person = { name: 'lin', display_name: 'Lin Wei', initials: 'LW', mine: false };

export function comment(id: string, changes: Partial<CommentView> = {}): CommentView {
  return {
    comment_id: id,
    author: LIN,
    time: 0,
    text: 'Hm',
    html: '<p>Hm</p>',
    edited: false,
    revisions: 1,
    mentions: [],
    reactions: [],
    deleted: false,
    event: '',
    mine: false,
    unread: false,
    ...changes
  };
}

export function thread(id: string, changes: Partial<ThreadView> = {}, cell = 'a'): ThreadView {
  return {
    thread_id: id,
    kind: 'discussion',
    anchor: {
      kind: 'cell',
      notebook: 'work.ipynb',
      cell_id: cell,
      quote: '',
      output: null,
      runs: [],
      metric: '',
      step: null,
      checkpoint: '',
      name: '',
      version: '',
      candidate: '',
      title: 'Cell 1 of work.ipynb',
      state: 'found',
      suggestion: '',
      source: ''
    },
    author: LIN,
    time: 0,
    last_time: 0,
    resolved: false,
    labels: [],
    assigned: [],
    comments: [comment(`${id}1`)],
    count: 1,
    unread: 0,
    brief: {},
    review: { of: [], state: '', by: '', approved: [], returned: [] },
    ...changes
  };
}

export function page(threads: ThreadView[], changes: Partial<ThreadsPage> = {}): ThreadsPage {
  const all = threads.length;
  return {
    threads,
    total: all,
    more: false,
    counts: { all, open: all, mine: 0, mentions: 0, unread: 0, orphaned: 0, resolved: 0 },
    people: [ADA, LIN],
    me: ADA,
    labels: [],
    read_only: '',
    ...changes
  };
}
