/** The point of a curve that is chosen, what is said of it, and a place to say something. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { draftKey } from '../models/anchors.ts';
import { colourOf } from '../models/colours.ts';
import { drafts } from '../models/drafts.ts';
import { anyPlace } from '../models/place.ts';
import { pointAnchor, type IPoint, type ISaid } from '../models/points.ts';
import type { PointTalk } from '../models/pointTalk.ts';
import { Composer } from './composer.tsx';
import { useSignal } from './hooks.ts';
import { Bubble } from './parts.tsx';
import { ThreadList } from './threads.tsx';

interface PointBoxProps {
  point: IPoint;
  /** What it is called. */
  words: string;
  /** Of its run. */
  number: number;
  /** Other points that have the same mark. */
  near: readonly ISaid[];
  /** Null where there is nobody to say something to. */
  talk: PointTalk | null;
  choose: (point: IPoint) => void;
  letGo: () => void;
  trans: TranslationBundle;
}

export function PointBox(props: PointBoxProps): React.ReactElement {
  const { talk, letGo, trans } = props;
  const box = React.useRef<HTMLElement>(null);
  React.useEffect(() => {
    // Browsers of now return a promise, which is nothing to clean up by.
    void box.current!.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section
      ref={box}
      className="cb-point"
      aria-label={trans.__('Chosen point')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          letGo();
        }
      }}
    >
      {talk && !talk.gone ? <Talk {...props} talk={talk} /> : <Head {...props} />}
    </section>
  );
}

/** What the point is called, and those beside it. */
function Head(props: PointBoxProps & { children?: React.ReactNode }): React.ReactElement {
  const { words, number, near, choose, letGo, trans } = props;
  return (
    <>
      <div className="cb-pointhead">
        <span aria-hidden="true" className="cb-pointdot" style={{ background: colourOf(number) }} />
        <bdi>{words}</bdi>
        {props.children}
        <button
          type="button"
          className="cb-iconbutton"
          aria-label={trans.__('Let go of this point')}
          title={trans.__('Let go of this point')}
          onClick={letGo}
        >
          ×
        </button>
      </div>
      {near.length > 0 && (
        <p className="cb-muted">
          {trans.__('Beside it:')}
          {near.map(({ point: other, count }) => (
            <button
              key={`${other.run} ${other.step}`}
              type="button"
              className="cb-link"
              onClick={() => choose(other)}
            >
              {trans.__('step %1 (%2)', other.step, count)}
            </button>
          ))}
        </p>
      )}
    </>
  );
}

/** The threads on the point, and how one begins another. */
function Talk(props: PointBoxProps & { talk: PointTalk }): React.ReactElement {
  const { point, talk, trans } = props;
  const model = talk.about(point);
  const place = anyPlace;
  const anchor = pointAnchor(point);
  const draft = `new|${draftKey(anchor)}`;
  const [writing, write] = React.useState(() => !!drafts.get(draft));
  const begin = React.useRef<HTMLButtonElement>(null);
  useSignal(model.changed);
  React.useEffect(() => void model.refresh(), [model]);
  const wrote = React.useRef(false);
  React.useEffect(() => {
    if (wrote.current && !writing) {
      // The field is gone: who goes by keys goes on here.
      begin.current?.focus({ preventScroll: true });
    }
    wrote.current = writing;
  }, [writing]);
  return (
    <>
      <Head {...props}>
        {!model.readOnly && !writing && (
          <button ref={begin} type="button" className="cb-begin" onClick={() => write(true)}>
            <Bubble />
            {trans.__('Comment on this point')}
          </button>
        )}
      </Head>
      <ThreadList {...{ model, place, trans }} open={3} titled={false} empty={null} />
      {!model.readOnly && writing && (
        <Composer
          {...{ model, place, trans, draft }}
          label={trans.__('Comment on this point…')}
          verb={trans.__('Comment')}
          focus
          close={() => write(false)}
          send={async text => {
            await model.start(anchor, text);
            void talk.counts.refresh();
          }}
        />
      )}
    </>
  );
}
