/** The tab Models of the sidebar: the registered models of the book, each with what is in service. */

import { searchIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ModelRow } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import type { ModelsModel } from '../models/modelRegistry.ts';
import type { IBook } from '../tokens.ts';
import { useSignal } from './hooks.ts';
import { Served, Stage } from './modelParts.tsx';
import { Ago, Empty, Loading, Marked, Trouble } from './parts.tsx';

interface TabProps {
  model: ModelsModel;
  book: IBook;
  /** Show a model, by its name, or all without one. */
  open: (name: string) => void;
  trans: TranslationBundle;
}

/** Models from which on one may look for some. */
const MANY = 8;

/** The whole tab; it follows the book while it is there. */
export function ModelsTab(props: TabProps): React.ReactElement {
  const { model, book, trans } = props;
  useSignal(model.changed);
  React.useEffect(() => {
    const listening = book.listen();
    const tell = (_: unknown, tables: readonly string[]) => model.tell(tables);
    const follow = () => void model.follow(book.notebook);
    book.changed.connect(tell);
    book.notebookChanged.connect(follow);
    follow();
    return () => {
      book.changed.disconnect(tell);
      book.notebookChanged.disconnect(follow);
      listening.dispose();
    };
  }, [model, book]);
  const { list, problem, state } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  const seeks = state.text !== '' || (list?.models.length ?? 0) >= MANY;
  return (
    <div className="cb-modelstab">
      <Loading busy={model.busy && !list} label={trans.__('Loading')} />
      {seeks && (
        <div className="cb-search">
          <div className="cb-searchbox">
            <searchIcon.react tag="span" className="cb-icon" aria-hidden="true" />
            <input
              type="search"
              aria-label={trans.__('Search models')}
              placeholder={trans.__('name, owner, tag')}
              spellCheck={false}
              value={state.text}
              onChange={event => void model.seek(event.target.value)}
              onKeyDown={event => event.stopPropagation()}
            />
          </div>
        </div>
      )}
      {problem && <Trouble message={problem} action={again} />}
      {list?.note && (
        <p className="cb-note cb-listnote">
          <Marked text={list.note} />
        </p>
      )}
      {list && <Listed {...props} models={list.models} empty={list.empty_book} />}
    </div>
  );
}

function Listed(
  props: TabProps & { models: readonly ModelRow[]; empty: boolean }
): React.ReactElement {
  const { models, empty, open, trans } = props;
  if (!models.length) {
    return (
      <Empty>
        <Marked
          text={
            empty
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
      <ul className="cb-models" aria-label={trans.__('Models')}>
        {models.map(row => (
          <li key={row.name}>
            <Row {...props} row={row} />
          </li>
        ))}
      </ul>
      <p className="cb-note">
        {trans._n('%1 model', '%1 models', models.length)}{' '}
        <button type="button" className="cb-link" onClick={() => open('')}>
          {trans.__('Show all in a tab')}
        </button>
      </p>
    </>
  );
}

/** One model: its name and newest version; below, where its aliases lead and what is in production. */
function Row(props: TabProps & { row: ModelRow }): React.ReactElement {
  const { row, open, trans } = props;
  const aliases = Object.entries(row.aliases);
  return (
    <button type="button" className="cb-model" onClick={() => open(row.name)}>
      <span className="cb-modelname">
        <bdi className="cb-name" title={formatting.shorten(row.name, 400)}>
          {formatting.shorten(row.name, 120)}
        </bdi>
        <span className="cb-number" title={trans._n('%1 version', '%1 versions', row.versions)}>
          {row.latest && `v${row.latest}`}
        </span>
      </span>
      <span className="cb-modelfacts">
        {row.production.length > 0 && (
          <span className="cb-inproduction">
            <Stage stage="production" trans={trans} /> v{row.production.join(', v')}
          </span>
        )}
        {aliases.map(([alias, version]) => (
          <bdi key={alias} className="cb-tag cb-mod-alias">
            @{formatting.shorten(alias, 40)} → {version}
          </bdi>
        ))}
        {row.served.length > 0 && <Served text={trans.__('serves %1', `v${row.served.join(', v')}`)} trans={trans} />}
        {row.deprecated && (
          <span className="cb-error" title={formatting.shorten(row.deprecated, 400)}>
            {trans.__('deprecated')}
          </span>
        )}
        {row.conflicts.length > 0 && (
          <span className="cb-error" title={row.conflicts.join('\n')}>
            ⚠ {trans._n('%1 conflict', '%1 conflicts', row.conflicts.length)}
          </span>
        )}
        <span className="cb-muted">
          <Ago time={row.updated} />
        </span>
      </span>
    </button>
  );
}
