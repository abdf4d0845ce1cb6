/** What is done with a thread as a whole: its labels, and who sees to it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ThreadsModel } from '../models/threads.ts';
import type { ThreadView } from '../_generated/types.ts';
import { Menu } from './menu.tsx';
import { nameOf, type useDoing } from './threadParts.tsx';

/** Labels that are offered without anybody having given them; reviews have theirs of themselves. */
const OFFERED = ['question', 'decision', 'todo'];
const REVIEW = 'review';

interface ThreadMenuProps {
  model: ThreadsModel;
  trans: TranslationBundle;
  thread: ThreadView;
  run: ReturnType<typeof useDoing>['run'];
}

export function ThreadMenu(props: ThreadMenuProps): React.ReactElement {
  const { model, trans, thread, run } = props;
  const { thread_id: id, labels, assigned } = thread;
  const [asking, ask] = React.useState<'' | 'label' | 'name'>('');
  const known = [...new Set([...OFFERED, ...(model.page?.labels ?? []), ...labels])];
  const assign = (name: string, on: boolean) => void run(() => model.assign(id, name, on));
  const label = (name: string, on: boolean) => void run(() => model.label(id, name, on));
  const me = model.me?.name;
  const mine = me !== undefined && assigned.includes(me);
  return (
    <>
      <Menu
        label={trans.__('Labels of the thread, and who sees to it')}
        sign="⋯"
        items={[
          ...(me === undefined
            ? []
            : [
                {
                  label: mine ? trans.__('Take me off') : trans.__('Assign to me'),
                  run: () => assign(me, !mine)
                }
              ]),
          { label: trans.__('Assign to…'), run: () => ask('name') },
          ...assigned
            .filter(name => name !== me)
            .map(name => ({
              label: trans.__('Take @%1 off', name),
              run: () => assign(name, false)
            })),
          ...known
            .filter(name => name !== REVIEW)
            .map(name => ({
              label: trans.__('Label: %1', name),
              checked: labels.includes(name),
              run: () => label(name, !labels.includes(name))
            })),
          { label: trans.__('New label…'), run: () => ask('label') }
        ]}
      />
      {asking && (
        <Asked
          key={asking}
          label={asking === 'name' ? trans.__('Assign to') : trans.__('New label')}
          verb={asking === 'name' ? trans.__('Assign') : trans.__('Add')}
          no={trans.__('Cancel')}
          offers={
            asking === 'name'
              ? model.people
                  .filter(({ name }) => !assigned.includes(name))
                  .map(person => [person.name, nameOf(person)])
              : []
          }
          answer={text => {
            ask('');
            if (text && asking === 'name') {
              assign(text.replace(/^@/, ''), true);
            } else if (text) {
              label(text, true);
            }
          }}
        />
      )}
    </>
  );
}

/** A field for one word, with some that are offered. */
function Asked(props: {
  label: string;
  verb: string;
  no: string;
  offers: readonly (readonly [string, string])[];
  answer: (text: string) => void;
}): React.ReactElement {
  const { label, verb, no, offers, answer } = props;
  const [text, setText] = React.useState('');
  const id = React.useId();
  return (
    <form
      className="cb-asked"
      onSubmit={event => {
        event.preventDefault();
        answer(text.trim());
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          answer('');
        }
      }}
    >
      <input
        type="text"
        autoFocus
        aria-label={label}
        placeholder={label}
        list={offers.length ? id : undefined}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <datalist id={id}>
        {offers.map(([name, shown]) => (
          <option key={name} value={name}>
            {shown}
          </option>
        ))}
      </datalist>
      <button type="submit" className="cb-link" disabled={!text.trim()}>
        {verb}
      </button>
      <button type="button" className="cb-link" onClick={() => answer('')}>
        {no}
      </button>
    </form>
  );
}
