/** Asks for the dashboard that runs are to be added to. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DashboardNames, DashboardPanel } from '../_generated/types.ts';
import { Trouble } from './parts.tsx';

interface PinProps {
  model: {
    ask<T>(question: string, query: object): Promise<T>;
    tellBook<T>(change: string, body: object): Promise<T>;
    /** What goes on the dashboard. */
    readonly pinned: Partial<DashboardPanel>;
  };
  close: () => void;
  trans: TranslationBundle;
}

/** One line: the name, with those that there are to choose from. */
export function Pin(props: PinProps): React.ReactElement {
  const { model, close, trans } = props;
  const id = React.useId();
  const [names, setNames] = React.useState<readonly string[]>([]);
  const [name, setName] = React.useState('');
  const [problem, setProblem] = React.useState('');
  const [done, setDone] = React.useState('');
  React.useEffect(() => {
    model.ask<DashboardNames>('dashboards', {}).then(
      found => setNames(found.names),
      error => setProblem(String(error instanceof Error ? error.message : error))
    );
  }, [model]);
  const add = async (event: React.SyntheticEvent) => {
    event.preventDefault();
    try {
      await model.tellBook('pin', { name: name.trim(), panel: model.pinned });
      setDone(name.trim());
      setProblem('');
    } catch (error) {
      setProblem(String(error instanceof Error ? error.message : error));
    }
  };
  if (done) {
    return (
      <p className="cb-note" role="status">
        {trans.__('It is on the dashboard %1.', done)} <code>%dashboard {quoted(done)}</code>{' '}
        <button type="button" className="cb-link" onClick={close}>
          {trans.__('Close')}
        </button>
      </p>
    );
  }
  return (
    <form
      className="cb-line"
      onSubmit={event => void add(event)}
      onKeyDown={event => event.key === 'Escape' && close()}
    >
      <label className="cb-choose">
        {trans.__('add to the dashboard')}
        <input
          className="cb-textfield"
          list={id}
          value={name}
          maxLength={200}
          autoFocus
          onChange={event => setName(event.target.value)}
          // By itself the key would close the list of names, and be nothing more.
          onKeyDown={event => event.key === 'Enter' && name.trim() && void add(event)}
        />
      </label>
      <datalist id={id}>
        {names.map(one => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <button type="submit" className="cb-link" disabled={!name.trim()}>
        {trans.__('Add')}
      </button>
      <button type="button" className="cb-link" onClick={close}>
        {trans.__('Cancel')}
      </button>
      {problem && <Trouble message={problem} />}
    </form>
  );
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : JSON.stringify(name);
}
