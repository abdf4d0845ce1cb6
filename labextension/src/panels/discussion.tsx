/** What was said of one thing: its threads, and a place to begin one. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { draftKey, type IAnchor } from '../models/anchors.ts';
import { anyPlace } from '../models/place.ts';
import { runsTarget, type ThreadsModel } from '../models/threads.ts';
import { Composer } from './composer.tsx';
import { useSignal } from './hooks.ts';
import { NoThreads, ThreadList } from './threads.tsx';
import type { IThreadProps } from './threadParts.tsx';

interface DiscussionProps extends IThreadProps {
  /** What a new thread hangs on. */
  anchor: IAnchor;
  /** What is said where there is no thread yet. */
  empty: string;
}

export function Discussion(props: DiscussionProps): React.ReactElement {
  const { model, place, trans, anchor, empty } = props;
  useSignal(model.changed);
  return (
    <div className="cb-discussion">
      <ThreadList
        {...{ model, place, trans }}
        open={3}
        titled
        empty={<NoThreads text={empty} />}
      />
      {!model.readOnly && (
        <Composer
          {...{ model, place, trans }}
          draft={`new|${draftKey(anchor)}`}
          label={trans.__('Comment…')}
          verb={trans.__('Comment')}
          send={text => model.start(anchor, text)}
        />
      )}
    </div>
  );
}

/** What was said of a checkpoint. */
export function CheckpointDiscussion(props: {
  model: ThreadsModel;
  checkpoint: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, checkpoint, trans } = props;
  React.useEffect(() => {
    void model.refresh();
  }, [model]);
  return (
    <section aria-label={trans.__('Discussion')}>
      <Discussion
        model={model}
        place={anyPlace}
        trans={trans}
        anchor={{ kind: 'checkpoint', checkpoint }}
        empty={trans.__('Nothing is said of this checkpoint yet. Write below.')}
      />
    </section>
  );
}

/** What was said of a dashboard; what is said of its runs stands in its panels. */
export function DashboardDiscussion(props: {
  model: ThreadsModel;
  name: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, name, trans } = props;
  React.useEffect(() => {
    void model.refresh();
  }, [model]);
  return (
    <section aria-label={trans.__('Discussion of the dashboard')}>
      <h3>{trans.__('Discussion')}</h3>
      <Discussion
        model={model}
        place={anyPlace}
        trans={trans}
        anchor={{ kind: 'dashboard', name }}
        empty={trans.__(
          'Nothing is said of this dashboard yet. Write below, or `%comment dashboard:NAME TEXT`.'
        )}
      />
    </section>
  );
}

/** What was said of runs: of one, of its metrics, of a comparison with it. */
export function RunsDiscussion(props: {
  model: ThreadsModel;
  runs: readonly string[];
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, runs, trans } = props;
  const target = runsTarget(runs);
  React.useEffect(() => {
    void model.change({ target });
  }, [model, target]);
  const one = runs.length === 1;
  return (
    <section aria-label={trans.__('Discussion')}>
      <Discussion
        model={model}
        place={anyPlace}
        trans={trans}
        anchor={one ? { kind: 'run', runs } : { kind: 'comparison', runs }}
        empty={
          one
            ? trans.__('Nothing is said of this run yet. Write below, or `%comment run:NAME TEXT`.')
            : trans.__('Nothing is said of these runs yet. Write below.')
        }
      />
    </section>
  );
}
