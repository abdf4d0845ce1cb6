/** The brief of a notebook: what it is to find out, for whom, by when; there before any code. */

import * as React from 'react';

import type { ThreadView } from '../_generated/types.ts';
import { Marked } from './parts.tsx';
import { Thread } from './thread.tsx';
import { useDoing, type IThreadProps } from './threadParts.tsx';

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
  const [writing, setWriting] = React.useState(false);
  const brief = thread?.brief ?? {};
  const fields = fieldsOf(trans);
  const given = fields.filter(([name]) => brief[name]);
  if (writing) {
    return <BriefForm {...{ model, trans, brief, fields }} done={() => setWriting(false)} />;
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
  brief: { readonly [field: string]: string };
  fields: [name: string, label: string, long: boolean][];
  done: () => void;
}): React.ReactElement {
  const { model, trans, fields, done } = props;
  const [brief, setBrief] = React.useState(props.brief);
  const doing = useDoing();
  const save = async () => {
    // What was left as it was is not sent: somebody else may have changed it meanwhile.
    const changed = Object.entries(brief).filter(([name, text]) => text !== props.brief[name]);
    if (!changed.length || (await doing.run(() => model.saveBrief(Object.fromEntries(changed))))) {
      done();
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
          value: brief[name] ?? '',
          dir: 'auto',
          autoFocus: place === 0,
          onChange: (event: { target: { value: string } }) =>
            setBrief({ ...brief, [name]: event.target.value })
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
        <button type="button" className="cb-link" onClick={done}>
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="cb-button" disabled={doing.busy}>
          {trans.__('Save')}
        </button>
      </div>
    </form>
  );
}
