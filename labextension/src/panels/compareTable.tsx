/** The table of a comparison: a column a run, a row a fact. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { CompareCell, CompareRow, Group, RunHead } from '../_generated/types.ts';
import type { ComparisonModel } from '../models/comparison.ts';
import { mark } from '../models/export.ts';
import * as formatting from '../models/format.ts';
import { Eye, Goal, Name } from './parts.tsx';
import { State } from './runRow.tsx';
import { FlagMark } from './runStanding.tsx';
import { Said } from './said.tsx';
import { Swatch } from './spark.tsx';

interface CompareTableProps {
  model: ComparisonModel;
  /** Whether baseline and runs are as they are: nobody can be asked for others. */
  fixed?: boolean;
  /** Have the line of run `number` stand out. */
  raise: (number: number | null) => void;
  trans: TranslationBundle;
}

/** All rows, or those that differ. */
export function CompareTable(props: CompareTableProps): React.ReactElement {
  const { model, trans } = props;
  const { runs, baseline } = model.comparison!;
  const { rows, hidden } = model;
  const { unseen } = model.state;
  // Rows that are as they were are not drawn anew.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const places = React.useMemo(() => model.places, [model, runs, unseen]);
  const among = places.map(place => runs[place].number);
  let group: Group | null = null;
  return (
    <>
      <div className="cb-tablebox cb-mod-runs" tabIndex={0} role="region" aria-label={trans.__('Comparison')}>
        <table
          className="cb-table"
          style={{ '--cb-columns': places.length } as React.CSSProperties}
        >
          <thead>
            <tr>
              <td />
              {places.map(place => (
                <Column
                  key={runs[place].run_id}
                  {...props}
                  run={runs[place]}
                  among={among}
                  isBaseline={place === baseline}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => {
              const begins = row.group !== group;
              group = row.group;
              return (
                <React.Fragment key={`${row.group} ${row.name}`}>
                  {begins && (
                    <tr className="cb-group">
                      <th scope="colgroup" colSpan={places.length + 1}>
                        {groupWord(row.group, trans)}
                      </th>
                    </tr>
                  )}
                  <Row row={row} places={places} trans={trans} />
                </React.Fragment>
              );
            })}
          </tbody>
        </table>
        {rows.length === 0 && <p className="cb-empty">{trans.__('These runs do not differ.')}</p>}
      </div>
      {hidden > 0 && (
        <button
          type="button"
          className="cb-link cb-rest"
          onClick={() => void model.change({ everything: true })}
        >
          {trans._n('Show %1 more row', 'Show %1 more rows', hidden)}
        </button>
      )}
    </>
  );
}

function groupWord(group: Group, trans: TranslationBundle): string {
  return {
    Metrics: trans.__('Metrics'),
    Params: trans.__('Params'),
    Data: trans.__('Data sets'),
    Run: trans.__('Run'),
    Tags: trans.__('Tags'),
    Environment: trans.__('Environment')
  }[group];
}

/** The head of a run's column. */
function Column(
  props: CompareTableProps & { run: RunHead; among: readonly number[]; isBaseline: boolean }
): React.ReactElement {
  const { model, run, isBaseline, trans } = props;
  const name = formatting.shorten(run.name, 120);
  return (
    <th
      scope="col"
      onPointerEnter={() => props.raise(run.number)}
      onPointerLeave={() => props.raise(null)}
      title={[name, run.notes && formatting.shorten(run.notes, 300)].filter(Boolean).join('\n')}
    >
      <div className="cb-column">
        <Swatch number={run.number} among={props.among} />
        <State state={run.state} trans={trans} />
        <span className="cb-number">#{run.number}</span>
        <Name text={name} />
        <FlagMark flags={run.flags} trans={trans} />
        {props.fixed ? (
          isBaseline && <span title={trans.__('The baseline, which the others are compared with')}>★</span>
        ) : (
          <button
            type="button"
            className={isBaseline ? 'cb-star cb-mod-on' : 'cb-star'}
            aria-pressed={isBaseline}
            aria-label={trans.__('Run %1 is the baseline', run.number)}
            title={
              isBaseline
                ? trans.__('The baseline, which the others are compared with')
                : trans.__('Compare the others with this one')
            }
            onClick={() => void model.change({ baseline: run.run_id })}
          >
            {isBaseline ? '★' : '☆'}
          </button>
        )}
        {!props.fixed && props.among.length > 1 && (
          <button
            type="button"
            className="cb-iconbutton"
            aria-label={trans.__('Hide run %1', run.number)}
            title={trans.__('Hide it in the table and the curves')}
            onClick={() => void model.hide(run.run_id)}
          >
            <Eye />
          </button>
        )}
        {!props.fixed && model.state.runs.length > 2 && (
          <button
            type="button"
            className="cb-iconbutton"
            aria-label={trans.__('Take run %1 out', run.number)}
            title={trans.__('Take out of the comparison')}
            onClick={() => void model.drop(run.run_id)}
          >
            <span aria-hidden="true">×</span>
          </button>
        )}
        {!props.fixed && model.counts.ofRun(run.run_id) > 0 && (
          <button
            type="button"
            className="cb-plain cb-mod-said"
            onClick={() => void model.change({ tab: 'discussion' })}
          >
            <Said count={model.counts.ofRun(run.run_id)} trans={trans} />
          </button>
        )}
        {run.trashed && <small className="cb-trashed">{trans.__('in the trash')}</small>}
      </div>
    </th>
  );
}

const Row = React.memo(function Row(props: {
  row: CompareRow;
  /** The places of the runs that are shown. */
  places: readonly number[];
  trans: TranslationBundle;
}): React.ReactElement {
  const { row, places, trans } = props;
  return (
    <tr>
      <th scope="row" title={direction(row, trans)}>
        <bdi>{formatting.shorten(row.name, 80)}</bdi>
      </th>
      {places.map(place => (
        <Cell key={place} cell={row.cells[place]} numeric={row.numeric} trans={trans} />
      ))}
    </tr>
  );
});

function direction(row: CompareRow, trans: TranslationBundle): string | undefined {
  if (row.direction === null) {
    return undefined;
  }
  return row.direction === 'more is better' ? trans.__('more is better') : trans.__('less is better');
}

function Cell(props: {
  cell: CompareCell;
  numeric: boolean;
  trans: TranslationBundle;
}): React.ReactElement {
  const { cell, numeric, trans } = props;
  const words = { better: trans.__('better'), worse: trans.__('worse'), '': '' };
  return (
    <td
      className={numeric ? 'cb-num' : undefined}
      title={cell.full ? formatting.shorten(cell.full, 2000) : undefined}
    >
      <span className={cell.missing ? 'cb-value cb-muted' : 'cb-value'}>
        <bdi>{cell.text}</bdi>
      </span>
      <Goal reached={cell.reached} trans={trans} />
      {numeric && (
        <span className={`cb-delta cb-mod-${cell.verdict || 'none'}`}>
          {cell.verdict && <span aria-label={words[cell.verdict]}>{mark(cell)}</span>} {cell.delta}
        </span>
      )}
    </td>
  );
}
