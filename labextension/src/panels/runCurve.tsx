/** The curve of one metric of one run. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Curve, RunRecord } from '../_generated/types.ts';
import type { CommentCounts } from '../models/commentCounts.ts';
import { lineOf } from '../models/curves.ts';
import { PointTalk } from '../models/pointTalk.ts';
import type { IFrame, IPoint } from '../models/points.ts';
import type { IBook } from '../tokens.ts';
import { Chart } from './chart.tsx';
import { Points } from './points.tsx';

interface RunCurveProps {
  book: IBook;
  /** How much is said of its points. */
  counts: CommentCounts;
  /** A new one at each change of the run. */
  record: RunRecord;
  metric: string;
  /** What somebody wants to see of it, a new one each time; null where nobody does. */
  wanted: { readonly step: number | null } | null;
  trans: TranslationBundle;
}

/** A small chart; nothing where there is a single point. */
export function RunCurve(props: RunCurveProps): React.ReactElement | null {
  const { book, counts, record, metric, wanted, trans } = props;
  const run = record.run_id;
  const [frame, setFrame] = React.useState<IFrame | null>(null);
  const [chosen, choose] = React.useState<IPoint | null>(null);
  React.useEffect(() => {
    const step = wanted?.step ?? null;
    choose(step === null ? null : { run, metric, step });
  }, [run, metric, wanted]);
  const [talk] = React.useState(() => new PointTalk(book.api, book.notebook, counts));
  React.useEffect(() => {
    const tell = (_: unknown, tables: readonly string[]) => talk.tell(tables);
    book.changed.connect(tell);
    return () => {
      book.changed.disconnect(tell);
      talk.dispose();
    };
  }, [book, talk]);
  const [curve, setCurve] = React.useState<Curve | null>(null);
  React.useEffect(() => {
    let wanted = true;
    book.api.curves(book.notebook, [record.run_id], metric, 300).then(
      curves => wanted && setCurve(curves[0] ?? null),
      () => wanted && setCurve(null)
    );
    return () => {
      wanted = false;
    };
  }, [book, record, metric]);
  const lines = React.useMemo(() => {
    const of = { number: record.run_number, name: record.run_name };
    return curve ? [lineOf(curve, of, { axis: 'step', log: false, smoothing: 0 })] : [];
  }, [curve, record.run_number, record.run_name]);
  const points = React.useMemo(
    () =>
      lines.map(({ number, name, xs, ys }) => ({
        run,
        number,
        label: `#${number} ${name}`,
        xs,
        ys,
        steps: xs,
        values: ys
      })),
    [lines, run]
  );
  if (!curve || curve.count < 2 || curve.name !== metric) {
    return null;
  }
  return (
    <Points {...{ lines: points, metric, frame, chosen, choose, talk, trans }} ringed>
      <Chart
        lines={lines}
        title={metric}
        axis="step"
        log={false}
        height={150}
        marked={chosen?.step ?? null}
        onPlaced={setFrame}
        trans={trans}
      />
    </Points>
  );
}
