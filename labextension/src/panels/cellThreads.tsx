/** What is said of a cell, beside it. */

import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import * as React from 'react';

import { draftKey, type IAnchor } from '../models/anchors.ts';
import { threadsAt } from '../models/cellThreads.ts';
import type { ThreadView } from '../_generated/types.ts';
import { showBeside } from './beside.ts';
import { Composer } from './composer.tsx';
import { useSignal } from './hooks.ts';
import { Trouble } from './parts.tsx';
import { Thread } from './thread.tsx';
import type { IThreadProps } from './threadParts.tsx';

const WIDTH = 440;

interface CellThreadsOptions extends IThreadProps {
  cell: Cell;
  notebook: Notebook;
  title: string;
  /** What a new thread hangs on. */
  anchor: IAnchor;
  /** Whether one is to begin a new thread, though there may be others. */
  fresh: boolean;
}

/** Show the threads of a cell, until they are closed. */
export function showThreads(options: CellThreadsOptions): Promise<void> {
  const id = options.cell.model.id;
  return showBeside({
    modal: false,
    cell: options.cell,
    notebook: options.notebook,
    title: options.title,
    className: 'cb-popover',
    width: WIDTH,
    side: 'right',
    content: close => <CellThreads {...options} id={id} close={close} />
  });
}

interface CellThreadsProps extends CellThreadsOptions {
  /** The cell's: its widget may go before this does. */
  id: string;
  close: () => void;
}

function CellThreads(props: CellThreadsProps): React.ReactElement {
  const { model, place, trans, anchor, title, close } = props;
  useSignal(model.changed);
  const all = threadsAt(model.threads, props.id);
  const open = all.filter(thread => !thread.resolved);
  const resolved = all.filter(thread => thread.resolved);
  const [showResolved, setShowResolved] = React.useState(!open.length);
  // What is resolved here stays where it was: there it can be opened again.
  const [opened] = React.useState(() => new Set<string>());
  open.forEach(thread => opened.add(thread.thread_id));
  const [began, setBegan] = React.useState(props.fresh || !all.length);
  const hidden = showResolved ? [] : resolved.filter(thread => !opened.has(thread.thread_id));
  const places = [...opened];
  const placeOf = ({ thread_id: id }: ThreadView) =>
    opened.has(id) ? places.indexOf(id) : places.length;
  const shown = all
    .filter(thread => !hidden.includes(thread))
    .sort((a, b) => placeOf(a) - placeOf(b));
  const elsewhere = {
    ...place,
    open: (target: string) => {
      close();
      place.open(target);
    }
  };
  return (
    <>
      <header className="cb-popoverhead">
        <h2>{title}</h2>
        <button type="button" className="cb-link" aria-label={trans.__('Close')} onClick={close}>
          ✕
        </button>
      </header>
      {model.problem && <Trouble message={model.problem} />}
      {shown.map((thread, at) => (
        <Thread
          key={thread.thread_id}
          {...{ model, trans, thread }}
          place={elsewhere}
          titled={false}
          focus={!began && at === 0}
        />
      ))}
      {hidden.length > 0 && (
        <button type="button" className="cb-link cb-more" onClick={() => setShowResolved(true)}>
          {trans._n('%1 resolved thread', '%1 resolved threads', hidden.length)}
        </button>
      )}
      {!model.readOnly &&
        (began ? (
          <div className="cb-newthread">
            {anchor.quote && (
              <blockquote className="cb-quote" dir="auto">
                {anchor.quote.exact}
              </blockquote>
            )}
            <Composer
              {...{ model, trans }}
              place={elsewhere}
              draft={`new|${draftKey(anchor)}`}
              label={
                anchor.quote
                  ? trans.__('Comment on this text…')
                  : anchor.output === undefined
                    ? trans.__('Comment on this cell…')
                    : trans.__('Comment on this output…')
              }
              verb={trans.__('Comment')}
              focus
              send={async text => {
                await model.start(anchor, text);
                setBegan(false);
              }}
            />
          </div>
        ) : (
          <button type="button" className="cb-link cb-more" onClick={() => setBegan(true)}>
            {trans.__('New thread')}
          </button>
        ))}
    </>
  );
}
