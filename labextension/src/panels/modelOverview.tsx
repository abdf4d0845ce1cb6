/** One registered model: what it is for, its versions, and all that was done with it. */

import * as React from 'react';

import type { ModelDeed, ModelPage, ModelVersionRow } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { metricsOf } from '../models/modelRegistry.ts';
import { anyPlace } from '../models/place.ts';
import { ModelActions } from './modelActions.tsx';
import {
  Aliases,
  Check,
  MadeBy,
  ModelTags,
  Served,
  Stage,
  Standing,
  stageWord
} from './modelParts.tsx';
import type { ModelsProps } from './modelsPanel.tsx';
import { Ago, Trouble } from './parts.tsx';
import { Fold } from './runParts.tsx';
import { Written } from './threadParts.tsx';

interface OverviewProps extends ModelsProps {
  page: ModelPage;
}

/** Metrics that the table of versions shows; the rest is in each version. */
const METRICS = 3;

/** The whole of it. */
export function ModelOverview(props: OverviewProps): React.ReactElement {
  const { page, trans } = props;
  return (
    <article aria-label={page.name}>
      <div className="cb-runhead">
        <h3>
          <bdi>{formatting.shorten(page.name, 200)}</bdi>
          <ModelTags tags={page.tags} />
        </h3>
        <p className="cb-muted">
          {trans._n('%1 version', '%1 versions', page.versions.length)} · {trans.__('since')}{' '}
          <Ago time={page.created} />
          {page.owners.length > 0 && (
            <>
              {' · '}
              {trans._n('owner', 'owners', page.owners.length)}{' '}
              <bdi>{formatting.shorten(page.owners.join(', '), 200)}</bdi>
            </>
          )}
        </p>
      </div>
      {page.deprecated && (
        <Trouble message={trans.__('This model is deprecated: %1', page.deprecated)} />
      )}
      {page.conflicts.map(conflict => (
        <Trouble key={conflict} message={conflict} />
      ))}
      <ModelActions {...props} />
      {page.description_html ? (
        <Written html={page.description_html} place={anyPlace} />
      ) : (
        <About {...props} />
      )}
      <Versions {...props} />
      <Protected {...props} />
      <Deeds deeds={page.history} more={page.more} open trans={trans} />
    </article>
  );
}

/** What the newest version says, as long as nobody has said what the model is for. */
function About(props: OverviewProps): React.ReactElement {
  const { page, trans } = props;
  const said = page.versions.find(one => one.description);
  return said ? (
    <p>
      <bdi>{formatting.shorten(said.description, 600)}</bdi>{' '}
      <span className="cb-muted">v{said.name}</span>
    </p>
  ) : (
    <p className="cb-muted">
      {trans.__('Nobody has said yet what it is for: “Describe…” above does.')}
    </p>
  );
}

function Versions(props: OverviewProps): React.ReactElement {
  const { model, page, trans } = props;
  const metrics = metricsOf(page.versions, METRICS);
  const chosen = model.chosen.length;
  if (!page.versions.length) {
    return (
      <p className="cb-muted">
        {trans.__('All versions of this model were deleted; their numbers are not given again.')}
      </p>
    );
  }
  return (
    <section aria-label={trans.__('Versions')}>
      <div className="cb-line cb-versionshead">
        <h4>{trans.__('Versions')}</h4>
        <button
          type="button"
          className="cb-button"
          disabled={chosen < 2}
          title={chosen < 2 ? trans.__('Choose two versions or more below') : undefined}
          onClick={() => void model.compare()}
        >
          {chosen < 2 ? trans.__('Compare') : trans.__('Compare %1', chosen)}
        </button>
      </div>
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={trans.__('Versions')}>
        <table className="cb-table cb-mod-versions">
          <thead>
            <tr>
              <th scope="col">{trans.__('version')}</th>
              <th scope="col">{trans.__('stage')}</th>
              <th scope="col">{trans.__('aliases')}</th>
              {metrics.map(name => (
                <th key={name} scope="col" className="cb-num">
                  <bdi title={name}>{formatting.shorten(name, 24)}</bdi>
                </th>
              ))}
              <th scope="col">{trans.__('check')}</th>
              <th scope="col">{trans.__('approved')}</th>
              <th scope="col">{trans.__('since')}</th>
              <th scope="col">{trans.__('by')}</th>
              <th scope="col">{trans.__('run')}</th>
            </tr>
          </thead>
          <tbody>
            {page.versions.map(row => (
              <Version key={row.version_id} {...props} row={row} metrics={metrics} />
            ))}
          </tbody>
        </table>
      </div>
      {page.deleted.length > 0 && (
        <p className="cb-note">
          {trans.__('Deleted: %1. A number is never given twice.', `v${page.deleted.join(', v')}`)}
        </p>
      )}
    </section>
  );
}

function Version(
  props: OverviewProps & { row: ModelVersionRow; metrics: readonly string[] }
): React.ReactElement {
  const { model, row, metrics, trans } = props;
  const chosen = model.chosen.includes(row.version_id);
  return (
    <tr
      className={chosen ? 'cb-mod-chosen' : undefined}
      onClick={event => {
        // What stands in the row does what it does.
        if (!(event.target as Element).closest('button, input')) {
          void model.openVersion(row);
        }
      }}
    >
      <th scope="row">
        <input
          type="checkbox"
          aria-label={trans.__('Choose version %1', row.name)}
          checked={chosen}
          onChange={() => model.choose(row.version_id)}
        />
        <button
          type="button"
          className="cb-link cb-datalink"
          onClick={() => void model.openVersion(row)}
        >
          v{row.name}
        </button>
        {row.deprecated && (
          <span className="cb-error" title={formatting.shorten(row.deprecated, 400)}>
            {trans.__('deprecated')}
          </span>
        )}
        {row.clashes && (
          <span
            className="cb-error"
            title={trans.__('Two copies of this book gave the number %1.', row.number)}
          >
            ⚠
          </span>
        )}
      </th>
      <td>
        <Stage stage={row.stage} trans={trans} />
      </td>
      <td>
        <Aliases aliases={row.aliases} trans={trans} />
        {row.endpoints.length > 0 && <Served text={trans.__('served by %1', row.endpoints.join(', '))} trans={trans} />}
      </td>
      {metrics.map(name => (
        <td key={name} className="cb-num">
          {name in row.metrics ? (
            <span className="cb-value" title={String(row.metrics[name])}>
              {formatting.number(row.metrics[name])}
            </span>
          ) : (
            <span className="cb-muted">{formatting.MISSING}</span>
          )}
        </td>
      ))}
      <td>
        <Check row={row} trans={trans} />
      </td>
      <td className="cb-standings">
        <Standing row={row} brief trans={trans} />
      </td>
      <td>
        <Ago time={row.created} />
      </td>
      <td>
        <bdi>{formatting.shorten(row.by, 40)}</bdi>
      </td>
      <td>
        <MadeBy row={row} trans={trans} />
      </td>
    </tr>
  );
}

/** What is only reached with approvals. */
function Protected(props: OverviewProps): React.ReactElement | null {
  const { page, trans } = props;
  if (!page.protections.length) {
    return null;
  }
  return (
    <section>
      <h4>{trans.__('Protected')}</h4>
      <ul className="cb-datauses" aria-label={trans.__('Protected')}>
        {page.protections.map(({ target, needed, by }) => (
          <li key={target}>
            <bdi>{target.startsWith('@') ? target : stageWord(target, trans)}</bdi>
            <span className="cb-muted">
              {trans._n('needs %1 approval', 'needs %1 approvals', needed)}
              {by.length > 0 && ` ${trans.__('of %1', formatting.shorten(by.join(', '), 200))}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was done, by whom and why. */
export function Deeds(props: {
  deeds: readonly ModelDeed[];
  more?: number;
  open?: boolean;
  trans: ModelsProps['trans'];
}): React.ReactElement | null {
  const { deeds, more = 0, open, trans } = props;
  if (!deeds.length) {
    return null;
  }
  return (
    <Fold title={trans.__('History')} count={deeds.length + more} open={open}>
      <ul className="cb-datauses cb-deeds" aria-label={trans.__('History')}>
        {deeds.map(deed => (
          <li key={deed.event_id}>
            <span className="cb-muted">
              <Ago time={deed.time} />
            </span>
            <bdi className="cb-doer">{formatting.shorten(deed.by, 40)}</bdi>
            <bdi>{formatting.shorten(deed.text, 400)}</bdi>
            {deed.reason && (
              <bdi className="cb-reason">“{formatting.shorten(deed.reason, 1000)}”</bdi>
            )}
            {deed.evidence.map(({ target, text }) => (
              <bdi key={target} className="cb-tag" title={formatting.shorten(target, 400)}>
                {formatting.shorten(text, 120)}
              </bdi>
            ))}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="cb-note">{trans._n('and %1 before', 'and %1 before', more)}</p>}
    </Fold>
  );
}
