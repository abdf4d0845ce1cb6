/** Runs beside one another: the table, and below it what one looks at in them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ComparisonModel } from '../models/comparison.ts';
import type { IHost } from '../models/host.ts';
import { Code } from './code.tsx';
import { CompareTable } from './compareTable.tsx';
import { Curves } from './curves.tsx';
import { DetailsTab } from './detailsTab.tsx';
import { ExportMenu } from './exportMenu.tsx';
import { useSignal } from './hooks.ts';
import { Media } from './media.tsx';
import { Loading, Marked, Trouble } from './parts.tsx';
import { Pin } from './pin.tsx';
import { Relations } from './relations.tsx';
import { Tabs } from './tabs.tsx';

export interface CompareProps {
  model: ComparisonModel;
  host: IHost;
  trans: TranslationBundle;
}

/** The whole panel. */
export function Compare(props: CompareProps): React.ReactElement {
  const { model, host, trans } = props;
  const [raised, setRaised] = React.useState<number | null>(null);
  const [pinning, setPinning] = React.useState(false);
  const id = React.useId();
  useSignal(model.changed);
  const { comparison, problem } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  return (
    <div className="cb-compare">
      <Loading busy={model.busy} label={trans.__('Loading the comparison')} />
      {problem && <Trouble message={problem} action={again} />}
      {[...(model.state.notes ?? []), ...(comparison?.missing ?? [])].map(note => (
        <p key={note} className="cb-note">
          <Marked text={note} />
        </p>
      ))}
      {comparison && (
        <>
          <div className="cb-line">
            <h2>{trans._n('%1 run compared', '%1 runs compared', model.count)}</h2>
            <label className="cb-choose">
              <input
                type="checkbox"
                checked={!model.state.everything}
                onChange={event => void model.change({ everything: !event.target.checked })}
              />
              {trans.__('only what differs')}
            </label>
            <ExportMenu
              model={model}
              host={host}
              pin={host.alone ? null : () => setPinning(true)}
              trans={trans}
            />
          </div>
          {model.count > comparison.runs.length && (
            <p className="cb-note">
              {trans.__(
                'The table and the curves are of the first %1; relations are of all.',
                comparison.runs.length
              )}
            </p>
          )}
          {pinning && <Pin model={model} close={() => setPinning(false)} trans={trans} />}
          <CompareTable model={model} fixed={host.alone} raise={setRaised} trans={trans} />
          {host.alone ? (
            <Curves {...props} raised={raised} />
          ) : (
            <Tabs
              id={id}
              label={trans.__('What to look at')}
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
                  id: 'media',
                  label: trans.__('Media'),
                  view: () => (
                    <Media model={model.media} runs={model.state.runs} host={host} trans={trans} />
                  )
                },
                {
                  id: 'details',
                  label: trans.__('Details'),
                  view: () => <DetailsTab model={model} trans={trans} />
                }
              ]}
              chosen={model.state.tab}
              onChoose={tab => void model.change({ tab })}
            />
          )}
        </>
      )}
    </div>
  );
}
