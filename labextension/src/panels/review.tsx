/** What becomes of what was sent for review. */

import * as React from 'react';

import type { ThreadView } from '../_generated/types.ts';
import { Composer } from './composer.tsx';
import type { IThreadProps, useDoing } from './threadParts.tsx';

interface ReviewProps extends IThreadProps {
  thread: ThreadView;
  run: ReturnType<typeof useDoing>['run'];
}

/** How a review stands; who was asked approves, or returns it with a reason. */
export function Review(props: ReviewProps): React.ReactElement | null {
  const { thread, model, place, trans, run } = props;
  const { thread_id: id, review } = thread;
  const [returning, setReturning] = React.useState(false);
  if (!review.state) {
    return null;
  }
  const me = model.me?.name ?? '';
  const asked = review.of.includes(me);
  const approved = review.approved.includes(me);
  const of = review.of.map(name => `@${name}`).join(', ');
  const said =
    review.state === 'approved'
      ? trans.__('✓ Approved by @%1', review.by)
      : review.state === 'returned'
        ? trans.__('↩ Returned by @%1', review.by)
        : trans.__('Review asked of %1', of);
  return (
    <div className="cb-review">
      <bdi className="cb-muted">{said}</bdi>
      {asked && approved && review.state !== 'approved' && (
        <span className="cb-approved">✓ {trans.__('You approved')}</span>
      )}
      {asked && review.state !== 'approved' && !model.readOnly && !returning && (
        <>
          {!approved && (
            <button
              type="button"
              className="cb-button"
              onClick={() => void run(() => model.review(id, 'approved', ''))}
            >
              ✓ {trans.__('Approve')}
            </button>
          )}
          <button type="button" className="cb-link" onClick={() => setReturning(true)}>
            ↩ {trans.__('Return…')}
          </button>
        </>
      )}
      {returning && (
        <Composer
          {...{ model, place, trans }}
          draft={`return|${id}`}
          label={trans.__('Why is it returned?')}
          verb={trans.__('Return')}
          focus
          send={text => model.review(id, 'returned', text)}
          close={() => setReturning(false)}
        />
      )}
    </div>
  );
}
