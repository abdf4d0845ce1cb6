/** One thread: what it hangs on, what was said, and a place to answer. */

import * as React from 'react';

import { isHere, isLost } from '../models/cellThreads.ts';
import { groupsOf, isSmall } from '../models/entries.ts';
import { targetOf } from '../models/place.ts';
import type { AnchorView, CommentView, ThreadView } from '../_generated/types.ts';
import { Comment } from './comment.tsx';
import { Composer } from './composer.tsx';
import { Elsewhere, Orphan } from './orphan.tsx';
import { Marked } from './parts.tsx';
import { Review } from './review.tsx';
import { ThreadMenu } from './threadMenu.tsx';
import { useDoing, When, type IThreadProps } from './threadParts.tsx';

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
  const doing = useDoing(model);
  const groups = groupsOf(thread.comments);
  const left = whole ? [] : groups.slice(1, 1 + Math.max(groups.length - SHOWN, 0)).flat();
  const hidden = left.filter(entry => !isSmall(entry)).length;
  const draw = (comment: CommentView) => (
    <Comment key={comment.comment_id} {...{ model, place, trans, thread, comment }} />
  );
  const drawGroup = (group: readonly CommentView[]) =>
    group.length > 1 ? (
      <Small key={group[0].comment_id} {...{ group, trans, draw }} />
    ) : (
      group.map(draw)
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
      <Elsewhere {...{ model, place, trans, thread }} />
      {thread.anchor.quote && !isLost(thread.anchor) && <Quoted anchor={thread.anchor} />}
      <ol className="cb-comments">
        {groups.slice(0, 1).map(drawGroup)}
        {hidden > 0 && (
          <li className="cb-event">
            <button type="button" className="cb-link" onClick={() => setWhole(true)}>
              {trans._n('%1 more comment', '%1 more comments', hidden)}
            </button>
          </li>
        )}
        {(hidden ? groups.slice(-SHOWN + 1) : groups.slice(1)).map(drawGroup)}
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

/** What happened that is nobody's news, in one line until one wants to know. */
function Small(props: {
  group: readonly CommentView[];
  trans: IThreadProps['trans'];
  draw: (comment: CommentView) => React.ReactElement;
}): React.ReactElement {
  const { group, trans, draw } = props;
  const [open, setOpen] = React.useState(false);
  const last = group.at(-1)!;
  return (
    <>
      <li className="cb-event">
        <button
          type="button"
          className="cb-link"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {trans.__('%1 small changes', group.length)}
        </button>{' '}
        · <When time={last.time} />
      </li>
      {open && group.map(draw)}
    </>
  );
}

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
  // Where it is said what a thread hangs on, that says so.
  const onOutput = !titled && anchor.kind === 'output';
  const told = (onOutput || anchor.source || labels.length > 0 || assigned.length > 0) && (
    <span className="cb-told">
      {onOutput && <span className="cb-muted">{trans.__('on its output')}</span>}
      {anchor.source && (
        <span className="cb-muted">
          {trans.__('from')} <bdi>{anchor.source}</bdi>
        </span>
      )}
      {labels.map(label => (
        <span
          key={label}
          className={`cb-label cb-mod-${LABELS.includes(label) ? label : 'other'}`}
          title={label}
        >
          <bdi>{label}</bdi>
        </span>
      ))}
      {assigned.map(name => (
        <span key={name} className="cb-assigned" title={trans.__('Sees to it: %1', name)}>
          → <bdi>@{name}</bdi>
        </span>
      ))}
    </span>
  );
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
      {titled ? (
        <button
          type="button"
          className="cb-link cb-anchor"
          title={trans.__('Show it: %1', anchor.title)}
          disabled={!isHere(anchor)}
          onClick={() => reveal(anchor)}
        >
          <bdi>{anchor.title}</bdi>
        </button>
      ) : (
        <span className="cb-grow">{told}</span>
      )}
      {!model.readOnly && (
        <>
          <button
            type="button"
            className="cb-link cb-resolve"
            title={resolved ? trans.__('Open it again') : trans.__('It is done with')}
            onClick={() => void run(() => model.resolve(id, !resolved))}
          >
            <span className="cb-word">{resolved ? trans.__('Reopen') : trans.__('Resolve')}</span>{' '}
            <span aria-hidden="true">{resolved ? '↺' : '✓'}</span>
          </button>
          <ThreadMenu {...{ model, trans, thread, run }} />
        </>
      )}
      {titled && told}
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
