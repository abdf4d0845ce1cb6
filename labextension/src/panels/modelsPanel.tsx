/** Registered models: the list of them, a model, one of its versions, or several beside one another. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ModelRow } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import type { ModelsModel } from '../models/modelRegistry.ts';
import type { IHeard } from '../tokens.ts';
import { useSignal } from './hooks.ts';
import { ModelOverview } from './modelOverview.tsx';
import { ModelTags, Served, Stage } from './modelParts.tsx';
import { ComparedVersions } from './modelsCompared.tsx';
import { ModelVersionView } from './modelVersion.tsx';
import { Ago, Empty, Loading, Marked, Trouble } from './parts.tsx';

export interface ModelsProps {
  model: ModelsModel;
  book: IHeard;
  trans: TranslationBundle;
}

/** The whole panel. */
export function Models(props: ModelsProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.changed);
  const { state, problem, page, version, comparison, list } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  const node = React.useRef<HTMLDivElement>(null);
  const compares = state.compared.length > 1;
  const looksAt = JSON.stringify([state.model, state.version, state.compared]);
  const looked = React.useRef(looksAt);
  React.useEffect(() => {
    // Keys go on where one has come to.
    if (looked.current !== looksAt) {
      looked.current = looksAt;
      node.current?.focus();
      node.current?.scrollTo({ top: 0 });
    }
  }, [looksAt]);
  const up = () => {
    void (compares || state.version ? model.openModel(state.model) : model.openList());
  };
  const ready = compares ? comparison : state.version ? version : state.model ? page : list;
  return (
    <div
      ref={node}
      className="cb-compare cb-datapanel"
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape' && (state.model || state.version)) {
          up();
        }
      }}
    >
      <Loading busy={model.busy && !ready} label={trans.__('Loading')} />
      {state.model || state.version ? <Path {...props} /> : <Seek {...props} />}
      {problem && <Trouble message={problem} action={again} />}
      {compares && comparison && <ComparedVersions {...props} found={comparison} />}
      {!compares && state.version && version && (
        <ModelVersionView key={version.row.version_id} {...props} details={version} />
      )}
      {!compares && !state.version && state.model && page && (
        <ModelOverview key={page.name} {...props} page={page} />
      )}
      {!state.model && !state.version && <Listed {...props} />}
    </div>
  );
}

/** Where one is, each step of it a way back. */
function Path(props: ModelsProps): React.ReactElement {
  const { model, trans } = props;
  const { state } = model;
  const deeper = state.model && (state.version || state.compared.length > 1);
  return (
    <nav className="cb-line" aria-label={trans.__('Where you are')}>
      <button type="button" className="cb-link" onClick={() => void model.openList()}>
        {trans.__('‹ All models')}
      </button>
      {deeper && (
        <button type="button" className="cb-link" onClick={() => void model.openModel(state.model)}>
          {/* A flex box drops a space at the end of a text. */}
          <bdi>{`‹ ${formatting.shorten(state.model, 80)}`}</bdi>
        </button>
      )}
    </nav>
  );
}

/** What is looked for. */
function Seek(props: ModelsProps): React.ReactElement {
  const { model, trans } = props;
  return (
    <div className="cb-line" role="search">
      <h2>{trans.__('Models')}</h2>
      <input
        type="search"
        className="cb-seek"
        aria-label={trans.__('Search models')}
        placeholder={trans.__('name, owner, tag')}
        spellCheck={false}
        value={model.state.text}
        onChange={event => void model.seek(event.target.value)}
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Escape' && model.state.text) {
            void model.seek('');
          }
        }}
      />
    </div>
  );
}

/** The list, or what is said instead of it. */
function Listed(props: ModelsProps): React.ReactElement | null {
  const { model, trans } = props;
  const { list } = model;
  if (!list) {
    return null;
  }
  if (!list.models.length) {
    return (
      <Empty>
        <Marked
          text={
            list.empty_book
              ? trans.__(
                  'No model is registered yet. `%register_model NAME` registers the model in a variable; `run.log_model(model, "NAME")` does it in code.'
                )
              : trans.__('No model has all of these words.')
          }
        />
      </Empty>
    );
  }
  return (
    <>
      {list.note && (
        <p className="cb-note">
          <Marked text={list.note} />
        </p>
      )}
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={trans.__('Models')}>
        <table className="cb-table cb-mod-data">
          <thead>
            <tr>
              <th scope="col">{trans.__('model')}</th>
              <th scope="col">{trans.__('newest')}</th>
              <th scope="col">{trans.__('in production')}</th>
              <th scope="col">{trans.__('aliases')}</th>
              <th scope="col">{trans.__('owners')}</th>
              <th scope="col">{trans.__('tags')}</th>
              <th scope="col">{trans.__('changed')}</th>
            </tr>
          </thead>
          <tbody>
            {list.models.map(row => (
              <Row key={row.name} {...props} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="cb-note">{trans._n('%1 model', '%1 models', list.models.length)}</p>
    </>
  );
}

function Row(props: ModelsProps & { row: ModelRow }): React.ReactElement {
  const { model, row, trans } = props;
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          className="cb-link cb-datalink"
          onClick={() => void model.openModel(row.name)}
        >
          <bdi>{formatting.shorten(row.name, 80)}</bdi>
        </button>
        {row.deprecated && <span className="cb-error">{trans.__('deprecated')}</span>}
        {row.served.length > 0 && <Served text={trans.__('serves %1', `v${row.served.join(', v')}`)} trans={trans} />}
        {row.conflicts.length > 0 && (
          <span className="cb-error" title={row.conflicts.join('\n')}>
            ⚠
          </span>
        )}
        {row.description && (
          <div className="cb-muted cb-modelabout">
            <bdi>{formatting.shorten(row.description, 120)}</bdi>
          </div>
        )}
      </th>
      <td>
        {row.latest && `v${row.latest}`}{' '}
        <span className="cb-muted">{trans._n('of %1', 'of %1', row.versions)}</span>
      </td>
      <td>
        {row.production.length ? (
          <>
            <Stage stage="production" trans={trans} /> v{row.production.join(', v')}
          </>
        ) : (
          <span className="cb-muted">{formatting.MISSING}</span>
        )}
      </td>
      <td>
        <span className="cb-datawords">
          {Object.entries(row.aliases).map(([alias, version]) => (
            <bdi key={alias} className="cb-tag cb-mod-alias">
              @{formatting.shorten(alias, 40)} → {version}
            </bdi>
          ))}
        </span>
      </td>
      <td>
        <bdi>{formatting.shorten(row.owners.join(', '), 80)}</bdi>
      </td>
      <td>
        <ModelTags tags={row.tags} />
      </td>
      <td>
        <Ago time={row.updated} />
      </td>
    </tr>
  );
}
