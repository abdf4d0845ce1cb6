/** Where a comment is written: names are completed, the draft is kept, Ctrl+Enter sends it. */

import * as React from 'react';

import { drafts } from '../models/drafts.ts';
import { candidates, completed, mentionAt } from '../models/mentions.ts';
import type { Person } from '../_generated/types.ts';
import { Marked } from './parts.tsx';
import { Avatar, nameOf, useDoing, Written, type IThreadProps } from './threadParts.tsx';
import { WhoAreYou } from './whoAreYou.tsx';

interface ComposerProps extends IThreadProps {
  /** By which its draft is kept. */
  draft: string;
  /** What is edited, where it is no new text. */
  text?: string;
  label: string;
  /** What is on the button that sends. */
  verb: string;
  /** Whether one begins to write at once. */
  focus?: boolean;
  send: (text: string) => Promise<unknown>;
  /** Escape was pressed, or writing is over; the draft stays. */
  close?: () => void;
  /** What else stands in the row of buttons. */
  children?: React.ReactNode;
}

/** The field and its buttons; only the field where nothing is written. */
export function Composer(props: ComposerProps): React.ReactElement {
  const { model, trans, label, draft, place } = props;
  const [text, setText] = React.useState(() => drafts.get(draft) || (props.text ?? ''));
  const [used, setUsed] = React.useState(!!props.focus || !!drafts.get(draft));
  const [preview, setPreview] = React.useState<string | null>(null);
  const [asking, setAsking] = React.useState(false);
  const [sending, setSending] = React.useState(false);
  const doing = useDoing(model);
  const field = React.useRef<HTMLTextAreaElement>(null);
  const completion = useCompletion(model.people, field, text, next => write(next));
  const write = (next: string) => {
    setText(next);
    drafts.set(draft, next === props.text ? '' : next);
    model.write(draft, !!next.trim());
  };
  React.useEffect(() => {
    model.write(draft, !!drafts.get(draft));
    return () => model.write(draft, false);
  }, [model, draft]);
  React.useLayoutEffect(() => {
    const node = field.current;
    if (node && preview === null) {
      node.style.height = 'auto';
      node.style.height = `${node.scrollHeight + 2}px`;
    }
  }, [text, used, preview]);
  React.useEffect(() => {
    if (props.focus) {
      const end = field.current!.value.length;
      field.current!.focus();
      field.current!.setSelectionRange(end, end);
    }
  }, []);
  // Before there is a book nobody has told who asks; whoever writes may be known all the same.
  const askable = () => model.page !== null && !model.me;
  const send = async () => {
    if (!text.trim() || doing.busy) {
      return;
    }
    if (askable()) {
      setAsking(true);
      return;
    }
    setSending(true);
    const sent = await doing.run(() => props.send(text));
    setSending(false);
    if (sent) {
      drafts.set(draft, '');
      model.write(draft, false);
      setText('');
      setPreview(null);
      setUsed(false);
      props.close?.();
    } else if (!model.page) {
      // The book was made by this: now it can tell whether anybody knows who writes.
      await model.refresh();
      setAsking(askable());
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (completion.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      void send();
    } else if (event.key === 'Escape' && props.close) {
      event.preventDefault();
      event.stopPropagation();
      props.close();
    }
  };
  const look = () => {
    if (preview !== null) {
      setPreview(null);
      requestAnimationFrame(() => field.current?.focus());
    } else {
      void doing.run(async () => setPreview(await model.preview(text)));
    }
  };
  const refusal = React.useId();
  return (
    <div className={`cb-composer${used || text ? ' cb-mod-used' : ''}`}>
      {preview === null ? (
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          aria-label={label}
          placeholder={label}
          disabled={!!model.readOnly}
          // What is typed while it is being sent would go with it.
          readOnly={sending}
          title={model.readOnly || undefined}
          aria-invalid={doing.problem !== ''}
          aria-describedby={doing.problem ? refusal : undefined}
          {...completion.aria}
          onChange={event => write(event.target.value)}
          onFocus={() => setUsed(true)}
          onBlur={completion.close}
          onSelect={completion.look}
          onKeyDown={onKeyDown}
        />
      ) : (
        <div className="cb-preview" aria-label={trans.__('Preview')} role="region">
          <Written html={preview} place={place} />
        </div>
      )}
      {completion.list}
      {doing.problem && (
        <div className="cb-refusal" id={refusal} role="alert">
          <Marked text={doing.problem} />
        </div>
      )}
      {asking && (
        <WhoAreYou
          model={model}
          trans={trans}
          done={known => {
            setAsking(false);
            if (known) {
              void send();
            }
          }}
        />
      )}
      {(used || !!text) && (
        <div className="cb-composing">
          {props.children}
          <span className="cb-grow" />
          <button
            type="button"
            className="cb-link"
            aria-pressed={preview !== null}
            disabled={!text.trim()}
            onClick={look}
          >
            {preview === null ? trans.__('Preview') : trans.__('Write')}
          </button>
          {props.close && (
            <button type="button" className="cb-link" onClick={props.close}>
              {trans.__('Cancel')}
            </button>
          )}
          <button
            type="button"
            className="cb-button"
            title={trans.__('Ctrl+Enter')}
            disabled={!text.trim() || doing.busy || asking}
            onClick={() => void send()}
          >
            {props.verb}
          </button>
        </div>
      )}
    </div>
  );
}

/** Offers names while one is begun with `@`. */
function useCompletion(
  people: readonly Person[],
  field: React.RefObject<HTMLTextAreaElement>,
  text: string,
  write: (text: string) => void
): {
  list: React.ReactElement | null;
  aria: React.TextareaHTMLAttributes<HTMLTextAreaElement>;
  key: (event: React.KeyboardEvent) => boolean;
  look: () => void;
  close: () => void;
} {
  const [caret, setCaret] = React.useState<number | null>(null);
  const [chosen, setChosen] = React.useState(0);
  const id = React.useId();
  const begun = caret === null ? null : mentionAt(text, caret);
  const found = begun ? candidates(people, begun.begun) : [];
  const open = found.length > 0;
  const current = Math.min(chosen, found.length - 1);
  const take = (name: string) => {
    const done = completed(text, caret!, begun!.from, name);
    write(done.text);
    setCaret(null);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(done.caret, done.caret);
    });
  };
  const key = (event: React.KeyboardEvent) => {
    if (!open || event.ctrlKey || event.metaKey || event.altKey) {
      return false;
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : found.length - 1;
      setChosen((current + by) % found.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      take(found[current].name);
    } else if (event.key === 'Escape') {
      setCaret(null);
    } else {
      return false;
    }
    return true;
  };
  const list = open ? (
    <ul className="cb-names" role="listbox" id={`${id}-names`}>
      {found.map((person, place) => (
        <li
          key={person.name}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === current}
          // The field keeps the focus.
          onMouseDown={event => event.preventDefault()}
          onClick={() => take(person.name)}
        >
          <Avatar person={person} />
          <bdi>{nameOf(person)}</bdi>
          <span className="cb-muted">@{person.name}</span>
        </li>
      ))}
    </ul>
  ) : null;
  return {
    list,
    key,
    look: () => {
      const node = field.current!;
      setCaret(node.selectionStart === node.selectionEnd ? node.selectionStart : null);
      setChosen(0);
    },
    close: () => setCaret(null),
    aria: {
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-multiline': true,
      'aria-expanded': open,
      'aria-controls': open ? `${id}-names` : undefined,
      'aria-activedescendant': open ? `${id}-${current}` : undefined
    }
  };
}
