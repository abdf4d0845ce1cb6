/** One comment: who wrote it and when, the text, reactions, and what its author can do with it. */

import * as React from 'react';

import type { CommentView, ReactionView, ThreadView } from '../_generated/types.ts';
import { Composer } from './composer.tsx';
import { Menu } from './menu.tsx';
import { Marked } from './parts.tsx';
import {
  Avatar,
  nameOf,
  Sure,
  useDoing,
  When,
  Written,
  type IThreadProps
} from './threadParts.tsx';

/** The reactions that are offered; whatever others gave is shown. */
const EMOJI = ['👍', '👎', '🎉', '❤️', '😄', '🤔', '👀', '🚀'];

interface CommentProps extends IThreadProps {
  thread: ThreadView;
  comment: CommentView;
}

type Doing = '' | 'edit' | 'delete' | 'history' | 'react';

/** It is drawn anew only when it has become another one. */
export const Comment = React.memo(function Comment(props: CommentProps): React.ReactElement {
  const { comment, model, place, trans } = props;
  const [doing, setDoing] = React.useState<Doing>('');
  const change = useDoing(model);
  const done = () => setDoing('');
  const name = nameOf(comment.author);
  if (comment.event && !comment.text) {
    return (
      <li className="cb-event" data-comment={comment.comment_id}>
        <bdi>{name}</bdi> {happened(comment.event, trans)}
        {comment.about && (
          <>
            : <bdi>{comment.about}</bdi>
          </>
        )}{' '}
        · <When time={comment.time} />
      </li>
    );
  }
  const writable = !model.readOnly && !comment.deleted;
  return (
    <li
      className={comment.unread ? 'cb-comment cb-mod-unread' : 'cb-comment'}
      data-comment={comment.comment_id}
      aria-label={trans.__('Comment by %1', name)}
    >
      <div className="cb-commenthead">
        <Avatar person={comment.author} />
        <bdi className="cb-author" title={`@${comment.author.name}`}>
          {name}
        </bdi>
        {comment.event && <span className="cb-muted">{happened(comment.event, trans)}</span>}
        <span className="cb-muted">·</span>
        <When time={comment.time} />
        {comment.imported && (
          <span
            className="cb-muted cb-faint"
            title={trans.__('It was not written into this book: its author is only claimed.')}
          >
            {trans.__('came with')} <bdi>{comment.imported}</bdi>
          </span>
        )}
        {comment.edited_in && (
          <span
            className="cb-muted cb-faint"
            title={trans.__('Its text was not written into this book.')}
          >
            {trans.__('text came with')} <bdi>{comment.edited_in}</bdi>
          </span>
        )}
        {comment.edited && !comment.deleted && (
          <button
            type="button"
            className="cb-link cb-faint"
            aria-expanded={doing === 'history'}
            title={trans.__('What it said before')}
            onClick={() => setDoing(doing === 'history' ? '' : 'history')}
          >
            {trans.__('edited')}
          </button>
        )}
        {comment.unread && (
          <span className="cb-new" title={trans.__('You have not read this yet')}>
            {trans.__('new')}
          </span>
        )}
        <span className="cb-grow" />
        {writable && (
          <span className="cb-commentacts">
            <button
              type="button"
              className="cb-link cb-signed"
              aria-label={trans.__('React')}
              title={trans.__('React')}
              aria-expanded={doing === 'react'}
              onClick={() => setDoing(doing === 'react' ? '' : 'react')}
            >
              ☺
            </button>
            {comment.mine && (
              <Menu
                label={trans.__('What to do with this comment')}
                sign="⋯"
                items={[
                  { label: trans.__('Edit'), run: () => setDoing('edit') },
                  { label: trans.__('Delete…'), run: () => setDoing('delete') }
                ]}
              />
            )}
          </span>
        )}
      </div>
      {doing === 'react' && (
        <Emoji
          trans={trans}
          done={done}
          give={emoji => {
            const mine = comment.reactions.some(one => one.emoji === emoji && one.mine);
            void change.run(() => model.react(comment.comment_id, emoji, !mine));
            done();
          }}
        />
      )}
      {doing === 'delete' && (
        <Sure
          question={trans.__(
            'Delete it? Its text and what it said before are gone for good; that it was here is still seen.'
          )}
          yes={trans.__('Delete')}
          no={trans.__('Keep')}
          answer={sure => {
            done();
            if (sure) {
              void change.run(() => model.remove(comment.comment_id));
            }
          }}
        />
      )}
      {doing === 'edit' ? (
        <Composer
          {...{ model, place, trans }}
          draft={`edit|${comment.comment_id}`}
          text={comment.text}
          label={trans.__('Edit the comment')}
          verb={trans.__('Save')}
          focus
          send={text => model.edit(comment.comment_id, text)}
          close={done}
        />
      ) : comment.deleted ? (
        <p className="cb-tombstone">{trans.__('This comment was deleted.')}</p>
      ) : (
        <Long trans={trans}>
          <Written
            html={comment.html}
            place={place}
            strangers={comment.mentions.filter(one => !model.knows(one)).join(' ')}
          />
        </Long>
      )}
      {doing === 'history' && <History {...props} />}
      {change.problem && (
        <div className="cb-refusal" role="alert">
          <Marked text={change.problem} />
        </div>
      )}
      <Reactions
        reactions={comment.deleted ? [] : comment.reactions}
        give={
          writable
            ? (emoji, given) =>
                void change.run(() => model.react(comment.comment_id, emoji, given))
            : null
        }
        trans={trans}
      />
    </li>
  );
});

/** Lines of a comment that are shown at first, and those that are not worth to be folded. */
const LINES = 12;
const SPARE = 3;

/** A text of which a long one is folded, until one wants to read all of it. */
function Long(props: {
  trans: IThreadProps['trans'];
  children: React.ReactNode;
}): React.ReactElement {
  const [whole, setWhole] = React.useState(false);
  const [long, setLong] = React.useState(false);
  const box = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    const node = box.current!;
    const measure = () => {
      const line = parseFloat(getComputedStyle(node).lineHeight) || 18;
      setLong(node.scrollHeight > (LINES + SPARE) * line);
    };
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(node.firstElementChild!);
    return () => watcher.disconnect();
  }, []);
  return (
    <div>
      <div
        ref={box}
        className={long && !whole ? 'cb-long cb-mod-folded' : 'cb-long'}
        style={long && !whole ? { maxHeight: `${LINES}lh` } : undefined}
      >
        {props.children}
      </div>
      {long && (
        <button
          type="button"
          className="cb-link cb-faint"
          aria-expanded={whole}
          onClick={() => setWhole(!whole)}
        >
          {whole ? props.trans.__('Show less') : props.trans.__('Show more')}
        </button>
      )}
    </div>
  );
}

/** Return what happened to the thread, in words. */
function happened(event: string, trans: IThreadProps['trans']): string {
  const words: { [event: string]: string } = {
    resolved: trans.__('resolved this'),
    reopened: trans.__('opened this again'),
    approved: trans.__('✓ approved'),
    returned: trans.__('↩ returned it'),
    requested: trans.__('asked for a review'),
    attached: trans.__('attached this to another cell'),
    followed: trans.__('merged its cell into another one'),
    brief: trans.__('wrote in the brief'),
    labelled: trans.__('put a label on this'),
    unlabelled: trans.__('took a label off'),
    assigned: trans.__('assigned this'),
    unassigned: trans.__('took an assignment back')
  };
  return words[event] ?? event;
}

/** The reactions there are; one's own can be taken back. */
function Reactions(props: {
  reactions: readonly ReactionView[];
  give: ((emoji: string, given: boolean) => void) | null;
  trans: IThreadProps['trans'];
}): React.ReactElement | null {
  const { reactions, give, trans } = props;
  if (!reactions.length) {
    return null;
  }
  return (
    <div className="cb-reactions">
      {reactions.map(({ emoji, count, names, mine }) => (
        <button
          key={emoji}
          type="button"
          aria-pressed={mine}
          aria-label={trans.__('%1 from %2', emoji, names.join(', '))}
          title={names.join(', ')}
          disabled={!give}
          onClick={() => give?.(emoji, !mine)}
        >
          {emoji} <span>{count}</span>
        </button>
      ))}
    </div>
  );
}

/** The reactions that can be given; the arrow keys go along them. */
function Emoji(props: {
  give: (emoji: string) => void;
  done: () => void;
  trans: IThreadProps['trans'];
}): React.ReactElement {
  const box = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => box.current!.querySelector('button')!.focus(), []);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const all = [...box.current!.querySelectorAll('button')];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) {
      all.at(next % all.length)!.focus();
    } else if (event.key === 'Escape') {
      props.done();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={box}
      className="cb-emoji"
      role="toolbar"
      aria-label={props.trans.__('Reactions')}
      onKeyDown={onKeyDown}
    >
      {EMOJI.map(emoji => (
        <button key={emoji} type="button" aria-label={emoji} onClick={() => props.give(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  );
}

/** What a comment said before. */
function History(props: CommentProps): React.ReactElement {
  const { model, comment, place, trans } = props;
  const [states, setStates] = React.useState<readonly { html: string; time: number }[]>([]);
  const reading = useDoing(model);
  React.useEffect(() => {
    void reading.run(async () => setStates(await model.history(comment.comment_id)));
  }, [comment]);
  // The newest is what stands there anyway.
  const former = states.slice(0, -1).reverse();
  return (
    <div className="cb-former" role="region" aria-label={trans.__('What it said before')}>
      {reading.problem && <p role="alert">{reading.problem}</p>}
      {former.map(({ html, time }) => (
        <div key={time}>
          <When time={time} />
          <Written html={html} place={place} />
        </div>
      ))}
    </div>
  );
}
