/** A list of threads: folded to a few lines each, one opens where it stands. */

import * as React from 'react';

import { isLost } from '../models/cellThreads.ts';
import { isSmall } from '../models/entries.ts';
import { Folding } from '../models/folding.ts';
import type { ThreadView } from '../_generated/types.ts';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';
import { LABELS, Thread } from './thread.tsx';
import { plainText } from './safeHtml.ts';
import { Avatar, nameOf, useDoing, When, type IThreadProps } from './threadParts.tsx';

/** Threads that one more question brings. */
const PAGE = 50;

/** Letters of a comment that its folded thread shows. */
const EXCERPT = 160;

interface ThreadListProps extends IThreadProps {
  /** What is said where there are none. */
  empty: React.ReactNode;
  /** As many are open at first as there are, if there are no more than this. */
  open?: number;
  titled?: boolean;
  /** The thread that is shown elsewhere. */
  except?: string;
}

export function ThreadList(props: ThreadListProps): React.ReactElement {
  const { model, place, trans, empty, titled = true } = props;
  useSignal(model.changed);
  const [folding] = React.useState(() => new Folding(props.open ?? 0));
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  const box = React.useRef<HTMLDivElement>(null);
  const back = React.useRef('');
  const drawn = React.useRef(false);
  React.useEffect(() => {
    drawn.current = true;
    // Who undid by keys goes on where they were.
    const thread = back.current && `[data-thread="${CSS.escape(back.current)}"] .cb-resolve`;
    const button = thread && box.current!.querySelector<HTMLElement>(thread);
    if (button) {
      back.current = '';
      button.focus();
    }
  });
  const { page, problem } = model;
  const threads = model.threads.filter(thread => thread.thread_id !== props.except);
  const open = folding.of(threads.map(thread => thread.thread_id));
  const turn = (id: string, on: boolean) => {
    folding.turn(id, on);
    redraw();
  };
  return (
    <div ref={box} className="cb-threads">
      <Loading busy={model.busy && !page} label={trans.__('Loading comments')} />
      {problem && (
        <Trouble
          message={problem}
          action={{ label: trans.__('Try again'), run: () => void model.refresh() }}
        />
      )}
      {page?.read_only && (
        <p className="cb-note">
          <Marked text={page.read_only} />
        </p>
      )}
      {page?.notice && (
        <p className="cb-note" role="status">
          <Marked text={page.notice} />
        </p>
      )}
      {threads.map(thread =>
        model.hasLeft(thread.thread_id) ? (
          <Left key={thread.thread_id} {...{ model, trans, thread, back }} fresh={drawn.current} />
        ) : open.has(thread.thread_id) ? (
          <Thread
            key={thread.thread_id}
            {...{ model, place, trans, thread, titled }}
            close={() => turn(thread.thread_id, false)}
          />
        ) : (
          <Folded
            key={thread.thread_id}
            {...{ thread, trans }}
            open={() => turn(thread.thread_id, true)}
          />
        )
      )}
      {!threads.length && !problem && !(model.busy && !page) && empty}
      {page?.more && (
        <button
          type="button"
          className="cb-link cb-more"
          onClick={() => void model.change({ limit: model.state.limit + PAGE })}
        >
          {trans.__('Show more (%1 in all)', page.total)}
        </button>
      )}
    </div>
  );
}

/** What stands for a thread that somebody has just resolved, or opened again: it can be undone. */
function Left(
  props: Pick<IThreadProps, 'model' | 'trans'> & {
    thread: ThreadView;
    /** Takes the thread that one wants to be back at. */
    back: React.MutableRefObject<string>;
    /** Whether it has come while one looks. */
    fresh: boolean;
  }
): React.ReactElement {
  const { model, trans, thread, back } = props;
  const { thread_id: id, resolved, anchor } = thread;
  const doing = useDoing(model);
  const box = React.useRef<HTMLDivElement>(null);
  // The button that was pressed is gone: who goes by keys goes on here.
  React.useEffect(() => {
    const { activeElement: active } = document;
    if (props.fresh && (!active || active === document.body)) {
      box.current!.querySelector('button')!.focus();
    }
  }, []);
  const undo = () => {
    back.current = id;
    void doing.run(() => model.resolve(id, !resolved));
  };
  return (
    <div ref={box} className="cb-left" role="status" data-thread={id}>
      <span className="cb-muted">
        {resolved ? trans.__('✓ Resolved:') : trans.__('↺ Opened again:')}
      </span>
      <bdi className="cb-anchor cb-grow" title={anchor.title}>
        {anchor.title}
      </bdi>
      <button type="button" className="cb-link" disabled={doing.busy} onClick={undo}>
        {trans.__('Undo')}
      </button>
      {doing.problem && (
        <div className="cb-refusal" role="alert">
          <Marked text={doing.problem} />
        </div>
      )}
    </div>
  );
}

/** A thread in a few lines. */
const Folded = React.memo(
  function Folded(props: {
    thread: ThreadView;
    trans: IThreadProps['trans'];
    open: () => void;
  }): React.ReactElement {
    const { thread, trans, open } = props;
    const { anchor, comments, unread, count, resolved, labels } = thread;
    // What is nobody's news, as a label, is neither the first nor the last word.
    const said = comments.filter(comment => !isSmall(comment));
    const first = said.find(comment => !comment.deleted) ?? comments[0];
    const last = said.at(-1);
    return (
      <button
        type="button"
        className={`cb-folded${unread ? ' cb-mod-unread' : ''}${resolved ? ' cb-mod-resolved' : ''}`}
        data-thread={thread.thread_id}
        aria-expanded="false"
        onClick={open}
      >
        <span className="cb-foldedhead">
          {isLost(anchor) && (
            <span className="cb-lostmark" title={trans.__('Orphaned: its cell is gone')}>
              ◌
            </span>
          )}
          <bdi className="cb-anchor" title={anchor.title}>
            {anchor.title}
          </bdi>
          {unread > 0 ? (
            <span className="cb-new">{trans.__('%1 new', unread)}</span>
          ) : (
            <span className="cb-muted">{count > 1 && trans.__('%1 comments', count)}</span>
          )}
        </span>
        {(resolved || labels.length > 0) && (
          <span className="cb-told">
            {resolved && <span className="cb-muted">✓ {trans.__('resolved')}</span>}
            {labels.map(label => (
              <span
                key={label}
                className={`cb-label cb-mod-${LABELS.includes(label) ? label : 'other'}`}
                title={label}
              >
                <bdi>{label}</bdi>
              </span>
            ))}
          </span>
        )}
        {first && (
          <span className="cb-excerpt">
            <Avatar person={first.author} />
            <bdi className="cb-author">{nameOf(first.author)}</bdi>
            <span dir="auto">
              {first.deleted
                ? trans.__('This comment was deleted.')
                : plainText(first.html, EXCERPT) || briefly(thread)}
            </span>
          </span>
        )}
        {last && (
          <span className="cb-lastline cb-muted">
            {count > 1 && last !== first && (
              <>
                ↳ <bdi>{nameOf(last.author)}</bdi> ·{' '}
              </>
            )}
            <When time={thread.last_time} />
          </span>
        )}
      </button>
    );
  },
  (before, now) => before.thread === now.thread && before.trans === now.trans
);

/** What a brief is about: its first comment says no more than that it was written. */
function briefly({ brief }: ThreadView): string {
  return (brief.question || Object.values(brief).find(text => text) || '').slice(0, EXCERPT);
}

/** What a list without a thread says. */
export function NoThreads(props: { text: string }): React.ReactElement {
  return (
    <Empty>
      <Marked text={props.text} />
    </Empty>
  );
}
