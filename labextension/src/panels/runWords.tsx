/** What people write about a run: notes and tags. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import * as formatting from '../models/format.ts';
import type { IRunChanges } from '../models/runs.ts';

interface NotesProps {
  text: string;
  focus: boolean;
  save: (text: string) => Promise<void>;
  trans: TranslationBundle;
}

/** Notes; they are kept when the field is left. */
export function Notes(props: NotesProps): React.ReactElement {
  const { trans } = props;
  const [text, setText] = React.useState(props.text);
  const [problem, setProblem] = React.useState('');
  const [writing, setWriting] = React.useState(false);
  const field = React.useRef<HTMLTextAreaElement>(null);
  const shown = writing || problem ? text : props.text;
  React.useEffect(() => {
    if (props.focus) {
      field.current?.focus();
    }
  }, [props.focus]);
  React.useLayoutEffect(() => {
    // As high as what is in it.
    const area = field.current!;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight + 2, 320)}px`;
  }, [shown]);
  const save = () => {
    setWriting(false);
    if (text !== props.text) {
      props.save(text).then(
        () => setProblem(''),
        (error: Error) => setProblem(error.message)
      );
    }
  };
  return (
    <section>
      <h4>{trans.__('Notes')}</h4>
      <textarea
        ref={field}
        className="cb-notes"
        rows={1}
        aria-label={trans.__('Notes')}
        aria-invalid={problem !== ''}
        placeholder={trans.__('What was this run for? What did it show?')}
        value={shown}
        onFocus={() => {
          setText(shown);
          setWriting(true);
        }}
        onChange={event => setText(event.target.value)}
        onBlur={save}
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Escape') {
            setText(props.text);
            field.current?.blur();
          } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            field.current?.blur();
          }
        }}
      />
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}

interface TagsProps {
  tags: { readonly [key: string]: string };
  focus: boolean;
  change: (changes: IRunChanges) => Promise<void>;
  trans: TranslationBundle;
}

/** Tags; a new one is written as `key=value`, or as a word alone. */
export function Tags(props: TagsProps): React.ReactElement {
  const { tags, trans } = props;
  const [text, setText] = React.useState('');
  const [problem, setProblem] = React.useState('');
  const field = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (props.focus) {
      field.current?.focus();
    }
  }, [props.focus]);
  const change = (changes: IRunChanges, after?: () => void) => {
    props.change(changes).then(
      () => {
        setProblem('');
        after?.();
      },
      (error: Error) => setProblem(error.message)
    );
  };
  const add = () => {
    const [key, ...rest] = text.split('=');
    if (key.trim()) {
      change({ tags: { [key.trim()]: rest.join('=').trim() } }, () => setText(''));
    }
  };
  return (
    <section>
      <h4>{trans.__('Tags')}</h4>
      <ul className="cb-tags">
        {Object.entries(tags).map(([key, value]) => {
          const tag = formatting.shorten(value ? `${key}=${value}` : key, 80);
          return (
            <li key={key} className="cb-tag">
              <bdi title={formatting.shorten(`${key}=${value}`, 400)}>{tag}</bdi>
              <button
                type="button"
                className="cb-iconbutton"
                aria-label={trans.__('Take tag %1 off', tag)}
                title={trans.__('Take off')}
                onClick={() => change({ drop_tags: [key] })}
              >
                <closeIcon.react tag="span" className="cb-icon" />
              </button>
            </li>
          );
        })}
        <li>
          <input
            ref={field}
            className="cb-tagfield"
            aria-label={trans.__('New tag, as key=value')}
            aria-invalid={problem !== ''}
            placeholder={trans.__('key=value')}
            value={text}
            onChange={event => setText(event.target.value)}
            onKeyDown={event => {
              event.stopPropagation();
              if (event.key === 'Enter') {
                add();
              } else if (event.key === 'Escape') {
                setText('');
              }
            }}
            onBlur={add}
          />
        </li>
      </ul>
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}
