/** Chooses the columns of a table: those that are shown, their order, and all others by name. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GridColumn, GridColumns } from '../_generated/types.ts';
import type { GridModel } from '../models/grid.ts';
import { groupWord } from './gridHead.tsx';
import { useInSight } from './popups.ts';

/** Milliseconds after the last key until columns are looked for. */
const SETTLED = 200;

interface ColumnChooserProps {
  model: GridModel;
  close: () => void;
  trans: TranslationBundle;
}

/** A list of columns with ticks; Escape closes it. */
export function ColumnChooser(props: ColumnChooserProps): React.ReactElement {
  const { model, close, trans } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const [text, setText] = React.useState('');
  const [found, setFound] = React.useState<GridColumns | null>(null);
  const [problem, setProblem] = React.useState('');
  React.useEffect(() => {
    let late = false;
    const timer = setTimeout(() => {
      model.findColumns(text).then(
        columns => !late && (setFound(columns), setProblem('')),
        (error: Error) => !late && setProblem(error.message)
      );
    }, found ? SETTLED : 0);
    return () => {
      late = true;
      clearTimeout(timer);
    };
    // Another answer is no reason to ask again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [model, text, model.state.query]);
  React.useEffect(() => {
    box.current!.querySelector('input')!.focus();
  }, []);
  useInSight(box);
  const shown = model.keys;
  const left = (found?.total ?? 0) - (found?.columns.length ?? 0);
  return (
    <div
      ref={box}
      className="cb-chooser"
      role="dialog"
      aria-label={trans.__('Columns')}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Escape') {
          close();
        }
      }}
    >
      <input
        type="search"
        aria-label={trans.__('Search columns')}
        placeholder={trans.__('Search columns')}
        value={text}
        spellCheck={false}
        onChange={event => setText(event.target.value)}
      />
      {problem && <p role="alert">{problem}</p>}
      <div className="cb-chooserlist">
        {found &&
          grouped(found.columns).map(([group, columns]) => (
            <fieldset key={group}>
              <legend>{groupWord(group, trans)}</legend>
              {columns.map(column => (
                <Choice
                  key={column.key}
                  model={model}
                  column={column}
                  place={shown.indexOf(column.key)}
                  trans={trans}
                />
              ))}
            </fieldset>
          ))}
        {found?.total === 0 && <p className="cb-muted">{trans.__('No column of that name.')}</p>}
        {left > 0 && (
          <p className="cb-muted">
            {trans._n('%1 more: search for it.', '%1 more: search for them.', left)}
          </p>
        )}
      </div>
      <div className="cb-chooserend">
        <span className="cb-muted">{trans._n('%1 shown', '%1 shown', shown.length)}</span>
        <button
          type="button"
          className="cb-link"
          disabled={model.state.columns.length === 0}
          onClick={() => void model.show([])}
        >
          {trans.__('Reset')}
        </button>
      </div>
    </div>
  );
}

function Choice(props: {
  model: GridModel;
  column: GridColumn;
  /** Where it is shown; -1 where it is not. */
  place: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, column, place, trans } = props;
  const name = column.key === 'spark' ? trans.__('curve of %1', column.name) : column.name;
  return (
    <div className="cb-choice">
      <label title={name}>
        <input
          type="checkbox"
          checked={place >= 0}
          onChange={() => void model.toggle(column)}
        />
        <bdi>{name}</bdi>
        {!column.differs && column.group !== 'Run' && column.key !== 'spark' && (
          <small className="cb-muted">{trans.__('same')}</small>
        )}
      </label>
      {place >= 0 && (
        <>
          <button
            type="button"
            className="cb-link"
            disabled={place === 0}
            aria-label={trans.__('Move %1 to the left', name)}
            onClick={() => void model.move(column.key, place - 1)}
          >
            ◂
          </button>
          <button
            type="button"
            className="cb-link"
            disabled={place === model.keys.length - 1}
            aria-label={trans.__('Move %1 to the right', name)}
            onClick={() => void model.move(column.key, place + 2)}
          >
            ▸
          </button>
        </>
      )}
    </div>
  );
}

function grouped(columns: readonly GridColumn[]): [GridColumn['group'], GridColumn[]][] {
  const groups = new Map<GridColumn['group'], GridColumn[]>();
  for (const column of columns) {
    groups.set(column.group, [...(groups.get(column.group) ?? []), column]);
  }
  return [...groups];
}
