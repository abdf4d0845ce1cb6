/** One run in the list. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RunRow, RunState } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import type { IRunItem } from '../models/runs.ts';
import { AgainMark, FlagMark } from './runStanding.tsx';
import { Said } from './said.tsx';
import { Spark } from './spark.tsx';

/** Pixels; all rows are of one height, so that a long list needs no measuring. */
export const ROW_HEIGHT = 46;

/** Characters of a name or an error that are looked at; a row shows some forty. */
const LONGEST = 200;

/** Return the word for a state. */
export function stateWord(state: RunState, trans: TranslationBundle): string {
  return {
    running: trans.__('running'),
    finished: trans.__('finished'),
    failed: trans.__('failed'),
    stopped: trans.__('stopped'),
    crashed: trans.__('crashed')
  }[state];
}

/** A state, as a shape; its word is for those who do not see it, and for the pointer. */
export function State(props: { state: RunState; trans: TranslationBundle }): React.ReactElement {
  const word = stateWord(props.state, props.trans);
  return (
    <span className={`cb-state cb-mod-${props.state}`} title={word} aria-hidden="true">
      {formatting.GLYPHS[props.state]}
    </span>
  );
}

interface RunRowProps {
  item: IRunItem;
  id: string;
  place: number;
  count: number;
  chosen: boolean;
  current: boolean;
  baseline: boolean;
  /** Comments on it. */
  comments: number;
  /** Seconds that a running run runs longer than its row says. */
  late: number;
  trans: TranslationBundle;
  /** A stand-in for the name while that is written. */
  rename: React.ReactElement | null;
}

/** One run: its state, number, name, main metric and curve; what tells it apart; how long it took. */
export const RunLine = React.memo(function RunLine(props: RunRowProps): React.ReactElement {
  const { item, trans, chosen } = props;
  const { row, metric } = item;
  const name = formatting.shorten(row.name, LONGEST);
  const found = metric === null ? undefined : row.metrics[metric];
  const number = found === undefined ? null : formatting.real(found);
  const seconds = lasted(row, props.late);
  return (
    <div
      id={props.id}
      role="option"
      aria-selected={chosen}
      aria-posinset={props.place + 1}
      aria-setsize={props.count}
      aria-label={spoken(item, name, number, seconds, props.comments, trans)}
      data-run={row.run_id}
      className={`cb-run${props.current ? ' cb-mod-current' : ''}${chosen ? ' cb-mod-chosen' : ''}`}
      style={{ top: props.place * ROW_HEIGHT, height: ROW_HEIGHT }}
    >
      <span className="cb-check" data-check="" title={trans.__('Select')} />
      <State state={row.state} trans={trans} />
      <span className="cb-number">#{row.number}</span>
      {props.rename ?? (
        <bdi className="cb-name" title={name}>
          {name}
          {props.baseline && <span title={trans.__('the baseline')}> ★</span>}
        </bdi>
      )}
      <span
        className="cb-metric"
        title={number === null ? undefined : `${metric} ${String(found)}`}
      >
        {number === null ? formatting.MISSING : formatting.number(number)}
      </span>
      <Spark points={row.spark} number={row.number} />
      <span className="cb-second">
        <Telling item={item} />
        <span className="cb-facts" title={formatting.date(row.start_time)}>
          <Said count={props.comments} trans={trans} />
          <FlagMark flags={row.flags} stale={row.stale} trans={trans} />
          <AgainMark of={row.reproduces} trans={trans} />
          {row.nested && <span title={trans.__('part of another run')}>↳</span>}
          {formatting.duration(seconds)}
        </span>
      </span>
    </div>
  );
});

/** What tells a run apart: its params, or why it failed. */
function Telling(props: { item: IRunItem }): React.ReactElement {
  const { row, params } = props.item;
  const shown = params.filter(key => key in row.params);
  const told = shown.map(key => `${key} ${formatting.value(row.params[key])}`).join(' · ');
  if (row.error) {
    const error = formatting.shorten(row.error, LONGEST);
    return (
      <bdi className="cb-telling cb-error" title={told ? `${error}\n${told}` : error}>
        {error}
      </bdi>
    );
  }
  return (
    <bdi className="cb-telling" title={told}>
      {shown.map((key, place) => (
        <React.Fragment key={key}>
          {place > 0 && ' · '}
          <span className="cb-key">{key}</span> {formatting.value(row.params[key], 40)}
        </React.Fragment>
      ))}
    </bdi>
  );
}

/** Return how long a run has run, in seconds. */
export function lasted(row: RunRow, late: number): number | null {
  const seconds = row.duration === null ? null : formatting.real(row.duration);
  return row.state === 'running' && seconds !== null ? seconds + late : seconds;
}

function spoken(
  item: IRunItem,
  name: string,
  number: number | null,
  seconds: number | null,
  comments: number,
  trans: TranslationBundle
): string {
  const { row, metric } = item;
  const parts = [trans.__('Run %1 %2', row.number, name), stateWord(row.state, trans)];
  if (number !== null) {
    parts.push(`${metric} ${formatting.number(number)}`);
  }
  parts.push(formatting.duration(seconds));
  if (row.stale) {
    parts.push(trans._n('%1 stale cell', '%1 stale cells', row.stale));
  }
  parts.push(...row.flags.map(flag => formatting.shorten(flag, LONGEST)));
  if (row.reproduces) {
    parts.push(trans.__('%1 run again', row.reproduces));
  }
  if (comments) {
    parts.push(trans._n('%1 comment', '%1 comments', comments));
  }
  return parts.join(', ');
}
