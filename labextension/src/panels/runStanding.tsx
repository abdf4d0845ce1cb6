/** What a run began on, the cells that it stands on, and how it was reproduced. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Difference, Reproduction, RunDetails } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { anyPlace } from '../models/place.ts';
import { REPRODUCED } from '../models/standing.ts';
import { Ago } from './parts.tsx';
import { Fold } from './runParts.tsx';

interface PartProps {
  details: RunDetails;
  trans: TranslationBundle;
}

/** A quiet mark on a run of which something is doubtful. */
export function FlagMark(props: {
  flags: readonly string[];
  /** How many of its cells ran out of order. */
  stale?: number;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { flags, stale = 0, trans } = props;
  if (!flags.length && !stale) {
    return null;
  }
  const told = stale
    ? [trans._n('%1 cell ran out of order', '%1 cells ran out of order', stale), ...flags]
    : flags;
  const title = formatting.shorten(told.join(' · '), 1000);
  return (
    <span className="cb-stale" role="img" aria-label={title} title={title}>
      {formatting.STALE}
      {stale > 0 && ` ${stale}`}
    </span>
  );
}

/** A quiet mark on a run that repeats another. */
export function AgainMark(props: {
  /** The other one, as `#3`. */
  of: string;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { of, trans } = props;
  if (!of) {
    return null;
  }
  const title = trans.__('%1 run again', of);
  return (
    <span className="cb-muted" role="img" aria-label={title} title={title}>
      ↻ {of}
    </span>
  );
}

/** What was amiss in the notebook as the run began, and rows that were in training and test. */
export function Flags(props: PartProps): React.ReactElement | null {
  const { details, trans } = props;
  const flags = [...Object.values(details.record.flags), ...Object.values(details.record.leaks)];
  if (!flags.length) {
    return null;
  }
  return (
    <ul className="cb-flags" aria-label={trans.__('What is doubtful')}>
      {flags.map(flag => (
        <li key={flag}>
          <span className="cb-stale" aria-hidden="true">
            {formatting.STALE}
          </span>{' '}
          {formatting.shorten(flag, 1000)}
        </li>
      ))}
    </ul>
  );
}

/** The cells that its results depend on; a click shows where one is. */
export function StandsOn(props: PartProps): React.ReactElement | null {
  const { details, trans } = props;
  const { slice, stands_on: cells } = details;
  if (!slice || (!cells.length && !slice.script_path && !slice.doubts.length)) {
    return null;
  }
  return (
    <section>
      <h4>{slice.script_path ? trans.__('Script') : trans.__('Cells this run stands on')}</h4>
      {slice.script_path && <bdi>{formatting.shorten(slice.script_path, 400)}</bdi>}
      {cells.length > 0 && (
        <p className="cb-standing">
          {cells.map(cell => {
            const title = `[${cell.execution_count ?? ' '}]`;
            const hover = cell.source || trans.__('no longer on record');
            return cell.cell_id ? (
              <button
                key={cell.execution_id}
                type="button"
                className="cb-link cb-datalink"
                aria-label={trans.__('Show cell %1', title)}
                title={hover}
                onClick={() => anyPlace.open(`cell:${cell.cell_id}`)}
              >
                {title}
              </button>
            ) : (
              <span key={cell.execution_id} title={hover}>
                {title}
              </span>
            );
          })}
        </p>
      )}
      {slice.doubts.map(doubt => (
        <p key={doubt} className="cb-muted cb-doubt">
          {formatting.shorten(doubt, 1000)}
        </p>
      ))}
    </section>
  );
}

/** The attempts to run it again, the newest first. */
export function Reproductions(props: PartProps): React.ReactElement | null {
  const { details, trans } = props;
  if (!details.reproductions.length) {
    return null;
  }
  return (
    <section>
      <h4>{trans.__('Reproduced')}</h4>
      <ul className="cb-dataused" aria-label={trans.__('Reproduced')}>
        {[...details.reproductions].reverse().map(one => (
          <li key={one.reproduction_id}>
            <Attempt attempt={one} trans={trans} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function verdictWord(attempt: Reproduction, trans: TranslationBundle): string {
  return {
    identical: attempt.differences.length
      ? trans.__('identical but for times')
      : trans.__('identical'),
    within: trans.__('within tolerance'),
    differs: trans.__('differs'),
    failed: trans.__('failed'),
    untried: trans.__('not tried')
  }[attempt.verdict];
}

function Attempt(props: { attempt: Reproduction; trans: TranslationBundle }): React.ReactElement {
  const { attempt, trans } = props;
  const { verdict, run, differences, environment } = attempt;
  const notes = [...attempt.notes, ...attempt.data, ...attempt.doubts];
  return (
    <>
      <span className="cb-dataname">
        <span className={`cb-verdict cb-mod-${verdict}`}>
          <span aria-hidden="true">{REPRODUCED[verdict]}</span> {verdictWord(attempt, trans)}
        </span>
        <span className="cb-muted">
          {attempt.cells > 0 && `${trans._n('%1 cell', '%1 cells', attempt.cells)} · `}
          {formatting.duration(formatting.real(attempt.duration))} · <Ago time={attempt.time} />
        </span>
      </span>
      {attempt.first && <span>{formatting.shorten(attempt.first, 1000)}</span>}
      {attempt.tolerance !== null && (
        <span className="cb-muted">
          {attempt.learnt
            ? trans.__('tolerance %1, as seeds alone make', formatting.number(attempt.tolerance))
            : trans.__('tolerance %1', formatting.number(attempt.tolerance))}
        </span>
      )}
      {run && (
        <span>
          <button
            type="button"
            className="cb-link cb-datalink"
            onClick={() => anyPlace.open(`run:${run}`)}
          >
            {trans.__('Show the run that was made')}
          </button>
        </span>
      )}
      {differences.length > 0 && (
        <Fold title={trans.__('What differs')} count={differences.length}>
          <Differences differences={differences} trans={trans} />
        </Fold>
      )}
      {environment.length > 0 && (
        <Fold title={trans.__('Differences of the environment')} count={environment.length}>
          <Sentences all={environment} />
        </Fold>
      )}
      {notes.length > 0 && (
        <Fold title={trans.__('Notes')} count={notes.length}>
          <Sentences all={notes} />
        </Fold>
      )}
    </>
  );
}

/** Differences that are listed, at most. */
const LISTED = 100;

function Differences(props: {
  differences: readonly Difference[];
  trans: TranslationBundle;
}): React.ReactElement {
  const { differences, trans } = props;
  return (
    <table className="cb-facts-table cb-mod-data">
      <thead>
        <tr>
          <th scope="col" />
          <th scope="col">{trans.__('was')}</th>
          <th scope="col">{trans.__('now')}</th>
        </tr>
      </thead>
      <tbody>
        {differences.slice(0, LISTED).map(({ what, name, was, now, within }) => (
          <tr key={`${what} ${name}`}>
            <th scope="row" title={`${what} ${formatting.shorten(name, 400)}`}>
              {within ? REPRODUCED.within : REPRODUCED.differs}{' '}
              <bdi>{formatting.shorten(name, 60)}</bdi>
            </th>
            <td>{formatting.shorten(was, 300)}</td>
            <td>{formatting.shorten(now, 300)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sentences(props: { all: readonly string[] }): React.ReactElement {
  return (
    <ul className="cb-datauses">
      {props.all.slice(0, LISTED).map((one, place) => (
        <li key={place}>{formatting.shorten(one, 1000)}</li>
      ))}
    </ul>
  );
}
