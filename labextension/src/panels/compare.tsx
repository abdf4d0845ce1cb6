/** Runs beside one another: the table, and below it what one looks at in them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ComparisonModel } from '../models/comparison.ts';
import * as formatting from '../models/format.ts';
import type { IHost } from '../models/host.ts';
import { Code } from './code.tsx';
import { CompareTable } from './compareTable.tsx';
import { Curves } from './curves.tsx';
import { DataTab } from './dataTab.tsx';
import { DetailsTab } from './detailsTab.tsx';
import { RunsDiscussion } from './discussion.tsx';
import { useExport } from './exportMenu.tsx';
import { useSignal } from './hooks.ts';
import { Media } from './media.tsx';
import { Empty, Eye, Loading, Marked, Trouble } from './parts.tsx';
import { Pin } from './pin.tsx';
import { Relations } from './relations.tsx';
import { RunsTable } from './runsTable.tsx';
import { Tabs } from './tabs.tsx';

export interface CompareProps {
  model: ComparisonModel;
  host: IHost;
  trans: TranslationBundle;
}

/** The questions of what a page of its own can show. */
const WRITTEN: Record<string, string> = {
  curves: 'compare',
  relations: 'relations',
  data: 'compare-data'
};

/** The whole panel. */
export function Compare(props: CompareProps): React.ReactElement {
  const { model, host, trans } = props;
  const [raised, setRaised] = React.useState<number | null>(null);
  const [pinning, setPinning] = React.useState(false);
  const id = React.useId();
  useSignal(model.changed);
  const { comparison, problem } = model;
  const { runs, unseen } = model.state;
  // A new list is read anew.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const seen = React.useMemo(() => model.seen, [model, runs, unseen]);
  // A page by itself has no answers but those that it came with.
  const asRows = model.asRows && !host.alone;
  const pin = host.alone ? null : () => setPinning(true);
  const [menu, exported] = useExport({
    file: format => model.file(format),
    // A page by itself makes what it can without anybody's help.
    formats: host.alone ? ['csv', 'markdown'] : undefined,
    host,
    pin,
    trans
  });
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  return (
    <div className="cb-compare">
      <Loading busy={model.busy} label={trans.__('Loading the comparison')} />
      {model.gone && (
        <p className="cb-note" role="status">
          {trans.__(
            'The kernel of this panel is gone: what you see stays as it was. Run the cell again to go on.'
          )}
        </p>
      )}
      {problem && !model.gone && <Trouble message={problem} action={again} />}
      {[...(model.state.notes ?? []), ...(comparison?.missing ?? [])].map(note => (
        <p key={note} className="cb-note">
          <Marked text={note} />
        </p>
      ))}
      {model.waiting && !problem && (
        <Empty>
          <Marked
            text={trans.__(
              'No runs yet. `%track_run NAME` starts one: what there is to compare shows here then.'
            )}
          />
        </Empty>
      )}
      {comparison && (
        <>
          <div className="cb-line">
            <h2>
              {trans._n('%1 run compared', '%1 runs compared', model.count)}
              {model.hiddenRuns.length > 0 && trans.__(', %1 hidden', model.hiddenRuns.length)}
            </h2>
            {comparison.runs.length > 1 && !host.alone && (
              <label className="cb-choose">
                <input
                  type="checkbox"
                  checked={asRows}
                  onChange={event => void model.change({ rows: event.target.checked })}
                />
                {trans.__('runs as rows')}
              </label>
            )}
            {!asRows && model.places.length > 1 && (
              <label className="cb-choose">
                <input
                  type="checkbox"
                  checked={!model.state.everything}
                  onChange={event => void model.change({ everything: !event.target.checked })}
                />
                {trans.__('only what differs')}
              </label>
            )}
            {!asRows && menu}
          </div>
          {!asRows && exported}
          {model.count > comparison.runs.length && (
            <p className="cb-note">
              {asRows
                ? trans.__('The curves are of the first %1.', comparison.runs.length)
                : trans.__(
                    'The table and the curves are of the first %1; relations are of all.',
                    comparison.runs.length
                  )}
            </p>
          )}
          {pinning && <Pin model={model} close={() => setPinning(false)} trans={trans} />}
          {asRows ? (
            <RunsTable
              model={model.grid}
              host={host}
              pin={pin ?? undefined}
              trans={trans}
              open={(runs, baseline) => {
                if (runs.length > 1) {
                  model.grid.clear();
                  void model.change({ runs, baseline });
                } else {
                  void model.change({ run: runs[0], tab: 'details' });
                }
              }}
            />
          ) : (
            <CompareTable model={model} fixed={host.alone} raise={setRaised} trans={trans} />
          )}
          <Hidden model={model} trans={trans} />
          {host.alone && !model.holds('relations') && !model.holds('compare-data') ? (
            <Curves {...props} raised={raised} />
          ) : (
            <Tabs
              id={id}
              label={trans.__('What to look at')}
              disabled={model.gone}
              tabs={[
                {
                  id: 'curves',
                  label: trans.__('Curves'),
                  view: () => <Curves {...props} raised={raised} />
                },
                {
                  id: 'relations',
                  label: trans.__('Relations'),
                  view: () => <Relations {...props} />
                },
                {
                  id: 'code',
                  label: trans.__('Code'),
                  view: () => <Code {...props} />
                },
                {
                  id: 'data',
                  label: trans.__('Data'),
                  view: () => <DataTab model={model} runs={seen} host={host} trans={trans} />
                },
                {
                  id: 'media',
                  label: trans.__('Media'),
                  view: () => (
                    <Media model={model.media} runs={seen} host={host} trans={trans} />
                  )
                },
                {
                  id: 'details',
                  label: trans.__('Details'),
                  view: () => <DetailsTab model={model} trans={trans} />
                },
                {
                  id: 'discussion',
                  label: trans.__('Discussion'),
                  view: () => (
                    <RunsDiscussion model={model.threads} runs={model.state.runs} trans={trans} />
                  )
                }
              ].filter(tab => !host.alone || model.holds(WRITTEN[tab.id] ?? ''))}
              chosen={model.state.tab}
              onChoose={tab => void model.change({ tab })}
            />
          )}
        </>
      )}
    </div>
  );
}

/** The runs that are hidden, each to be shown again. */
function Hidden(props: {
  model: ComparisonModel;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { model, trans } = props;
  const hidden = model.hiddenRuns;
  const base = hidden.find(run => run.run_id === model.state.baseline);
  if (!hidden.length) {
    return null;
  }
  return (
    <p className="cb-hidden">
      <span className="cb-muted">{trans.__('Hidden:')}</span>
      {hidden.map(run => (
        <button
          key={run.run_id}
          type="button"
          className="cb-link"
          aria-label={trans.__('Show run %1 again', run.number)}
          title={trans.__('Show again')}
          onClick={() => void model.hide(run.run_id, false)}
        >
          <Eye closed /> #{run.number} <bdi>{formatting.shorten(run.name, 40)}</bdi>
        </button>
      ))}
      {hidden.length > 1 && (
        <button
          type="button"
          className="cb-link"
          onClick={() => void model.change({ unseen: [] })}
        >
          {trans.__('Show all')}
        </button>
      )}
      {base && (
        <span className="cb-muted">
          {trans.__('The others are still compared with #%1, the baseline.', base.number)}
        </span>
      )}
    </p>
  );
}
