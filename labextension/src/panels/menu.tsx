/** A button that opens a list of things to do. */

import * as React from 'react';

import { useClickAway, useInSight } from './popups.ts';

export interface MenuItem {
  label: string;
  /** Of one that is on or off. */
  checked?: boolean;
  run: () => void;
}

interface MenuProps {
  label: string;
  /** What the button shows instead of its label. */
  sign?: string;
  items: readonly MenuItem[];
}

/** The arrow keys go through the list, Escape and a click elsewhere close it. */
export function Menu(props: MenuProps): React.ReactElement {
  const { label, sign, items } = props;
  const [open, setOpen] = React.useState(false);
  const box = React.useRef<HTMLSpanElement>(null);
  const list = React.useRef<HTMLSpanElement>(null);
  useClickAway(
    box,
    open,
    React.useCallback(() => setOpen(false), [])
  );
  useInSight(list, open);
  React.useEffect(() => {
    if (open) {
      entries(box.current!)[0]?.focus();
    }
  }, [open]);
  const close = () => {
    setOpen(false);
    box.current!.querySelector('button')!.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (!open) {
      return;
    }
    const all = entries(box.current!);
    const place = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') {
      close();
    } else if (next !== undefined) {
      all[(next + all.length) % all.length].focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="cb-menubox" ref={box} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={sign ? 'cb-link cb-signed' : 'cb-link'}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={sign && label}
        title={sign && label}
        onClick={() => setOpen(!open)}
      >
        {sign ?? `${label} ▾`}
      </button>
      {open && (
        <span ref={list} className="cb-menu" role="menu" aria-label={label}>
          {items.map(item => (
            <button
              key={item.label}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
              aria-checked={item.checked}
              tabIndex={-1}
              onClick={() => {
                close();
                item.run();
              }}
            >
              {item.checked !== undefined && (
                <span className="cb-check" aria-hidden="true">
                  {item.checked ? '✓' : ''}
                </span>
              )}
              {item.label}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}

function entries(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>('[role^=menuitem]')];
}
