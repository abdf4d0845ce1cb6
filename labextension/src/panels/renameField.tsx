/** A name that is being written. */

import * as React from 'react';

import { Marked } from './parts.tsx';

interface RenameFieldProps {
  name: string;
  label: string;
  rename: (name: string) => Promise<void>;
  /** The field is no longer needed. */
  done: () => void;
}

/** Enter or leaving the field takes the name, Escape does not; why it is refused is said below. */
export function RenameField(props: RenameFieldProps): React.ReactElement {
  const [name, setName] = React.useState(props.name);
  const [problem, setProblem] = React.useState('');
  const field = React.useRef<HTMLInputElement>(null);
  const over = React.useRef(false);
  React.useEffect(() => field.current?.select(), []);
  const take = () => {
    if (over.current) {
      return;
    }
    over.current = true;
    if (!name.trim() || name === props.name) {
      props.done();
      return;
    }
    props.rename(name.trim()).then(props.done, (error: Error) => {
      over.current = false;
      setProblem(error.message);
      field.current?.focus();
    });
  };
  const refusal = React.useId();
  return (
    <>
      <input
        ref={field}
        className="cb-rename"
        aria-label={props.label}
        aria-invalid={problem !== ''}
        aria-describedby={problem ? refusal : undefined}
        autoFocus
        value={name}
        onChange={event => {
          setName(event.target.value);
          setProblem('');
        }}
        onBlur={take}
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Enter') {
            take();
          } else if (event.key === 'Escape') {
            over.current = true;
            props.done();
          }
        }}
      />
      {problem && (
        <div className="cb-refusal" id={refusal} role="alert">
          <Marked text={problem} />
        </div>
      )}
    </>
  );
}
