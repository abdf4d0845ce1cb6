/** The few lines of Python that make a picture of curves. */

import type { CurveLines } from '../_generated/types.ts';
import type { ICurveLook } from './comparison.ts';
import { literal } from './relationsCode.ts';

/** Where each axis stands in the table of `cb.metric_history`. */
const AXES = { step: 'step', relative: 'seconds', wall: 'time' };

/** Return the code of a picture of some runs, by their numbers. */
export function linesCode(
  lines: CurveLines,
  runs: readonly number[],
  shown: Pick<ICurveLook, 'axis' | 'log' | 'smoothing' | 'group' | 'window'>
): string {
  const x = AXES[shown.axis];
  const { group, smoothing, window } = shown;
  const options = [
    `x=${literal(x)}`,
    'y="value"',
    `color=${literal(group || 'run_name')}`,
    ...(shown.log ? ['log_y=True'] : []),
    ...(window && shown.axis !== 'wall' ? [`range_x=[${window.join(', ')}]`] : [])
  ];
  return [
    'import cellbook as cb',
    'import plotly.express as px',
    '',
    `points = cb.metric_history([${runs.join(', ')}], [${literal(lines.metric)}])`,
    ...(shown.axis === 'relative'
      ? [
          'runs = cb.search_runs(max_results=None).set_index("run_id")',
          'begun = points["run_id"].astype(str).map(runs["start_time"])',
          'points["seconds"] = (points["time"] - begun).dt.total_seconds()'
        ]
      : []),
    `points = points.sort_values(["run_number", ${literal(x)}])`,
    ...(smoothing
      ? [
          'by_run = points.groupby("run_number")["value"]',
          `points["value"] = by_run.transform(lambda values: values.ewm(alpha=${(1 - smoothing).toFixed(2)}).mean())`
        ]
      : []),
    ...(group
      ? [
          ...(shown.axis === 'relative'
            ? []
            : ['runs = cb.search_runs(max_results=None).set_index("run_id")']),
          `points[${literal(group)}] = points["run_id"].astype(str).map(runs[${literal(group)}]).astype(str)`,
          `points = points.groupby([${literal(group)}, ${literal(x)}], as_index=False)["value"].mean()`
        ]
      : []),
    `px.line(points, ${options.join(', ')})`
  ].join('\n');
}
