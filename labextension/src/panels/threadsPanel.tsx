/** Threads in a cell's output: those that somebody asked for, to be narrowed and answered. */

import * as React from 'react';

import { useSignal } from './hooks.ts';
import { ThreadFilters } from './threadFilters.tsx';
import { NoThreads, ThreadList } from './threads.tsx';
import type { IThreadProps } from './threadParts.tsx';

/** As many threads are open at first, if there are no more. */
const OPEN = 3;

export function ThreadsPanel(props: IThreadProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.changed);
  const { target } = model.state;
  return (
    <div className="cb-threadspanel">
      <ThreadFilters {...props} scoped={!target} />
      <ThreadList
        {...props}
        open={OPEN}
        empty={
          <NoThreads
            text={trans.__('No thread is found. `%comment TEXT` begins one on the cell it stands in.')}
          />
        }
      />
    </div>
  );
}
