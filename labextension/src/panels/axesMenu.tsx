/** Chooses which columns are axes. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Relations } from '../_generated/types.ts';
import { titleOf } from '../models/columns.ts';
import { MOST_AXES } from '../models/relations.ts';
import { useClickAway, useInSight } from './popups.ts';

/** Names that are listed at once; typing finds the others. */
const LISTED = 40;

/** A button that opens a list of boxes to tick; Escape and a click elsewhere close it. */
export function AxesMenu(props: {
  relations: Relations;
  chosen: readonly string[];
  onChange: (names: readonly string[]) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { relations, chosen, onChange, trans } = props;
  const [open, setOpen] = React.useState(false);
  const [sought, setSought] = React.useState('');
  const box = React.useRef<HTMLSpanElement>(null);
  const list = React.useRef<HTMLDivElement>(null);
  useClickAway(
    box,
    open,
    React.useCallback(() => setOpen(false), [])
  );
  useInSight(list, open);
  const all = [
    ...relations.columns.map(column => [column.name, titleOf(relations, column)] as const),
    ...relations.others.map(name => [name, name] as const)
  ];
  const found = all.filter(([name]) => name.toLowerCase().includes(sought.toLowerCase()));
  const toggle = (name: string) =>
    onChange(chosen.includes(name) ? chosen.filter(one => one !== name) : [...chosen, name]);
  return (
    <span
      className="cb-menubox"
      ref={box}
      onKeyDown={event => {
        if (event.key === 'Escape' && open) {
          setOpen(false);
          box.current!.querySelector('button')!.focus();
          event.stopPropagation();
        }
      }}
    >
      <button
        type="button"
        className="cb-link"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {trans.__('axes')} ▾
      </button>
      {open && (
        <div ref={list} className="cb-menu cb-ticks" role="dialog" aria-label={trans.__('Axes')}>
          {all.length > 10 && (
            <input
              type="search"
              className="cb-seek"
              placeholder={trans.__('Find a param or metric')}
              aria-label={trans.__('Find a param or metric')}
              value={sought}
              autoFocus
              onChange={event => setSought(event.target.value)}
            />
          )}
          {found.slice(0, LISTED).map(([name, title]) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={chosen.includes(name)}
                disabled={
                  chosen.includes(name) ? chosen.length <= 2 : chosen.length >= MOST_AXES
                }
                onChange={() => toggle(name)}
              />
              <bdi>{title}</bdi>
            </label>
          ))}
          {found.length > LISTED && (
            <span className="cb-muted">{trans.__('and %1 more: type to find them', found.length - LISTED)}</span>
          )}
        </div>
      )}
    </span>
  );
}
