/** A name that is being written. */

import * as React from 'react';
import { createPortal } from 'react-dom';

import { Marked } from './parts.tsx';

/** Pixels that a refusal is wide, and that it stays from the edge of the window. */
const LEAST = 220;
const EDGE = 8;

interface RenameFieldProps {
  name: string;
  label: string;
  rename: (name: string) => Promise<void>;
  /** The field is no longer needed. */
  done: () => void;
}

/** Enter or leaving the field takes the name, Escape does not; a refusal stays beside it. */
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
      {problem && <Refusal id={refusal} field={field} message={problem} />}
    </>
  );
}

/** Why a name was refused, below its field and above all else: rows of a list are of one height. */
function Refusal(props: {
  id: string;
  field: React.RefObject<HTMLInputElement>;
  message: string;
}): React.ReactElement {
  const [place, setPlace] = React.useState<React.CSSProperties>({});
  React.useLayoutEffect(() => {
    const box = props.field.current!.getBoundingClientRect();
    const width = Math.max(box.width, LEAST);
    const left = Math.max(0, Math.min(box.left, window.innerWidth - width - EDGE));
    setPlace({ left, top: box.bottom + 2, width });
  }, [props.field, props.message]);
  return createPortal(
    <div className="cellbook-lab cb-refusal" id={props.id} role="alert" style={place}>
      <Marked text={props.message} />
    </div>,
    document.body
  );
}
