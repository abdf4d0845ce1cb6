/** Small parts of threads. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ThreadsModel } from '../models/threads.ts';
import type { Person } from '../_generated/types.ts';
import type { IPlace } from '../models/place.ts';
import * as formatting from '../models/format.ts';
import { useTick } from './hooks.ts';
import { TICK } from './parts.tsx';
import { safeNodes } from './safeHtml.ts';

/** What all parts of a thread need. */
export interface IThreadProps {
  model: ThreadsModel;
  place: IPlace;
  trans: TranslationBundle;
}

/** Return how a person is shown. */
export function nameOf(person: Person): string {
  return person.display_name || person.name;
}

/** The initials of a person, on one of the colours that runs have. */
export function Avatar(props: { person: Person }): React.ReactElement {
  const { person } = props;
  const sum = [...person.name].reduce((total, letter) => total + letter.codePointAt(0)!, 0);
  const initials = person.initials || nameOf(person).slice(0, 2).toUpperCase();
  return (
    <span className={`cb-avatar cb-mod-hue${sum % 6}`} aria-hidden="true">
      {initials}
    </span>
  );
}

/** How long ago something was, as time goes by; its date while one points at it. */
export function When(props: { time: number }): React.ReactElement {
  const { time } = props;
  useTick(TICK);
  return (
    <time className="cb-muted" dateTime={new Date(time).toISOString()} title={formatting.date(time)}>
      {formatting.age(time)}
    </time>
  );
}

/** The HTML of a comment; its links to things open these. */
export const Written = React.memo(function Written(props: {
  html: string;
  place: IPlace;
  /** Names in it, by a blank between them, that nobody is known by. */
  strangers?: string;
}): React.ReactElement {
  const { html, place, strangers = '' } = props;
  const box = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    const nodes = safeNodes(html);
    for (const link of nodes.querySelectorAll<HTMLElement>('a[data-cellbook]')) {
      // Whatever else it has: it leads to a thing of the book, and nowhere else.
      link.removeAttribute('href');
      link.setAttribute('role', 'link');
      link.tabIndex = 0;
    }
    for (const mention of nodes.querySelectorAll<HTMLElement>('[data-mention]')) {
      const stranger = strangers.split(' ').includes(mention.dataset.mention!);
      mention.classList.toggle('cb-mod-stranger', stranger);
    }
    box.current!.replaceChildren(nodes);
  }, [html, strangers]);
  const open = (event: React.SyntheticEvent) => {
    const link = (event.target as Element).closest<HTMLElement>('[data-cellbook]');
    if (link?.dataset.cellbook) {
      event.preventDefault();
      event.stopPropagation();
      place.open(link.dataset.cellbook);
    }
  };
  return (
    <div
      ref={box}
      className="cb-markdown"
      dir="auto"
      onClick={open}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          open(event);
        }
      }}
    />
  );
});

/** What came of something that one did: why it failed, until it is mended or something else done. */
export function useDoing(model: ThreadsModel): {
  problem: string;
  busy: boolean;
  run: (act: () => Promise<unknown>) => Promise<boolean>;
} {
  const [problem, setProblem] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const here = React.useRef(true);
  React.useEffect(() => {
    const forget = () => setProblem('');
    here.current = true;
    model.passed.connect(forget);
    return () => {
      here.current = false;
      model.passed.disconnect(forget);
    };
  }, [model]);
  const run = async (act: () => Promise<unknown>) => {
    setBusy(true);
    let told = '';
    try {
      await act();
    } catch (error) {
      told = error instanceof Error ? error.message : String(error);
    }
    if (here.current) {
      setProblem(told);
      setBusy(false);
    }
    return !told;
  };
  return { problem, busy, run };
}

/** A question before something is done that cannot be taken back. */
export function Sure(props: {
  question: string;
  yes: string;
  no: string;
  answer: (sure: boolean) => void;
}): React.ReactElement {
  const { question, yes, no, answer } = props;
  return (
    <div
      className="cb-sure"
      role="alertdialog"
      aria-label={question}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          answer(false);
        }
      }}
    >
      <span>{question}</span>
      <button type="button" className="cb-link" onClick={() => answer(true)}>
        {yes}
      </button>
      <button type="button" className="cb-link" autoFocus onClick={() => answer(false)}>
        {no}
      </button>
    </div>
  );
}
