/** A curve as small as a word. */

import * as React from 'react';

import type { Real } from '../_generated/types.ts';
import { colourOf, dashOf } from '../models/colours.ts';
import { sparkPath } from '../models/spark.ts';

const WIDTH = 48;
const HEIGHT = 16;

/** The curve of run `number`, in its colour. */
export const Spark = React.memo(function Spark(props: {
  points: readonly Real[];
  number: number;
}): React.ReactElement {
  const { points, number } = props;
  return (
    <svg
      className="cb-spark"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      {points.length > 1 && (
        <path
          d={sparkPath(points, WIDTH, HEIGHT)}
          style={{ stroke: colourOf(number) }}
        />
      )}
    </svg>
  );
});

/** A piece of a run's line, as legends show it. */
export function Swatch(props: {
  number: number;
  /** All runs of the picture. */
  among: readonly number[];
}): React.ReactElement {
  return (
    <svg className="cb-swatch" width="18" height="8" viewBox="0 0 18 8" aria-hidden="true">
      <path
        d="M1 4H17"
        style={{ stroke: colourOf(props.number) }}
        strokeDasharray={dashOf(props.number, props.among)}
      />
    </svg>
  );
}
