/** How much was said of a thing, and below its details what that is. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { CommentCounts } from '../models/commentCounts.ts';
import { ThreadsModel, threadsOf } from '../models/threads.ts';
import type { IBook, IHeard } from '../tokens.ts';
import { useSignal } from './hooks.ts';
import { Bubble } from './parts.tsx';
import { Fold } from './runParts.tsx';

/** The number of comments on the thing of a row; a click on it opens them. */
export function Said(props: {
  count: number;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { count, trans } = props;
  return count ? (
    <span
      className="cb-said"
      data-said=""
      title={trans._n('%1 comment: show it', '%1 comments: show them', count)}
    >
      <Bubble />
      {count}
    </span>
  ) : null;
}

/** Whether a click was on the number of comments of a row. */
export function isOnSaid(target: EventTarget): boolean {
  return (target as Element).closest('[data-said]') !== null;
}

/** Keep counts as new as the book, while they are in sight; draw anew as they change. */
export function useCounts(counts: CommentCounts, book: IBook): void {
  useSignal(counts.changed);
  React.useEffect(() => {
    const tell = (_: unknown, tables: readonly string[]) => counts.tell(tables);
    const follow = () => void counts.refresh();
    book.changed.connect(tell);
    book.notebookChanged.connect(follow);
    follow();
    return () => {
      book.changed.disconnect(tell);
      book.notebookChanged.disconnect(follow);
    };
  }, [counts, book]);
}

interface SaidOfProps {
  book: IHeard;
  /** Such as `run:ID`. */
  target: string;
  /** Whether one has asked to see it. */
  wanted: boolean;
  trans: TranslationBundle;
  /** Draws the threads. */
  children: (model: ThreadsModel) => React.ReactElement;
}

/** What was said of a thing, folded; it opens by itself where something is new. */
export function SaidOf(props: SaidOfProps): React.ReactElement {
  const { book, target, wanted, trans } = props;
  const [model] = React.useState(
    () => new ThreadsModel(book.api, threadsOf(book.notebook, { target }))
  );
  const box = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const tell = (_: unknown, tables: readonly string[]) => model.tell(tables);
    book.changed.connect(tell);
    return () => void book.changed.disconnect(tell);
  }, [book, model]);
  useSignal(model.changed);
  const count = model.threads.reduce((sum, thread) => sum + thread.count, 0);
  const unread = model.threads.reduce((sum, thread) => sum + thread.unread, 0);
  const [opened, open] = React.useState(wanted);
  React.useEffect(() => {
    if (unread || wanted) {
      open(true);
    }
  }, [unread, wanted]);
  const ready = model.page !== null;
  React.useEffect(() => {
    if (wanted && ready) {
      box.current!.scrollIntoView({ block: 'start' });
    }
  }, [wanted, ready]);
  return (
    <div ref={box}>
      <Fold
        title={trans.__('Discussion')}
        count={count || undefined}
        news={unread ? trans.__('%1 new', unread) : undefined}
        open={opened}
      >
        {props.children(model)}
      </Fold>
    </div>
  );
}
