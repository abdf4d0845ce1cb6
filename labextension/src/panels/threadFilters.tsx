/** Which threads are listed: of what, in which state, with which words. */

import * as React from 'react';

import type { IThreadsState } from '../models/threads.ts';
import { useSignal } from './hooks.ts';
import type { IThreadProps } from './threadParts.tsx';

/** Milliseconds after the last key at which is searched. */
const SETTLED = 250;

/** Filters that are there though they find nothing. */
const ALWAYS: readonly IThreadsState['filter'][] = ['open', 'unread', 'mine'];

interface FiltersProps extends IThreadProps {
  /** What stands before the search field. */
  before?: React.ReactNode;
  /** Whether one can choose between this notebook and the whole book. */
  scoped: boolean;
}

export function ThreadFilters(props: FiltersProps): React.ReactElement {
  const { model, trans, scoped } = props;
  useSignal(model.changed);
  const { state, page } = model;
  const [query, setQuery] = React.useState(state.query);
  React.useEffect(() => {
    if (query === model.state.query) {
      return undefined;
    }
    const timer = setTimeout(() => void model.change({ query }), SETTLED);
    return () => clearTimeout(timer);
  }, [model, query]);
  const filters: [IThreadsState['filter'], string][] = [
    ['open', trans.__('Open')],
    ['unread', trans.__('Unread')],
    ['mine', trans.__('Mine')],
    ['mentions', trans.__('Mentions')],
    ['orphaned', trans.__('Orphaned')],
    ['resolved', trans.__('Resolved')],
    ['', trans.__('All')]
  ];
  const counts = page?.counts;
  return (
    <div className="cb-threadfilters">
      <div className="cb-search">
        <div className="cb-searchbox">
          {props.before}
          <input
            type="search"
            aria-label={trans.__('Search in comments')}
            placeholder={trans.__('Search in comments')}
            value={query}
            onChange={event => setQuery(event.target.value)}
          />
        </div>
      </div>
      <div className="cb-chips" role="group" aria-label={trans.__('Which threads')}>
        {scoped && (
          <select
            aria-label={trans.__('Whose comments')}
            value={state.scope}
            onChange={event =>
              void model.change({ scope: event.target.value as IThreadsState['scope'] })
            }
          >
            <option value="notebook">{trans.__('This notebook')}</option>
            <option value="book">{trans.__('Whole book')}</option>
          </select>
        )}
        {filters.map(([filter, label]) => {
          const count = counts?.[filter || 'all'] ?? 0;
          const chosen = state.filter === filter;
          // What finds nothing takes no room, save for what is always there.
          return count || chosen || ALWAYS.includes(filter) ? (
            <button
              key={filter}
              type="button"
              aria-pressed={chosen}
              onClick={() => void model.change({ filter })}
            >
              {label} {count > 0 && <span className="cb-count">{count}</span>}
            </button>
          ) : null;
        })}
        {state.label && (
          <button type="button" aria-pressed onClick={() => void model.change({ label: '' })}>
            {state.label} ✕
          </button>
        )}
        {!state.label && (page?.labels.length ?? 0) > 0 && (
          <select
            aria-label={trans.__('Label')}
            value=""
            onChange={event => void model.change({ label: event.target.value })}
          >
            <option value="">{trans.__('Label…')}</option>
            {page!.labels.map(label => (
              <option key={label}>{label}</option>
            ))}
          </select>
        )}
      </div>
    </div>
  );
}
