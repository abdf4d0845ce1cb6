/** An endpoint beside the kernel: where it answers, who does, and which of them does better. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { EndpointArm, EndpointPage } from '../_generated/types.ts';
import { followedBy, nameOf, shareText, STATES, type Deed, type EndpointModel } from '../models/endpoint.ts';
import * as formatting from '../models/format.ts';
import type { IHost } from '../models/host.ts';
import { useSignal } from './hooks.ts';
import { Trouble } from './parts.tsx';
import { Fold } from './runParts.tsx';

interface EndpointProps {
  model: EndpointModel;
  host: IHost;
  trans: TranslationBundle;
}

interface EndpointPartProps extends EndpointProps {
  page: EndpointPage;
}

/** The whole panel. */
export function Endpoint(props: EndpointProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.changed);
  const { page, problem } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  return (
    <div className="cb-compare cb-service">
      {problem && <Trouble message={problem} action={again} />}
      {page && (
        <>
          <Standing {...props} page={page} />
          {page.trouble && <Trouble message={page.trouble} />}
          {page.arms.length > 0 && <Arms {...props} page={page} />}
          <Deeds {...props} page={page} />
          {page.command && !model.gone && page.state !== 'ended' && (
            <Command {...props} page={page} />
          )}
          {page.said.length > 0 && (
            <Fold title={trans.__('What the server said')} count={page.said.length}>
              <ul className="cb-said-lines">
                {page.said.map((line, place) => (
                  <li key={place}>{line}</li>
                ))}
              </ul>
            </Fold>
          )}
        </>
      )}
    </div>
  );
}

/** Whether and where it answers. */
function Standing(props: EndpointPartProps): React.ReactElement {
  const { model, host, page, trans } = props;
  const state = model.gone ? 'ended' : page.state;
  const word = {
    loading: trans.__('is being loaded'),
    answers: trans.__('answers'),
    ended: trans.__('has ended')
  }[state];
  const strategy = {
    single: '',
    canary: trans.__('canary'),
    split: trans.__('A/B'),
    shadow: trans.__('shadow')
  }[page.strategy as 'single' | 'canary' | 'split' | 'shadow'];
  return (
    <div className={`cb-standing cb-mod-${state === 'answers' ? 'fine' : 'unsure'}`}>
      <h2 role="status">
        <span className="cb-mark" aria-hidden="true">
          {STATES[state]}
        </span>{' '}
        <bdi>{formatting.shorten(page.name, 80)}</bdi> {word}
      </h2>
      {state !== 'ended' && (
        <>
          <p>
            <code>{page.url}</code>{' '}
            <button
              type="button"
              className="cb-link"
              onClick={() => host.copy(page.url, trans.__('The address is copied.'))}
            >
              {trans.__('Copy')}
            </button>
            {strategy && <> · {strategy}</>}
          </p>
          <p className="cb-muted cb-livehint">
            {page.recorded
              ? trans.__('predictions are recorded')
              : trans.__('predictions are not recorded')}
          </p>
        </>
      )}
    </div>
  );
}

/** The columns at the end that are counted: requests, errors, and two of latency. */
const COUNTED = 4;

/** One line an arm. */
function Arms(props: EndpointPartProps): React.ReactElement {
  const { page, trans } = props;
  const shadows = page.arms.some(({ shadow }) => shadow);
  const judged = page.arms.some(({ outcomes }) => outcomes > 0);
  const compared = page.arms.length > 1;
  const title = trans.__('Who answers');
  const counted = trans.__('since the server began, or the arm came');
  // What counts comes first: how fast it is may lie behind the edge of a narrow panel.
  const heads = [
    `${page.metric} ${judged ? (page.less ? '↓' : '↑') : ''}`,
    trans.__('share'),
    ...(shadows ? [trans.__('said the same')] : []),
    trans.__('requests'),
    trans.__('errors'),
    trans.__('p50'),
    trans.__('p95')
  ];
  return (
    <section aria-label={title}>
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={title}>
        <table className="cb-table cb-mod-data cb-mod-service">
          <thead>
            <tr>
              <th scope="col">{trans.__('arm')}</th>
              {compared && <th scope="col">{trans.__('beside the champion')}</th>}
              <th scope="col">{trans.__('version')}</th>
              {heads.map((head, place) => (
                <th
                  key={head}
                  scope="col"
                  className="cb-num"
                  title={place < heads.length - COUNTED ? '' : counted}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {page.arms.map(arm => (
              <Arm key={arm.name} arm={arm} shadows={shadows} compared={compared} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      {page.since !== null && (
        <p className="cb-note">
          {trans.__(
            '%1 since %2, when all of them answered: what one alone answered before says nothing of the difference.',
            page.metric,
            formatting.date(page.since)
          )}
        </p>
      )}
      {!judged && (
        <p className="cb-note">
          {['accuracy', 'error', 'mae'].includes(page.metric)
            ? page.recorded
              ? trans.__('No label of what was recorded has come yet.')
              : trans.__('%1 needs predictions that are recorded: --record.', page.metric)
            : trans.__('Nobody has told yet what became of predictions: POST /outcomes does.')}
        </p>
      )}
    </section>
  );
}

function Arm(
  props: EndpointPartProps & { arm: EndpointArm; shadows: boolean; compared: boolean }
): React.ReactElement {
  const { arm, shadows, compared, trans } = props;
  const errors = arm.failed + arm.refused;
  const asked = arm.agreed + arm.disagreed;
  const mark = { better: '▲ ', worse: '▼ ' }[arm.verdict as 'better' | 'worse'] ?? '';
  const interval =
    arm.low === null || arm.high === null
      ? ''
      : trans.__(
          'difference %1 … %2, p %3 (as often as you look)',
          formatting.number(arm.low),
          formatting.number(arm.high),
          arm.p_value === null ? formatting.MISSING : formatting.number(arm.p_value)
        );
  return (
    <tr>
      <th scope="row">
        <bdi>{arm.name}</bdi>
      </th>
      {compared && (
        <td
          className={{ better: 'cb-why cb-better', worse: 'cb-why cb-worse' }[
            arm.verdict as 'better' | 'worse'
          ] ?? 'cb-why cb-muted'}
          title={interval}
        >
          {mark}
          {arm.says}
        </td>
      )}
      <td title={arm.model}>
        <bdi>{formatting.shorten(arm.version, 12)}</bdi>{' '}
        <bdi className="cb-muted">{formatting.shorten(nameOf(arm.model), 40)}</bdi>
      </td>
      <td className="cb-num" title={trans.__('of %1 outcomes', arm.outcomes.toLocaleString('en'))}>
        {arm.mean === null ? (
          formatting.MISSING
        ) : (
          <>
            {formatting.number(arm.mean)}{' '}
            <span className="cb-muted">({arm.outcomes.toLocaleString('en')})</span>
          </>
        )}
      </td>
      <td className="cb-num">
        {arm.shadow ? trans.__('shadow of %1', shareText(arm.share)) : shareText(arm.share)}
      </td>
      {shadows && (
        <td
          className="cb-num"
          title={trans.__('%1 other, %2 not asked or failed', arm.disagreed, arm.missed)}
        >
          {arm.shadow && asked > 0
            ? trans.__('%1 of %2', arm.agreed.toLocaleString('en'), asked.toLocaleString('en'))
            : formatting.MISSING}
        </td>
      )}
      <td className="cb-num">{arm.requests.toLocaleString('en')}</td>
      <td
        className={arm.failed ? 'cb-num cb-worse' : 'cb-num'}
        title={trans.__('%1 refused (4xx), %2 failed (5xx)', arm.refused, arm.failed)}
      >
        {arm.failed ? '✗ ' : ''}
        {errors.toLocaleString('en')}
      </td>
      <td className="cb-num">{formatting.duration(arm.median)}</td>
      <td className="cb-num">{formatting.duration(arm.p95)}</td>
    </tr>
  );
}

/** What can be done; each says what will change, and is asked once more. */
function Deeds(props: EndpointPartProps): React.ReactElement | null {
  const { model, page, trans } = props;
  const yes = React.useRef<HTMLButtonElement>(null);
  const { asked } = model;
  React.useEffect(() => {
    if (asked) {
      yes.current?.focus();
    }
  }, [asked]);
  if (model.gone || page.state === 'ended') {
    return null;
  }
  if (asked) {
    const followed = asked.kind === 'promote' ? followedBy(page.arms, asked.arm) : null;
    const question = questionOf(asked, page, trans);
    return (
      <div
        className="cb-line"
        role="alertdialog"
        aria-label={question}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            model.ask(null);
          }
        }}
      >
        <span>{question}</span>
        <button
          ref={yes}
          type="button"
          className="cb-button"
          disabled={model.busy}
          onClick={() => void model.confirm()}
        >
          {followed?.moves ? trans.__('Only here') : trans.__('Yes')}
        </button>
        {followed?.moves && asked.kind === 'promote' && (
          <button
            type="button"
            className="cb-button"
            disabled={model.busy}
            title={trans.__('It goes on following %1, which asks for approvals where it is protected.', followed.alias)}
            onClick={() => void model.confirm({ ...asked, alias: true })}
          >
            {trans.__('Move %1, too', `@${followed.alias.split('@')[1]}`)}
          </button>
        )}
        <button
          type="button"
          className="cb-link"
          disabled={model.busy}
          onClick={() => model.ask(null)}
        >
          {followed?.moves ? trans.__('Cancel') : trans.__('No')}
        </button>
      </div>
    );
  }
  return (
    <div className="cb-line" role="group" aria-label={trans.__('What can be done')}>
      {page.arms.slice(1).map(({ name }) => (
        <button
          key={name}
          type="button"
          className="cb-link"
          onClick={() => model.ask({ kind: 'promote', arm: name })}
        >
          {trans.__('Promote %1', name)}
        </button>
      ))}
      <button
        type="button"
        className="cb-link"
        disabled={!page.before}
        title={page.before || trans.__('It has always been as it is.')}
        onClick={() => model.ask({ kind: 'rollback' })}
      >
        {trans.__('Roll back')}
      </button>
      <button type="button" className="cb-link" onClick={() => model.ask({ kind: 'stop' })}>
        {trans.__('Stop')}
      </button>
    </div>
  );
}

/** What will change, asked. */
function questionOf(asked: Deed, page: EndpointPage, trans: TranslationBundle): string {
  if (asked.kind === 'rollback') {
    return trans.__('Bring back what was before: %1?', page.before);
  }
  if (asked.kind === 'stop') {
    return trans.__('End the endpoint? Requests under way are answered.');
  }
  const arm = page.arms.find(one => one.name === asked.arm);
  const followed = followedBy(page.arms, asked.arm);
  return [
    trans.__('Let %1 answer everybody?', asked.arm),
    arm?.verdict === 'worse' && `▼ ${arm.says}.`,
    followed &&
      trans.__(
        '%1 stays at %2, and this endpoint will not follow it any more.',
        followed.alias,
        followed.version
      )
  ]
    .filter(Boolean)
    .join(' ');
}

/** A line of a shell that asks it, folded up: it is as long as a row is wide. */
function Command(props: EndpointPartProps): React.ReactElement {
  const { host, page, trans } = props;
  return (
    <Fold title={trans.__('Try it')}>
      <div className="cb-address">
        <code tabIndex={0} aria-label={trans.__('A line that asks it')}>
          {page.command}
        </code>
        <button
          type="button"
          className="cb-link"
          onClick={() => host.copy(page.command, trans.__('The line is copied.'))}
        >
          {trans.__('Copy')}
        </button>
      </div>
    </Fold>
  );
}
