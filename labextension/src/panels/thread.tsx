/** One thread: what it hangs on, what was said, and a place to answer. */

import * as React from 'react';

import { isLost } from '../models/cellThreads.ts';
import { targetOf } from '../models/place.ts';
import type { AnchorView, CommentView, ThreadView } from '../_generated/types.ts';
import { Comment } from './comment.tsx';
import { Composer } from './composer.tsx';
import { Orphan } from './orphan.tsx';
import { Marked } from './parts.tsx';
import { Review } from './review.tsx';
import { ThreadMenu } from './threadMenu.tsx';
import { useDoing, type IThreadProps } from './threadParts.tsx';

/** Labels that have a colour of their own. */
export const LABELS = ['question', 'decision', 'todo', 'review'];

/** Milliseconds in sight after which a thread counts as read. */
const READ = 1_200;

/** Comments of a long thread that are shown at first: the first one and the last ones. */
const SHOWN = 6;

interface ThreadProps extends IThreadProps {
  thread: ThreadView;
  /** Whether what it hangs on is said; not where that is beside it. */
  titled: boolean;
  /** Whether one begins to answer at once. */
  focus?: boolean;
  /** Closes it, where it can be closed. */
  close?: () => void;
}

/** The whole thread, open. */
export const Thread = React.memo(function Thread(props: ThreadProps): React.ReactElement {
  const { thread, model, place, trans } = props;
  const [whole, setWhole] = React.useState(false);
  const box = React.useRef<HTMLElement>(null);
  useRead(box, props);
  const doing = useDoing();
  const { comments } = thread;
  const hidden = whole ? 0 : Math.max(comments.length - SHOWN, 0);
  const shown = hidden ? [comments[0], ...comments.slice(hidden + 1)] : comments;
  const draw = (comment: CommentView) => (
    <Comment key={comment.comment_id} {...{ model, place, trans, thread, comment }} />
  );
  return (
    <article
      ref={box}
      className={thread.resolved ? 'cb-thread cb-mod-resolved' : 'cb-thread'}
      data-thread={thread.thread_id}
      aria-label={trans.__('Thread: %1', thread.anchor.title)}
    >
      <ThreadHead {...props} run={doing.run} />
      <Orphan {...{ model, place, trans, thread }} />
      {thread.anchor.quote && !isLost(thread.anchor) && <Quoted anchor={thread.anchor} />}
      <ol className="cb-comments">
        {shown.slice(0, 1).map(draw)}
        {hidden > 0 && (
          <li className="cb-event">
            <button type="button" className="cb-link" onClick={() => setWhole(true)}>
              {trans._n('%1 more comment', '%1 more comments', hidden)}
            </button>
          </li>
        )}
        {shown.slice(1).map(draw)}
      </ol>
      {doing.problem && (
        <div className="cb-refusal" role="alert">
          <Marked text={doing.problem} />
        </div>
      )}
      <Review {...{ model, place, trans, thread }} run={doing.run} />
      {!model.readOnly && (
        <Composer
          {...{ model, place, trans }}
          draft={`reply|${thread.thread_id}`}
          label={trans.__('Reply…')}
          verb={trans.__('Reply')}
          focus={props.focus}
          send={text => model.reply(thread.thread_id, text)}
        />
      )}
    </article>
  );
});

/** The piece of text that was marked. */
export function Quoted(props: { anchor: AnchorView }): React.ReactElement {
  return (
    <blockquote className="cb-quote" dir="auto">
      {props.anchor.quote}
    </blockquote>
  );
}

type Run = ReturnType<typeof useDoing>['run'];

/** What it hangs on, its labels, who sees to it; and what can be done with it. */
function ThreadHead(props: ThreadProps & { run: Run }): React.ReactElement {
  const { thread, model, place, trans, titled, run } = props;
  const { thread_id: id, anchor, labels, assigned, resolved } = thread;
  const reveal = place.reveal ?? (target => place.open(targetOf(target)));
  return (
    <header className="cb-threadhead">
      {props.close && (
        <button
          type="button"
          className="cb-link cb-signed cb-unfold"
          aria-label={trans.__('Fold the thread')}
          aria-expanded="true"
          onClick={props.close}
        >
          ▾
        </button>
      )}
      {titled && (
        <button
          type="button"
          className="cb-link cb-anchor"
          title={trans.__('Show it: %1', anchor.title)}
          disabled={isLost(anchor)}
          onClick={() => reveal(anchor)}
        >
          <bdi>{anchor.title}</bdi>
        </button>
      )}
      {anchor.source && (
        <span className="cb-muted">
          {trans.__('from')} <bdi>{anchor.source}</bdi>
        </span>
      )}
      {labels.map(label => (
        <span key={label} className={`cb-label cb-mod-${LABELS.includes(label) ? label : 'other'}`}>
          <bdi>{label}</bdi>
        </span>
      ))}
      {assigned.map(name => (
        <span key={name} className="cb-assigned" title={trans.__('Sees to it: %1', name)}>
          → <bdi>@{name}</bdi>
        </span>
      ))}
      <span className="cb-grow" />
      {!model.readOnly && (
        <>
          <button
            type="button"
            className="cb-link cb-resolve"
            onClick={() => void run(() => model.resolve(id, !resolved))}
          >
            {resolved ? trans.__('Reopen') : trans.__('Resolve ✓')}
          </button>
          <ThreadMenu {...{ model, trans, thread, run }} />
        </>
      )}
    </header>
  );
}

/** A thread that stays in sight for a moment is read. */
function useRead(box: React.RefObject<HTMLElement>, props: ThreadProps): void {
  const { thread, model } = props;
  const latest = React.useRef(thread);
  latest.current = thread;
  React.useEffect(() => {
    if (!thread.unread) {
      return undefined;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(entries => {
      clearTimeout(timer);
      if (entries.some(entry => entry.isIntersecting)) {
        timer = setTimeout(() => {
          if (document.visibilityState === 'visible') {
            model.markRead(latest.current);
          }
        }, READ);
      }
    });
    observer.observe(box.current!);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [model, thread.thread_id, thread.unread]);
}
