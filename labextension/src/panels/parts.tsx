/** Small parts that panels share. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { age, date, goalMark, halves } from '../models/format.ts';
import { useLate, useTick } from './hooks.ts';

/** What a panel says where it has nothing to show: a sentence, and what fills it. */
export function Empty(props: { children: React.ReactNode }): React.ReactElement {
  return <div className="cb-empty">{props.children}</div>;
}

/** A text in which `code` stands between backticks. */
export function Marked(props: { text: string }): React.ReactElement {
  const parts = props.text.split('`');
  return (
    <>
      {parts.map((part, place) =>
        place % 2 && place < parts.length - 1 ? <code key={place}>{part}</code> : part
      )}
    </>
  );
}

/** What is wrong, and what mends it. */
export function Trouble(props: {
  message: string;
  action?: { label: string; run: () => void };
}): React.ReactElement {
  return (
    <div className="cb-trouble" role="alert">
      <span>
        <Marked text={props.message} />
      </span>
      {props.action && (
        <button type="button" className="cb-link" onClick={props.action.run}>
          {props.action.label}
        </button>
      )}
    </div>
  );
}

/** Whether a score reaches its metric's goal; nothing where there is none. */
export function Goal(props: {
  reached: boolean | null;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { reached, trans } = props;
  if (reached === null) {
    return null;
  }
  const word = reached ? trans.__('goal reached') : trans.__('goal not reached');
  return (
    <span className="cb-goal" role="img" aria-label={word} title={word}>
      {goalMark(reached)}
    </span>
  );
}

/** A name, cut in its middle where there is no room for all of it. */
export function Name(
  props: { text: string } & React.HTMLAttributes<HTMLElement>
): React.ReactElement {
  const { text, ...rest } = props;
  const [begin, end] = React.useMemo(() => halves(text), [text]);
  return (
    <bdi className="cb-name cb-mod-halves" {...rest}>
      <span>{begin}</span>
      {end && <span>{end}</span>}
    </bdi>
  );
}

/** Milliseconds between two looks at the clock. */
export const TICK = 20_000;

/** How long ago a time was, in milliseconds since 1970, as time goes by. */
export function Ago(props: { time: number }): React.ReactElement {
  useTick(TICK);
  return <span title={date(props.time)}>{age(props.time)}</span>;
}

/** An eye: what is seen, or with a stroke through it what is hidden. */
export function Eye(props: { closed?: boolean }): React.ReactElement {
  return (
    <svg className="cb-eye" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12z" />
      <circle cx="12" cy="12" r="2.6" />
      {props.closed && <path d="M4 20L20 4" />}
    </svg>
  );
}

/** What somebody says. */
export function Bubble(): React.ReactElement {
  return (
    <svg className="cb-said-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M4 4h16v12h-8.5L8 19.5V16H4z" />
    </svg>
  );
}

/** A quiet bar, for what takes longer than a moment. */
export function Loading(props: { busy: boolean; label: string }): React.ReactElement {
  const late = useLate(props.busy, 200);
  return (
    <div
      className={late ? 'cb-loading cb-mod-busy' : 'cb-loading'}
      role="progressbar"
      aria-label={props.label}
      aria-hidden={!late}
    />
  );
}

interface GuardProps {
  trans: TranslationBundle;
  children: React.ReactNode;
}

/** Keeps what breaks within it from taking the rest of the page along. */
export class Guard extends React.Component<GuardProps, { broken: string | null }> {
  state = { broken: null };

  static getDerivedStateFromError(error: unknown): { broken: string } {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  render(): React.ReactNode {
    const { trans, children } = this.props;
    const { broken } = this.state;
    if (broken === null) {
      return children;
    }
    return (
      <Trouble
        message={trans.__('This panel could not be drawn: %1', broken)}
        action={{ label: trans.__('Try again'), run: () => this.setState({ broken: null }) }}
      />
    );
  }
}
