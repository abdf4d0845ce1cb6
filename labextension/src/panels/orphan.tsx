/** A thread whose cell, or what it quotes of it, is gone: to which one it can be attached. */

import * as React from 'react';

import { quoteIn } from '../models/anchors.ts';
import { isLost } from '../models/cellThreads.ts';
import type { ICellHere } from '../models/place.ts';
import type { ThreadView } from '../_generated/types.ts';
import { Marked } from './parts.tsx';
import { useDoing, type IThreadProps } from './threadParts.tsx';

/** Characters of a cell's source that are shown. */
const SHOWN = 240;

export function Orphan(props: IThreadProps & { thread: ThreadView }): React.ReactElement | null {
  const { thread, model, place, trans } = props;
  const { anchor, thread_id: id } = thread;
  const doing = useDoing(model);
  if (!isLost(anchor)) {
    return null;
  }
  if (anchor.kind !== 'cell' && anchor.kind !== 'output') {
    return <p className="cb-orphan">◌ {trans.__('Orphaned: what this was said of is gone.')}</p>;
  }
  const suggested = anchor.suggestion ? (place.cell?.(anchor.suggestion) ?? null) : null;
  const attach = (cell: ICellHere | null) =>
    doing.run(() => {
      if (!cell) {
        throw new Error(trans.__('No cell is active. Click into the cell that it belongs to.'));
      }
      return model.reattach(id, cell.anchor);
    });
  return (
    <div className="cb-orphan">
      <p>
        <span aria-hidden="true">◌ </span>
        {trans.__('Orphaned: the cell that this was said of is gone. It was:')}
      </p>
      {anchor.quote && <pre dir="auto">{cut(anchor.quote)}</pre>}
      {suggested && (
        <>
          <p>{trans.__('Much like it is %1:', suggested.title)}</p>
          <pre dir="auto">{cut(suggested.source)}</pre>
        </>
      )}
      {!model.readOnly && place.active && (
        <div className="cb-composing">
          {suggested && (
            <button
              type="button"
              className="cb-button"
              disabled={doing.busy}
              onClick={() => void attach(suggested)}
            >
              {trans.__('Attach to %1', suggested.title)}
            </button>
          )}
          <button
            type="button"
            className="cb-link"
            disabled={doing.busy}
            onClick={() => void attach(place.active!())}
          >
            {trans.__('Attach to the active cell')}
          </button>
        </div>
      )}
      {doing.problem && (
        <div className="cb-refusal" role="alert">
          <Marked text={doing.problem} />
        </div>
      )}
    </div>
  );
}

/** A thread whose cell is there, and what it quotes in another one, as after a split. */
export function Elsewhere(
  props: IThreadProps & { thread: ThreadView }
): React.ReactElement | null {
  const { thread, model, place, trans } = props;
  const { anchor, thread_id: id } = thread;
  const doing = useDoing(model);
  const there = isLost(anchor) ? '' : anchor.suggestion;
  const cell = there ? (place.cell?.(there) ?? null) : null;
  if (!cell) {
    return null;
  }
  const quote = quoteIn(cell.source, anchor.quote) ?? undefined;
  return (
    <div className="cb-orphan">
      <p>{trans.__('What this quotes is in %1 now.', cell.title)}</p>
      {!model.readOnly && (
        <div className="cb-composing">
          <button
            type="button"
            className="cb-button"
            disabled={doing.busy}
            onClick={() => void doing.run(() => model.reattach(id, { ...cell.anchor, quote }))}
          >
            {trans.__('Attach to %1', cell.title)}
          </button>
        </div>
      )}
      {doing.problem && (
        <div className="cb-refusal" role="alert">
          <Marked text={doing.problem} />
        </div>
      )}
    </div>
  );
}

function cut(source: string): string {
  return source.length > SHOWN ? `${source.slice(0, SHOWN)}…` : source;
}
