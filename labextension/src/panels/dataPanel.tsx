/** Versions of data sets: the list of them, or all that is known of one. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ListedData } from '../_generated/types.ts';
import { shortDigest, type DataModel } from '../models/data.ts';
import * as formatting from '../models/format.ts';
import { DataLink, DataWords } from './dataParts.tsx';
import { DataVersionView } from './dataVersion.tsx';
import { useSignal } from './hooks.ts';
import { Ago, Empty, Loading, Marked, Trouble } from './parts.tsx';

export interface DataProps {
  model: DataModel;
  trans: TranslationBundle;
}

/** Milliseconds after the last key until what was typed is asked. */
const SETTLED = 300;

/** The whole panel. */
export function Data(props: DataProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.changed);
  const { state, problem } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  const node = React.useRef<HTMLDivElement>(null);
  const looked = React.useRef(state.data);
  React.useEffect(() => {
    // Keys go on where one has come to.
    if (looked.current !== state.data) {
      looked.current = state.data;
      node.current?.focus();
      node.current?.scrollTo({ top: 0 });
    }
  }, [state.data]);
  return (
    <div
      ref={node}
      className="cb-compare cb-datapanel"
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape' && state.data) {
          void model.open('');
        }
      }}
    >
      <Loading
        busy={model.busy && (state.data ? !model.details : !model.page)}
        label={trans.__('Loading')}
      />
      {state.data ? (
        <>
          <div className="cb-line">
            <button type="button" className="cb-link" onClick={() => void model.open('')}>
              {trans.__('‹ All data')}
            </button>
          </div>
          {problem && <Trouble message={problem} action={again} />}
          {model.details && <DataVersionView {...props} details={model.details} />}
        </>
      ) : (
        <>
          <Seek {...props} />
          {problem && <Trouble message={problem} action={again} />}
          <Listed {...props} />
        </>
      )}
    </div>
  );
}

/** What is looked for. */
function Seek(props: DataProps): React.ReactElement {
  const { model, trans } = props;
  const [text, setText] = React.useState(model.state.text);
  const timer = React.useRef(0);
  React.useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (asked: string) => {
    clearTimeout(timer.current);
    void model.seek({ text: asked.trim() });
  };
  return (
    <div className="cb-line" role="search">
      <h2>{trans.__('Data')}</h2>
      <input
        type="search"
        className="cb-seek"
        aria-label={trans.__('Search data')}
        placeholder={trans.__('name, label, source, digest')}
        spellCheck={false}
        value={text}
        onChange={event => {
          const asked = event.target.value;
          setText(asked);
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => ask(asked), SETTLED);
        }}
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Enter') {
            ask(text);
          } else if (event.key === 'Escape' && text) {
            setText('');
            ask('');
          }
        }}
      />
      <label className="cb-choose">
        <input
          type="checkbox"
          checked={model.state.every}
          onChange={event => void model.seek({ every: event.target.checked })}
        />
        {trans.__('all versions')}
      </label>
    </div>
  );
}

/** The list, or what is said instead of it. */
function Listed(props: DataProps): React.ReactElement | null {
  const { model, trans } = props;
  const { page, state } = model;
  if (!page) {
    return null;
  }
  if (!page.rows.length) {
    return (
      <Empty>
        <Marked
          text={
            page.empty_book
              ? trans.__(
                  'No data on record yet. `%track_data NAME` puts a frame, a file or a folder on record; `--role train` says what a run uses it for.'
                )
              : trans.__('Nothing on record has all of these words.')
          }
        />
        {!page.empty_book && (
          <button type="button" className="cb-link" onClick={() => void model.seek({ text: '' })}>
            {trans.__('Show all data')}
          </button>
        )}
      </Empty>
    );
  }
  const left = page.total - page.rows.length;
  return (
    <>
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={trans.__('Data')}>
        <table className="cb-table cb-mod-data">
          <thead>
            <tr>
              <th scope="col">{trans.__('data')}</th>
              <th scope="col">{trans.__('kind')}</th>
              <th scope="col">{trans.__('content')}</th>
              <th scope="col">{trans.__('tracked last')}</th>
              <th scope="col" className="cb-num">
                {trans.__('runs')}
              </th>
              <th scope="col">{trans.__('aliases, labels')}</th>
              <th scope="col">{trans.__('source')}</th>
              <th scope="col">{trans.__('digest')}</th>
            </tr>
          </thead>
          <tbody>
            {page.rows.map(row => (
              <Row key={row.version.dataset_id} {...props} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="cb-note">
        {state.every
          ? trans._n('%1 version', '%1 versions', page.total)
          : trans._n('%1 data set', '%1 data sets', page.total)}
        {left > 0 && (
          <button type="button" className="cb-link" onClick={() => void model.more()}>
            {trans._n('Show %1 more', 'Show %1 more', left)}
          </button>
        )}
      </p>
    </>
  );
}

function Row(props: DataProps & { row: ListedData }): React.ReactElement {
  const { model, row, trans } = props;
  const { version } = row;
  const older = model.state.every ? 0 : row.versions - 1;
  return (
    <tr>
      <th scope="row">
        <DataLink
          id={version.dataset_id}
          label={`${version.name}@${version.version}`}
          open={data => void model.open(data)}
          trans={trans}
        />
        {older > 0 && (
          <span className="cb-muted">{trans._n('and %1 other', 'and %1 others', older)}</span>
        )}
      </th>
      <td>{version.kind}</td>
      <td>{row.extent}</td>
      <td>
        <Ago time={version.tracked || version.created} />
      </td>
      <td className="cb-num">
        <span className="cb-value">{row.runs}</span>
      </td>
      <td>
        <DataWords labels={version.labels} aliases={version.aliases} trans={trans} />
      </td>
      <td title={formatting.shorten(version.source, 400) || undefined}>
        <bdi>{formatting.shorten(version.source, 40)}</bdi>
      </td>
      <td title={version.digest}>
        <code>{shortDigest(version.digest)}</code>
      </td>
    </tr>
  );
}
