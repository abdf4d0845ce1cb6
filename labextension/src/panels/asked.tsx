/** Forms that ask how something is to be done, each below the button that opens it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { inPanel } from '../models/panelWords.ts';
import { Trouble } from './parts.tsx';

/** The buttons above a form. */
const Buttons = React.createContext<readonly string[]>([]);

export interface Action {
  label: string;
  form: (close: () => void) => React.ReactElement;
}

/** Buttons, and the form of the one that was pressed. */
export function Actions(props: {
  actions: readonly Action[];
  trans: TranslationBundle;
}): React.ReactElement {
  const { actions, trans } = props;
  const [open, setOpen] = React.useState('');
  const shown = actions.find(({ label }) => label === open);
  return (
    <div className="cb-actions">
      <div className="cb-line" role="toolbar" aria-label={trans.__('What can be done')}>
        {actions.map(({ label }) => (
          <button
            key={label}
            type="button"
            className="cb-link"
            aria-expanded={open === label}
            onClick={() => setOpen(open === label ? '' : label)}
          >
            {label}
          </button>
        ))}
      </div>
      {shown && (
        <Buttons.Provider key={open} value={actions.map(({ label }) => label)}>
          {shown.form(() => setOpen(''))}
        </Buttons.Provider>
      )}
    </div>
  );
}

/** A form: what is asked, and why it was refused. Escape closes it. */
export function Asked(props: {
  label: string;
  verb: string;
  ready: boolean;
  danger?: boolean;
  act: () => Promise<void>;
  close: () => void;
  trans: TranslationBundle;
  children?: React.ReactNode;
}): React.ReactElement {
  const { label, verb, ready, act, close, trans } = props;
  const [problem, setProblem] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const buttons = React.useContext(Buttons);
  const box = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => {
    box.current?.querySelector<HTMLElement>('input, select, textarea, button')?.focus();
  }, []);
  const submit = () => {
    setBusy(true);
    setProblem('');
    act().then(close, (error: unknown) => {
      setBusy(false);
      setProblem(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <form
      ref={box}
      className="cb-question"
      aria-label={label}
      onSubmit={event => {
        event.preventDefault();
        if (ready && !busy) {
          submit();
        }
      }}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Escape') {
          close();
        }
      }}
    >
      {props.children}
      {problem && <Trouble message={inPanel(problem, buttons)} />}
      <div className="cb-line">
        <button
          type="submit"
          className={props.danger ? 'cb-button cb-mod-danger' : 'cb-button'}
          disabled={!ready || busy}
        >
          {verb}
        </button>
        <button type="button" className="cb-link" onClick={close}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

/** Why something is done; it stands in the history. */
export function Reason(props: {
  value: string;
  change: (reason: string) => void;
  needed?: boolean;
  label?: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { value, change, needed, trans } = props;
  return (
    <label className="cb-field">
      <span>{props.label ?? (needed ? trans.__('Why') : trans.__('Why (if you like)'))}</span>
      <textarea
        rows={2}
        dir="auto"
        value={value}
        required={needed}
        onChange={event => change(event.target.value)}
      />
    </label>
  );
}
