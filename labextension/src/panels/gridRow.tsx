/** A row of a table of runs. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GridColumn, GridRow } from '../_generated/types.ts';
import { MISSING } from '../models/format.ts';
import type { IWidth } from '../models/gridWidths.ts';
import { Ago, Goal, Name } from './parts.tsx';
import { State, stateWord } from './runRow.tsx';
import { AgainMark, FlagMark } from './runStanding.tsx';
import { Spark } from './spark.tsx';

/** Pixels; all rows are of one height, so that a long table needs no measuring. */
export const ROW_HEIGHT = 28;

/** What is drawn of the columns: those in sight, and how much space the others before them take. */
export interface IDrawn {
  /** Pixels of the first column, the names'. */
  readonly name: number;
  readonly columns: readonly GridColumn[];
  readonly widths: ReadonlyMap<string, IWidth>;
  readonly first: number;
  readonly last: number;
  readonly before: number;
}

interface GridLineProps {
  row: GridRow | undefined;
  place: number;
  id: string;
  drawn: IDrawn;
  chosen: boolean;
  current: boolean;
  baseline: boolean;
  /** Whether it stands above all others, rather than at its place. */
  pinned?: boolean;
  trans: TranslationBundle;
}

/** One run: its state, number and name, and what lies in the columns in sight. */
export const GridLine = React.memo(function GridLine(props: GridLineProps): React.ReactElement {
  const { row, place, drawn, chosen, baseline, trans } = props;
  const { columns, widths, first, last, before } = drawn;
  const kind = [
    'cb-gridrow',
    chosen ? 'cb-mod-chosen' : '',
    props.current ? 'cb-mod-current' : '',
    props.pinned ? 'cb-mod-pinned' : ''
  ];
  return (
    <div
      id={props.id}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={chosen}
      className={kind.filter(Boolean).join(' ')}
      data-place={props.pinned ? undefined : place}
      style={props.pinned ? undefined : { top: place * ROW_HEIGHT }}
    >
      <div
        role="rowheader"
        aria-colindex={1}
        className="cb-gridcell cb-gridname"
        style={{ width: drawn.name }}
      >
        {row && (
          <>
            <input
              type="checkbox"
              tabIndex={-1}
              checked={chosen}
              readOnly
              data-tick=""
              aria-label={trans.__('Select run %1', row.number)}
            />
            <State state={row.state} trans={trans} />
            <span className="cb-number" aria-label={stateWord(row.state, trans)}>
              #{row.number}
            </span>
            <Name text={row.name} title={row.name} data-open="" />
            <Marks row={row} trans={trans} />
            <button
              type="button"
              tabIndex={-1}
              className={baseline ? 'cb-star cb-mod-on' : 'cb-star'}
              data-star=""
              aria-pressed={baseline}
              aria-label={trans.__('Run %1 is the baseline', row.number)}
              title={
                baseline
                  ? trans.__('The baseline, which the others are compared with')
                  : trans.__('Compare the others with this one')
              }
            >
              {baseline ? '★' : '☆'}
            </button>
          </>
        )}
      </div>
      <div className="cb-gridspace" style={{ width: before }} />
      {columns.slice(first, last + 1).map((column, nth) => (
        <Cell
          key={column.key}
          row={row}
          column={column}
          place={first + nth}
          width={widths.get(column.key)!}
          trans={trans}
        />
      ))}
    </div>
  );
});

/** What one should know of a run besides its numbers. */
function Marks(props: { row: GridRow; trans: TranslationBundle }): React.ReactElement {
  const { row, trans } = props;
  return (
    <>
      <FlagMark flags={row.flags} stale={row.stale} trans={trans} />
      <AgainMark of={row.reproduces} trans={trans} />
      {row.nested && <span title={trans.__('part of another run')}>↳</span>}
      {row.archived && <small>{trans.__('archived')}</small>}
      {row.trashed && <small>{trans.__('in the trash')}</small>}
    </>
  );
}

function Cell(props: {
  row: GridRow | undefined;
  column: GridColumn;
  place: number;
  width: IWidth;
  trans: TranslationBundle;
}): React.ReactElement {
  const { row, column, place, width, trans } = props;
  const kind = column.numeric ? 'cb-gridcell cb-mod-number' : 'cb-gridcell';
  const common = { role: 'gridcell', 'aria-colindex': place + 2, style: { width: width.all } };
  if (!row) {
    return <div {...common} className={`${kind} cb-mod-waiting`} />;
  }
  if (column.key === 'spark') {
    return (
      <div {...common} className={kind}>
        <Spark points={row.spark} number={row.number} />
      </div>
    );
  }
  const moment = column.key === 'start_time';
  const text = moment ? <Ago time={row.start_time} /> : row.texts[place];
  const verdict = row.verdicts[place];
  const words = { better: trans.__('better'), worse: trans.__('worse'), '': '' };
  return (
    <div {...common} className={kind} title={row.full[place] || undefined}>
      <bdi className={text === null ? 'cb-value cb-mod-missing' : 'cb-value'}>{text ?? MISSING}</bdi>
      {width.goal > 0 && (
        <span className="cb-goalplace" style={{ width: width.goal }}>
          <Goal reached={row.reached[place]} trans={trans} />
        </span>
      )}
      {width.delta > 0 && (
        <span className={`cb-delta cb-mod-${verdict || 'none'}`} style={{ width: width.delta }}>
          {verdict && <span aria-label={words[verdict]}>{verdict === 'better' ? '▲' : '▼'}</span>}{' '}
          {row.deltas[place]}
        </span>
      )}
    </div>
  );
}
