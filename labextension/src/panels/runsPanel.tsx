/** A table of runs, in whose place those that somebody chose are compared. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ComparisonModel } from '../models/comparison.ts';
import { comparing } from '../models/looks.ts';
import type { GridModel } from '../models/grid.ts';
import type { IHost } from '../models/host.ts';
import type { ISource } from '../models/source.ts';
import { Compare } from './compare.tsx';
import { RunsTable } from './runsTable.tsx';

interface RunsPanelProps {
  model: GridModel;
  source: ISource;
  host: IHost;
  trans: TranslationBundle;
  /** Hears of the comparison that is shown, which wants to be told of changes; null for none. */
  follow: (comparison: ComparisonModel | null) => void;
}

/** The table, or the comparison with a way back. */
export function RunsPanel(props: RunsPanelProps): React.ReactElement {
  const { model, source, host, trans, follow } = props;
  const [comparison, setComparison] = React.useState<ComparisonModel | null>(null);
  const box = React.useRef<HTMLDivElement>(null);
  const show = (next: ComparisonModel | null) => {
    follow(next);
    setComparison(next);
    // Who went there by the keyboard goes on there.
    requestAnimationFrame(() => {
      box.current?.querySelector<HTMLElement>('.cb-back, [role=grid]')?.focus();
    });
  };
  return (
    <div ref={box}>
      {comparison ? (
        <>
          <button type="button" className="cb-link cb-back" onClick={() => show(null)}>
            ← {trans.__('All runs')}
          </button>
          <Compare model={comparison} host={host} trans={trans} />
        </>
      ) : (
        <div className="cb-compare">
          <RunsTable
            model={model}
            host={host}
            trans={trans}
            open={(runs, baseline) => {
              const state = comparing(model.state.notebook, runs, baseline);
              const next = new ComparisonModel(
                source,
                runs.length > 1 ? state : { ...state, everything: true, tab: 'details' }
              );
              show(next);
              void next.refresh();
            }}
          />
        </div>
      )}
    </div>
  );
}
