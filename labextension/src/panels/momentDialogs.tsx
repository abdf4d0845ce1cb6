/** What is asked before a run or a checkpoint is taken over, or sent for review. */

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { namesIn, shortName } from '../models/people.ts';
import type { Forked, PeoplePage, Person, ThreadView } from '../_generated/types.ts';
import type { IBook, IMoment } from '../tokens.ts';
import { DialogBody } from './dialogBody.tsx';
import { Trouble } from './parts.tsx';
import { Avatar, nameOf } from './threadParts.tsx';

/** Make a new notebook from a moment, under a name that is asked for, and open it. */
export async function askToFork(
  book: IBook,
  moment: IMoment,
  open: (path: string) => Promise<unknown>,
  trans: TranslationBundle
): Promise<void> {
  const { notebook } = book;
  const folder = notebook.slice(0, notebook.lastIndexOf('/') + 1);
  const ask = (name: string, problem: string) =>
    showDialog<string>({
      title: trans.__('Fork %1 into a new notebook?', moment.title),
      body: new DialogBody(name, choose => <ForkForm {...{ name, problem, choose, trans }} />),
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Fork') })],
      focusNodeSelector: 'input'
    });
  await untilDone('', ask, async name => {
    const body = { target: moment.target, name: named(name.trim()) };
    const made = await book.api.change<Forked>(notebook, 'fork', body);
    await open(folder + made.name);
    Notification.success(trans.__('%1 is made from %2.', made.name, moment.title), {
      autoClose: 5000
    });
  });
}

/** What is asked of whom. */
interface Request {
  /** How who asks is called, where nobody knows. */
  me: string;
  of: readonly string[];
  others: string;
  text: string;
}

/** Ask people, who are chosen, to approve of a moment. */
export async function askForReview(
  book: IBook,
  moment: IMoment,
  trans: TranslationBundle
): Promise<void> {
  const { notebook } = book;
  let known: PeoplePage;
  try {
    known = await book.api.ask<PeoplePage>(notebook, 'people', {});
  } catch (error) {
    Notification.error(messageOf(error), { autoClose: 8000 });
    return;
  }
  const ask = (request: Request, problem: string) =>
    showDialog<Request>({
      title: trans.__('Send %1 for review?', moment.title),
      body: new DialogBody(request, choose => (
        <ReviewForm {...{ request, known, problem, choose, trans }} />
      )),
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Request review') })],
      focusNodeSelector: 'input'
    });
  await untilDone({ me: '', of: [], others: '', text: '' }, ask, async request => {
    const of = [...new Set([...request.of, ...namesIn(request.others)])];
    if (!of.length) {
      throw new Error(trans.__('Who is asked? Choose somebody, or write a name.'));
    }
    if (!known.me) {
      const name = shortName(request.me);
      if (!name) {
        throw new Error(trans.__('Who are you? Write your name: it stands beside what you ask.'));
      }
      const introduced = { name, display_name: request.me.trim() };
      known = await book.api.change<PeoplePage>(notebook, 'set-author', introduced);
    }
    const body = { anchor: { target: moment.target }, of, text: request.text.trim() };
    await book.api.change<ThreadView>(notebook, 'request-review', body);
    const names = of.map(name => `@${name}`).join(', ');
    Notification.success(trans.__('%1 is sent to %2 for review.', moment.title, names), {
      autoClose: 5000
    });
  });
}

/** Ask, and do what is answered; where that fails, ask again and say why. */
async function untilDone<T>(
  first: T,
  ask: (value: T, problem: string) => Promise<Dialog.IResult<T>>,
  act: (value: T) => Promise<void>
): Promise<void> {
  let value = first;
  let problem = '';
  for (;;) {
    const answer = await ask(value, problem);
    if (!answer.button.accept) {
      return;
    }
    value = answer.value ?? value;
    try {
      await act(value);
      return;
    } catch (error) {
      problem = messageOf(error);
    }
  }
}

function named(name: string): string {
  return !name || name.endsWith('.ipynb') ? name : `${name}.ipynb`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function ForkForm(props: {
  name: string;
  problem: string;
  choose: (name: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { problem, choose, trans } = props;
  const [name, setName] = React.useState(props.name);
  return (
    <div className="cb-form">
      <p>
        {trans.__(
          'It is made beside the open one, from the cells as they were then, with a note above ' +
            'them: where it comes from, its data and environment, open threads, decisions, and ' +
            'what to run first.'
        )}
      </p>
      {problem && <Trouble message={problem} />}
      <label>
        {trans.__('Name of the new notebook')}
        <input
          className="jp-mod-styled"
          value={name}
          maxLength={200}
          placeholder={trans.__('one that is free')}
          onChange={event => {
            setName(event.target.value);
            choose(event.target.value);
          }}
        />
      </label>
    </div>
  );
}

function ReviewForm(props: {
  request: Request;
  known: PeoplePage;
  problem: string;
  choose: (request: Request) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { known, problem, trans } = props;
  const [request, setRequest] = React.useState(props.request);
  const change = (changes: Partial<Request>) => {
    const next = { ...request, ...changes };
    setRequest(next);
    props.choose(next);
  };
  const ask = (name: string, on: boolean) =>
    change({ of: [...request.of.filter(one => one !== name), ...(on ? [name] : [])] });
  const people = known.people.filter(person => !person.mine);
  return (
    <div className="cb-form">
      {problem && <Trouble message={problem} />}
      {!known.me && (
        <label>
          {trans.__('Your name')}
          <input
            className="jp-mod-styled"
            value={request.me}
            onChange={event => change({ me: event.target.value })}
          />
        </label>
      )}
      {people.length > 0 && (
        <fieldset>
          <legend>{trans.__('Who is asked?')}</legend>
          <div className="cb-people">
            {people.map(person => (
              <Asked
                key={person.name}
                person={person}
                on={request.of.includes(person.name)}
                ask={on => ask(person.name, on)}
              />
            ))}
          </div>
        </fieldset>
      )}
      <label>
        {people.length > 0 ? trans.__('Somebody else') : trans.__('Who is asked?')}
        <input
          className="jp-mod-styled"
          value={request.others}
          placeholder="@name"
          onChange={event => change({ others: event.target.value })}
        />
      </label>
      <label>
        {trans.__('What are they to look at?')}
        <textarea
          rows={3}
          dir="auto"
          className="jp-mod-styled"
          value={request.text}
          // Enter alone would send the dialog.
          onKeyDown={event => {
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
              event.stopPropagation();
            }
          }}
          onChange={event => change({ text: event.target.value })}
        />
      </label>
    </div>
  );
}

function Asked(props: {
  person: Person;
  on: boolean;
  ask: (on: boolean) => void;
}): React.ReactElement {
  const { person, on, ask } = props;
  return (
    <label className="cb-choose">
      <input type="checkbox" checked={on} onChange={event => ask(event.target.checked)} />
      <Avatar person={person} />
      <bdi>{nameOf(person)}</bdi>
      <span className="cb-muted">@{person.name}</span>
    </label>
  );
}
