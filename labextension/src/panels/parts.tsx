/** Small parts that panels share. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useLate } from './hooks.ts';

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
