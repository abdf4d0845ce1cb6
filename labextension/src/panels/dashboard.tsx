/** A dashboard: panels under a name, each a comparison, in the order that somebody gave them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DashboardModel, IPlaced } from '../models/dashboard.ts';
import type { IHost } from '../models/host.ts';
import { Compare } from './compare.tsx';
import { DashboardDiscussion } from './discussion.tsx';
import { scrollAtEdges } from './edgeScroll.ts';
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
                {!model.gone && (
                  <>
                    <button type="button" className="cb-link" onClick={() => void model.save()}>
                      {trans.__('Save')}
                    </button>
                    <button type="button" className="cb-link" onClick={() => void model.refresh()}>
                      {trans.__('Undo all')}
                    </button>
                  </>
                )}
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
          <div className="cb-board">
            {model.panels.map(placed => (
              <Placed key={placed.key} {...props} placed={placed} />
            ))}
          </div>
          {!model.gone && (
            <DashboardDiscussion model={model.threads} name={model.name} trans={trans} />
          )}
        </>
      )}
    </div>
  );
}

/** What is dragged is told from what comes from elsewhere. */
const DRAGGED = 'application/x-cellbook-panel';

/** What a panel is moved by: with the mouse, or with the arrow keys. */
function Grip(
  props: DashboardProps & { placed: IPlaced; place: number; title: string }
): React.ReactElement {
  const { model, placed, place, title, trans } = props;
  const { key } = placed;
  const grip = React.useRef<HTMLButtonElement>(null);
  const held = React.useRef(false);
  React.useEffect(() => {
    // What is moved in the page loses the focus.
    if (held.current) {
      held.current = false;
      grip.current!.closest('.cb-placed')!.scrollIntoView({ block: 'nearest' });
      // Of a panel that is higher than the page, what it is moved by stays in sight.
      grip.current!.focus();
    }
  }, [place]);
  const stop = React.useRef<(() => void) | null>(null);
  const end = () => {
    stop.current?.();
    stop.current = null;
  };
  React.useEffect(() => end, []);
  const count = model.panels.length;
  return (
    <button
      ref={grip}
      type="button"
      className="cb-grip"
      draggable
      aria-label={trans.__('Move %1 (%2 of %3)', title, place + 1, count)}
      title={trans.__('Drag it to another place, or use the arrow keys')}
      onDragStart={event => {
        event.dataTransfer.setData(DRAGGED, String(key));
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setDragImage(grip.current!.closest('.cb-placed')!, 16, 16);
        event.stopPropagation();
        stop.current = scrollAtEdges(grip.current!);
      }}
      onDragEnd={end}
      onKeyDown={event => {
        const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
        if (by !== undefined) {
          event.preventDefault();
          event.stopPropagation();
          held.current = true;
          model.move(key, by);
        }
      }}
    >
      ⠿
    </button>
  );
}

function Placed(props: DashboardProps & { placed: IPlaced }): React.ReactElement {
  const { model, placed, host, trans } = props;
  const { key, panel } = placed;
  const place = model.panels.indexOf(placed);
  const title = panel.title || panel.query || trans.__('Runs');
  const half = panel.width === 'half';
  const [aimed, setAimed] = React.useState(false);
  const dragged = (event: React.DragEvent) => event.dataTransfer.types.includes(DRAGGED);
  return (
    <section
      className={`cb-placed${half ? ' cb-mod-half' : ''}${aimed ? ' cb-mod-aimed' : ''}`}
      aria-label={title}
      onDragOver={event => {
        if (dragged(event)) {
          event.preventDefault();
          setAimed(true);
        }
      }}
      onDragLeave={() => setAimed(false)}
      onDrop={event => {
        setAimed(false);
        if (dragged(event)) {
          event.preventDefault();
          model.moveTo(Number(event.dataTransfer.getData(DRAGGED)), place);
        }
      }}
    >
      <div className="cb-line">
        {!model.gone && <Grip {...props} place={place} title={title} />}
        <input
          className="cb-titlefield"
          title={title}
          readOnly={model.gone}
          aria-label={trans.__('Title')}
          value={panel.title}
          placeholder={title}
          maxLength={200}
          onChange={event => model.entitle(key, event.target.value)}
        />
        {!model.gone && (
          <Menu
            label={trans.__('panel')}
            items={[
              ...(place > 0 ? [{ label: trans.__('Move up'), run: () => model.move(key, -1) }] : []),
              ...(place < model.panels.length - 1
                ? [{ label: trans.__('Move down'), run: () => model.move(key, 1) }]
                : []),
              half
                ? { label: trans.__('Full width'), run: () => model.widen(key, 'full') }
                : { label: trans.__('Half width'), run: () => model.widen(key, 'half') },
              { label: trans.__('Take away'), run: () => model.drop(key) }
            ]}
          />
        )}
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
