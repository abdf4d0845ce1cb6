/** The brief of a notebook: what it is to find out, for whom, by when; there before any code. */

import * as React from 'react';

import { BRIEF_DRAFT, drafts } from '../models/drafts.ts';
import type { ThreadView } from '../_generated/types.ts';
import { Marked } from './parts.tsx';
import { Thread } from './thread.tsx';
import { useDoing, type IThreadProps } from './threadParts.tsx';

interface Fields {
  readonly [field: string]: string;
}

/** The fields of a brief, in the order in which they are read. */
function fieldsOf(trans: IThreadProps['trans']): [name: string, label: string, long: boolean][] {
  return [
    ['question', trans.__('Question'), true],
    ['owner', trans.__('Owner'), false],
    ['success_metric', trans.__('Success metric'), false],
    ['target', trans.__('Target'), false],
    ['data', trans.__('Data'), true],
    ['deadline', trans.__('Deadline'), false],
    ['decisions', trans.__('Decisions taken'), true]
  ];
}

export function Brief(props: IThreadProps & { thread: ThreadView | null }): React.ReactElement {
  const { model, trans, thread } = props;
  const draft = BRIEF_DRAFT(model.state.notebook);
  const [writing, setWriting] = React.useState(() => !!drafts.get(draft));
  const brief = thread?.brief ?? {};
  const fields = fieldsOf(trans);
  const given = fields.filter(([name]) => brief[name]);
  if (writing) {
    return <BriefForm {...{ model, trans, brief, fields, draft }} done={() => setWriting(false)} />;
  }
  if (!given.length) {
    return (
      <div className="cb-brief cb-mod-empty">
        <span className="cb-muted">{trans.__('What is this notebook to find out?')}</span>{' '}
        {!model.readOnly && (
          <button type="button" className="cb-link" onClick={() => setWriting(true)}>
            {trans.__('Write the brief')}
          </button>
        )}
      </div>
    );
  }
  const question = brief.question || trans.__('Brief');
  return (
    <details className="cb-brief">
      <summary>
        <span className="cb-briefquestion" dir="auto">
          {question}
        </span>
        <span className="cb-muted cb-briefline">
          {[brief.owner, brief.target, brief.deadline].filter(Boolean).join(' · ')}
        </span>
      </summary>
      <dl>
        {given.map(([name, label]) => (
          <React.Fragment key={name}>
            <dt>{label}</dt>
            <dd dir="auto">{brief[name]}</dd>
          </React.Fragment>
        ))}
      </dl>
      {!model.readOnly && (
        <button type="button" className="cb-link" onClick={() => setWriting(true)}>
          {trans.__('Edit the brief')}
        </button>
      )}
      <Thread {...{ model, trans }} place={props.place} thread={thread!} titled={false} />
    </details>
  );
}

function BriefForm(props: {
  model: IThreadProps['model'];
  trans: IThreadProps['trans'];
  brief: Fields;
  fields: [name: string, label: string, long: boolean][];
  /** By which what is typed is kept. */
  draft: string;
  done: () => void;
}): React.ReactElement {
  const { model, trans, brief, fields, draft, done } = props;
  // What is left as it is stays what the record says, which somebody else may change meanwhile.
  const [typed, setTyped] = React.useState<Fields>(() => JSON.parse(drafts.get(draft) || '{}'));
  const doing = useDoing(model);
  const type = (name: string, text: string) => {
    const next = { ...typed, [name]: text };
    setTyped(next);
    drafts.set(draft, JSON.stringify(next));
  };
  const end = () => {
    drafts.set(draft, '');
    done();
  };
  const save = async () => {
    const changed = Object.entries(typed).filter(([name, text]) => text !== (brief[name] ?? ''));
    if (!changed.length || (await doing.run(() => model.saveBrief(Object.fromEntries(changed))))) {
      end();
    }
  };
  return (
    <form
      className="cb-brief cb-briefform"
      aria-label={trans.__('Brief')}
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          done();
        } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void save();
        }
      }}
    >
      {fields.map(([name, label, long], place) => {
        const common = {
          value: typed[name] ?? brief[name] ?? '',
          readOnly: doing.busy,
          dir: 'auto',
          autoFocus: place === 0,
          onChange: (event: { target: { value: string } }) => type(name, event.target.value)
        };
        return (
          <label key={name}>
            {label}
            {long ? <textarea rows={2} {...common} /> : <input {...common} />}
          </label>
        );
      })}
      {doing.problem && (
        <div className="cb-refusal" role="alert">
          <Marked text={doing.problem} />
        </div>
      )}
      <div className="cb-composing">
        <span className="cb-grow" />
        <button type="button" className="cb-link" onClick={end}>
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="cb-button" disabled={doing.busy}>
          {trans.__('Save')}
        </button>
      </div>
    </form>
  );
}
