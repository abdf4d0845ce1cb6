/** A dashboard: panels under a name, each a comparison, in the order that somebody gave them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DashboardModel, IPlaced } from '../models/dashboard.ts';
import type { IHost } from '../models/host.ts';
import { Compare } from './compare.tsx';
import { useSignal } from './hooks.ts';
import { Menu } from './menu.tsx';
import { Empty, Guard, Loading, Marked, Trouble } from './parts.tsx';

interface DashboardProps {
  model: DashboardModel;
  host: IHost;
  trans: TranslationBundle;
}

/** The whole page. */
export function Dashboard(props: DashboardProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.changed);
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  return (
    <div className="cb-dashboard">
      <Loading busy={!model.ready && !model.problem} label={trans.__('Loading')} />
      {model.problem && (
        // To read it anew would lose what was changed by hand: that is for "Undo all".
        <Trouble message={model.problem} action={model.touched ? undefined : again} />
      )}
      {model.ready && (
        <>
          <div className="cb-line">
            <h2>
              <bdi>{model.name}</bdi>
            </h2>
            {model.touched && (
              <>
                <span className="cb-muted">{trans.__('changed, not saved')}</span>
                <button type="button" className="cb-link" onClick={() => void model.save()}>
                  {trans.__('Save')}
                </button>
                <button type="button" className="cb-link" onClick={() => void model.refresh()}>
                  {trans.__('Undo all')}
                </button>
              </>
            )}
          </div>
          {model.panels.length === 0 && (
            <Empty>
              <Marked
                text={trans.__(
                  'There is nothing on it: "Add to a dashboard" in a comparison, or `%dashboard NAME --add #1 #2`, puts panels here.'
                )}
              />
            </Empty>
          )}
          {model.panels.map(placed => (
            <Placed key={placed.key} {...props} placed={placed} />
          ))}
        </>
      )}
    </div>
  );
}

function Placed(props: DashboardProps & { placed: IPlaced }): React.ReactElement {
  const { model, placed, host, trans } = props;
  const { key, panel } = placed;
  const place = model.panels.indexOf(placed);
  const title = panel.title || panel.query || trans.__('Runs');
  return (
    <section className="cb-placed" aria-label={title}>
      <div className="cb-line">
        <input
          className="cb-titlefield"
          aria-label={trans.__('Title')}
          value={panel.title}
          placeholder={title}
          maxLength={200}
          onChange={event => model.entitle(key, event.target.value)}
        />
        <Menu
          label={trans.__('panel')}
          items={[
            ...(place > 0 ? [{ label: trans.__('Move up'), run: () => model.move(key, -1) }] : []),
            ...(place < model.panels.length - 1
              ? [{ label: trans.__('Move down'), run: () => model.move(key, 1) }]
              : []),
            { label: trans.__('Take away'), run: () => model.drop(key) }
          ]}
        />
      </div>
      {placed.model ? (
        <Guard trans={trans}>
          <Compare model={placed.model} host={host} trans={trans} />
        </Guard>
      ) : (
        <Empty>{placed.problem}</Empty>
      )}
    </section>
  );
}
