/** A box for queries; it shows what is wrong with one, and where. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { queryProblem } from '../models/query.ts';

/** Milliseconds after the last key until a query is asked. */
const SETTLED = 300;

interface QueryFieldProps {
  query: string;
  /** What the server said of the query; empty where it is right. */
  problem: string;
  ask: (query: string) => void;
  /** Queries to choose from. */
  known?: readonly string[];
  /** What stands before and behind the box. */
  before?: React.ReactNode;
  behind?: React.ReactNode;
  trans: TranslationBundle;
}

/** What is typed is asked when the keys rest, or at Enter. */
export function QueryField(props: QueryFieldProps): React.ReactElement {
  const { query, trans } = props;
  const id = React.useId();
  const [text, setText] = React.useState(query);
  const timer = React.useRef(0);
  const last = React.useRef(query);
  if (last.current !== query) {
    // Somebody else has asked: a filter of a menu.
    last.current = query;
    setText(query);
  }
  React.useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (asked: string) => {
    clearTimeout(timer.current);
    last.current = asked.trim();
    props.ask(asked.trim());
  };
  const problem = props.problem ? queryProblem(props.problem) : null;
  return (
    <div className="cb-search" role="search">
      <div className="cb-searchbox">
        {props.before}
        <input
          type="search"
          aria-label={trans.__('Search runs')}
          aria-invalid={problem !== null}
          aria-describedby={problem ? `${id}-problem` : undefined}
          placeholder="metrics.acc > 0.9"
          title={trans.__(
            "Words of a name, or such as metrics.acc > 0.9 and params.opt = 'adam', state = running, #12"
          )}
          spellCheck={false}
          autoComplete="off"
          list={`${id}-known`}
          value={text}
          onChange={event => {
            const asked = event.target.value;
            setText(asked);
            clearTimeout(timer.current);
            timer.current = window.setTimeout(() => ask(asked), SETTLED);
          }}
          onKeyDown={event => {
            event.stopPropagation();
            if (event.key === 'Enter') {
              ask(text);
            } else if (event.key === 'Escape' && text) {
              setText('');
              ask('');
            }
          }}
        />
        <datalist id={`${id}-known`}>
          {(props.known ?? []).map(one => (
            <option key={one} value={one} />
          ))}
        </datalist>
        {props.behind}
      </div>
      {problem && (
        <div className="cb-queryproblem" id={`${id}-problem`} role="alert">
          {problem.message}
          {problem.wrong !== null && (
            <code>
              {problem.right}
              <mark>{problem.wrong}</mark>
            </code>
          )}
        </div>
      )}
    </div>
  );
}
