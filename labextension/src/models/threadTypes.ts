/** What is told of discussions; the fields are those of `src/cellbook/views/threads.py`. */

export interface Person {
  readonly name: string;
  readonly display_name: string;
  readonly initials: string;
  readonly mine: boolean;
}

export interface ReactionView {
  readonly emoji: string;
  readonly count: number;
  readonly names: readonly string[];
  readonly mine: boolean;
}

export interface CommentView {
  readonly comment_id: string;
  readonly author: Person;
  readonly time: number;
  readonly text: string;
  readonly html: string;
  readonly edited: boolean;
  readonly revisions: number;
  readonly mentions: readonly string[];
  readonly reactions: readonly ReactionView[];
  readonly deleted: boolean;
  readonly event: string;
  readonly mine: boolean;
  readonly unread: boolean;
}

export interface AnchorView {
  readonly kind: string;
  readonly notebook: string;
  readonly cell_id: string;
  readonly quote: string;
  readonly output: number | null;
  readonly runs: readonly string[];
  readonly metric: string;
  readonly step: number | null;
  readonly checkpoint: string;
  readonly name: string;
  readonly version: string;
  readonly candidate: string;
  readonly title: string;
  readonly state: 'found' | 'moved' | 'suggested' | 'orphaned';
  readonly suggestion: string;
  readonly source: string;
}

export interface ThreadView {
  readonly thread_id: string;
  readonly kind: string;
  readonly anchor: AnchorView;
  readonly author: Person;
  readonly time: number;
  readonly last_time: number;
  readonly resolved: boolean;
  readonly labels: readonly string[];
  readonly assigned: readonly string[];
  readonly comments: readonly CommentView[];
  readonly count: number;
  readonly unread: number;
  readonly brief: { readonly [field: string]: string };
  readonly review: { readonly of: readonly string[]; readonly state: string; readonly by: string };
}

export interface ThreadsPage {
  readonly threads: readonly ThreadView[];
  readonly total: number;
  readonly more: boolean;
  readonly counts: { readonly [filter: string]: number };
  readonly people: readonly Person[];
  readonly me: Person | null;
  readonly labels: readonly string[];
  readonly read_only: string;
}
