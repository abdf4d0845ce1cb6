/** The curve of one metric of one run. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Curve, RunRecord } from '../_generated/types.ts';
import { lineOf } from '../models/curves.ts';
import type { IBook } from '../tokens.ts';
import { Chart } from './chart.tsx';

interface RunCurveProps {
  book: IBook;
  /** A new one at each change of the run. */
  record: RunRecord;
  metric: string;
  /** The step that is marked; null where none is. */
  step: number | null;
  trans: TranslationBundle;
}

/** A small chart; nothing where there is a single point. */
export function RunCurve(props: RunCurveProps): React.ReactElement | null {
  const { book, record, metric, step, trans } = props;
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
    const run = { number: record.run_number, name: record.run_name };
    return curve ? [lineOf(curve, run, { axis: 'step', log: false, smoothing: 0 })] : [];
  }, [curve, record.run_number, record.run_name]);
  if (!curve || curve.count < 2 || curve.name !== metric) {
    return null;
  }
  return (
    <Chart
      lines={lines}
      title={metric}
      axis="step"
      log={false}
      height={150}
      marked={step}
      trans={trans}
    />
  );
}
