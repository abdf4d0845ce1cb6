/** All that is known of one version of a registered model, and what can be done with it. */

import * as React from 'react';

import type { ModelColumn, ModelVersionName, ModelVersionPage } from '../_generated/types.ts';
import { labelOf } from '../models/data.ts';
import * as formatting from '../models/format.ts';
import { targetOfVersion, usesOf } from '../models/modelRegistry.ts';
import { anyPlace } from '../models/place.ts';
import { DataLink, DataWords } from './dataParts.tsx';
import { Discussion } from './discussion.tsx';
import { LineageFold } from './lineage.tsx';
import { Deeds } from './modelOverview.tsx';
import { Aliases, Check, MadeBy, ModelTags, Stage, Standing } from './modelParts.tsx';
import type { ModelsProps } from './modelsPanel.tsx';
import { Ago, Trouble } from './parts.tsx';
import { Fold } from './runParts.tsx';
import { SaidOf } from './said.tsx';
import { Written } from './threadParts.tsx';
import { VersionActions } from './versionActions.tsx';

interface VersionProps extends ModelsProps {
  details: ModelVersionPage;
}

/** The whole of it. */
export function ModelVersionView(props: VersionProps): React.ReactElement {
  const { model, book, details, trans } = props;
  const { row } = details;
  const target = targetOfVersion(row);
  return (
    <article aria-label={`${row.model} v${row.name}`}>
      <div className="cb-runhead">
        <h3>
          <bdi>{formatting.shorten(row.model, 200)}</bdi> v{row.name}{' '}
          <Stage stage={row.stage} trans={trans} />
          <Aliases aliases={row.aliases} trans={trans} />
          <ModelTags tags={row.tags} />
        </h3>
        <p className="cb-muted">
          {[row.kind, row.format, formatting.size(row.size)].filter(Boolean).join(' · ')}
          {' · '}
          <Ago time={row.created} />
          {row.by && (
            <>
              {' '}
              {trans.__('by')} <bdi>{formatting.shorten(row.by, 80)}</bdi>
            </>
          )}
        </p>
      </div>
      {row.deleted > 0 && <Trouble message={trans.__('This version was deleted.')} />}
      {row.deprecated && (
        <Trouble message={trans.__('This version is deprecated: %1', row.deprecated)} />
      )}
      {details.problem && <Trouble message={details.problem} />}
      {row.deleted === 0 && <VersionActions {...props} />}
      {details.description_html && (
        <Written html={details.description_html} place={anyPlace} />
      )}
      <Facts {...props} />
      <Numbers {...props} />
      <Used {...props} />
      <Use {...props} />
      <Signature {...props} />
      {details.card_html && (
        <Fold title={trans.__('Card')} open>
          <Written html={details.card_html} place={anyPlace} />
        </Fold>
      )}
      <Lines title={trans.__('Requirements')} lines={details.requirements} />
      <Lines
        title={row.safe ? trans.__('Imports') : trans.__('What loading it would import')}
        lines={details.imports}
      />
      <Files {...props} />
      <Endpoints {...props} />
      <LineageFold
        ask={(question, query) => model.ask(question, query)}
        target={target}
        state={details}
        trans={trans}
      />
      <SaidOf key={row.version_id} book={book} target={target} wanted={false} trans={trans}>
        {threads => <VersionDiscussion threads={threads} row={row} trans={trans} />}
      </SaidOf>
      <Deeds deeds={details.history} trans={trans} />
    </article>
  );
}

function VersionDiscussion(props: {
  threads: React.ComponentProps<typeof Discussion>['model'];
  row: ModelVersionPage['row'];
  trans: ModelsProps['trans'];
}): React.ReactElement {
  const { threads, row, trans } = props;
  React.useEffect(() => {
    void threads.refresh();
  }, [threads]);
  return (
    <section aria-label={trans.__('Discussion')}>
      <Discussion
        model={threads}
        place={anyPlace}
        trans={trans}
        anchor={{ kind: 'model', name: row.model, version: row.name }}
        empty={trans.__('Nothing is said of this version yet. Write below.')}
      />
    </section>
  );
}

function Facts(props: VersionProps): React.ReactElement {
  const { model, details, trans } = props;
  const { row } = details;
  const versions = (all: readonly ModelVersionName[]) =>
    all.map((one, place) => (
      <React.Fragment key={one.version_id}>
        {place > 0 && ', '}
        <button
          type="button"
          className="cb-link cb-datalink"
          onClick={() =>
            void model.openVersion({
              model: one.label.replace(/[@/][^@/]*$/, ''),
              version_id: one.version_id
            })
          }
        >
          <bdi>{formatting.shorten(one.label, 80)}</bdi>
        </button>
      </React.Fragment>
    ));
  const loading = row.safe
    ? trans.__('safe: loading it runs no code of its own')
    : trans.__('needs consent: loading it runs code');
  const rows: [string, React.ReactNode][] = [
    [trans.__('run'), row.run && <MadeBy row={row} trans={trans} />],
    [trans.__('source'), row.source && <bdi>{formatting.shorten(row.source, 2000)}</bdi>],
    [trans.__('licence'), row.licence && <bdi>{formatting.shorten(row.licence, 200)}</bdi>],
    [trans.__('loading'), row.bundled ? loading : trans.__('files as they came')],
    [trans.__('check'), <Check row={row} trans={trans} />],
    [trans.__('approved'), row.verdicts.length > 0 && <Standing row={row} trans={trans} />],
    [trans.__('made from'), details.parents.length > 0 && versions(details.parents)],
    [trans.__('made into'), details.children.length > 0 && versions(details.children)],
    [trans.__('digest'), <code className="cb-digest">{row.digest}</code>]
  ];
  return (
    <table className="cb-facts-table cb-mod-data">
      <tbody>
        {rows.map(
          ([name, told]) =>
            told && (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{told}</td>
              </tr>
            )
        )}
      </tbody>
    </table>
  );
}

/** Metrics and params of the run that made it, side by side where there is room. */
function Numbers(props: VersionProps): React.ReactElement | null {
  const { details, trans } = props;
  const metrics = Object.entries(details.metrics);
  const params = Object.entries(details.params);
  if (!metrics.length && !params.length) {
    return null;
  }
  return (
    <div className="cb-modelnumbers">
      {metrics.length > 0 && (
        <section>
          <h4>{trans.__('Metrics')}</h4>
          <table className="cb-facts-table" aria-label={trans.__('Metrics')}>
            <tbody>
              {metrics.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row" title={name}>
                    <bdi>{formatting.shorten(name, 80)}</bdi>
                  </th>
                  <td className="cb-num" title={String(value)}>
                    {formatting.number(value)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {params.length > 0 && (
        <section>
          <h4>{trans.__('Params')}</h4>
          <table className="cb-facts-table" aria-label={trans.__('Params')}>
            <tbody>
              {params.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row" title={name}>
                    <bdi>{formatting.shorten(name, 80)}</bdi>
                  </th>
                  <td title={formatting.shorten(formatting.full(value), 1000)}>
                    <bdi>{formatting.value(value)}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

/** The data that it was trained and scored on. */
function Used(props: VersionProps): React.ReactElement | null {
  const { details, trans } = props;
  if (!details.data.length) {
    return null;
  }
  return (
    <section>
      <h4>{trans.__('Data')}</h4>
      <ul className="cb-datauses" aria-label={trans.__('Data')}>
        {details.data.map(used => (
          <li key={used.dataset_id}>
            <DataLink id={used.dataset_id} label={labelOf(used)} trans={trans} />
            <span className="cb-role">{used.roles.join(', ')}</span>
            <span className="cb-muted">{used.extent}</span>
            <DataWords labels={used.labels} aliases={used.aliases} trans={trans} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is typed to use it. */
function Use(props: VersionProps): React.ReactElement | null {
  const { details, trans } = props;
  const [copied, setCopied] = React.useState(false);
  const text = usesOf(details.row);
  return details.row.deleted > 0 ? null : (
    <section aria-label={trans.__('Use')}>
      <h4>{trans.__('Use')}</h4>
      <div className="cb-use">
        <pre className="cb-lines" tabIndex={0}>
          {text}
        </pre>
        {'clipboard' in navigator && (
          // Only of pages that came safely, or from this machine, there is a clipboard.
          <button
            type="button"
            className="cb-link"
            onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
          >
            {copied ? trans.__('Copied') : trans.__('Copy')}
          </button>
        )}
      </div>
    </section>
  );
}

/** What it takes, and what it gives. */
function Signature(props: VersionProps): React.ReactElement | null {
  const { details, trans } = props;
  const { inputs, outputs } = details;
  if (!inputs.length && !outputs.length) {
    return null;
  }
  return (
    <Fold title={trans.__('Signature')} count={inputs.length + outputs.length} open={inputs.length <= 12}>
      <table className="cb-table cb-mod-signature">
        <thead>
          <tr>
            <th scope="col">{trans.__('column')}</th>
            <th scope="col">{trans.__('type')}</th>
            <th scope="col">{trans.__('missing')}</th>
            <th scope="col">{trans.__('values')}</th>
          </tr>
        </thead>
        <tbody>
          <Columns title={trans.__('takes')} columns={inputs} trans={trans} />
          <Columns title={trans.__('gives')} columns={outputs} trans={trans} />
        </tbody>
      </table>
    </Fold>
  );
}

function Columns(props: {
  title: string;
  columns: readonly ModelColumn[];
  trans: ModelsProps['trans'];
}): React.ReactElement | null {
  const { title, columns, trans } = props;
  if (!columns.length) {
    return null;
  }
  return (
    <>
      <tr className="cb-group">
        <th colSpan={4} scope="colgroup">
          {title}
        </th>
      </tr>
      {columns.map(({ name, dtype, nullable, text }, place) => (
        <tr key={place}>
          <th scope="row">
            <bdi>{formatting.shorten(name, 80) || trans.__('values')}</bdi>
          </th>
          <td>
            <code>{dtype}</code>
          </td>
          <td>{nullable ? trans.__('allowed') : ''}</td>
          <td>
            <bdi className="cb-muted">{formatting.shorten(text, 200)}</bdi>
          </td>
        </tr>
      ))}
    </>
  );
}

/** Where it answers or answered, and what of its predictions is kept. */
function Endpoints(props: VersionProps): React.ReactElement | null {
  const { details, trans } = props;
  const { endpoints, predictions } = details;
  if (!endpoints.length && !predictions.length) {
    return null;
  }
  return (
    <Fold title={trans.__('Endpoints')} count={endpoints.length} open>
      {endpoints.length > 0 && (
        <table className="cb-table" aria-label={trans.__('Endpoints')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('endpoint')}</th>
              <th scope="col">{trans.__('arm')}</th>
              <th scope="col">{trans.__('where')}</th>
              <th scope="col">{trans.__('since')}</th>
              <th scope="col">{trans.__('until')}</th>
              <th scope="col">{trans.__('by')}</th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map((one, place) => (
              <tr key={place}>
                <th scope="row">
                  <bdi title={one.asked}>{formatting.shorten(one.name, 60)}</bdi>
                </th>
                <td>
                  <bdi>{formatting.shorten(one.arm, 40)}</bdi>
                  {one.shadow && <span className="cb-muted"> {trans.__('(shadow)')}</span>}
                </td>
                <td>
                  <bdi title={one.host}>{formatting.shorten(one.address, 60)}</bdi>
                </td>
                <td>
                  <Ago time={one.since} />
                </td>
                <td>
                  {one.until === null ? (
                    <span>● {trans.__('answers')}</span>
                  ) : (
                    <>
                      <Ago time={one.until} />
                      {one.killed && <span className="cb-muted"> {trans.__('(killed)')}</span>}
                    </>
                  )}
                </td>
                <td>
                  <bdi>{formatting.shorten(one.by, 40)}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {predictions.map(({ endpoint, rows, last }) => (
        <p key={endpoint} className="cb-muted">
          {trans._n('%1 prediction kept', '%1 predictions kept', rows)}
          {' · '}
          <bdi>{formatting.shorten(endpoint, 60)}</bdi>
          {' · '}
          <Ago time={last} />
        </p>
      ))}
    </Fold>
  );
}

function Lines(props: { title: string; lines: readonly string[] }): React.ReactElement | null {
  const { title, lines } = props;
  return lines.length ? (
    <Fold title={title} count={lines.length}>
      <pre className="cb-lines">{lines.join('\n')}</pre>
    </Fold>
  ) : null;
}

function Files(props: VersionProps): React.ReactElement | null {
  const { details, trans } = props;
  if (!details.files.length) {
    return null;
  }
  return (
    <Fold title={trans.__('Files')} count={details.files.length}>
      <ul className="cb-datauses" aria-label={trans.__('Files')}>
        {details.files.map(({ path, sha256 }) => (
          <li key={path}>
            <bdi>{formatting.shorten(path, 200)}</bdi>
            <code className="cb-muted" title={sha256}>
              {sha256.slice(0, 12)}
            </code>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
