/** Asks once who writes, where neither Jupyter nor the environment knows. */

import * as React from 'react';

import { shortName } from '../models/people.ts';
import { Marked } from './parts.tsx';
import { useDoing, type IThreadProps } from './threadParts.tsx';

interface WhoProps extends Pick<IThreadProps, 'model' | 'trans'> {
  done: (known: boolean) => void;
}

export function WhoAreYou(props: WhoProps): React.ReactElement {
  const { model, trans, done } = props;
  const [shown, setShown] = React.useState('');
  const [name, setName] = React.useState('');
  const doing = useDoing(model);
  // What is typed first makes the other: "Ada Lovelace" is mentioned as @ada.
  const short = name || shortName(shown);
  const take = async () => {
    if (short && (await doing.run(() => model.introduce(short, shown.trim() || short)))) {
      done(true);
    }
  };
  return (
    <form
      className="cb-who"
      aria-label={trans.__('Who are you?')}
      onSubmit={event => {
        event.preventDefault();
        void take();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          done(false);
        }
      }}
    >
      <p>{trans.__('Who are you? This is asked once, and stands beside what you write.')}</p>
      <label>
        {trans.__('Your name')}
        <input autoFocus value={shown} onChange={event => setShown(event.target.value)} />
      </label>
      <label>
        {trans.__('Mentioned as @')}
        <input value={name} placeholder={short} onChange={event => setName(event.target.value)} />
      </label>
      {doing.problem && (
        <div className="cb-refusal" role="alert">
          <Marked text={doing.problem} />
        </div>
      )}
      <div className="cb-composing">
        <span className="cb-grow" />
        <button type="button" className="cb-link" onClick={() => done(false)}>
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="cb-button" disabled={!short || doing.busy}>
          {trans.__('That is me')}
        </button>
      </div>
    </form>
  );
}
