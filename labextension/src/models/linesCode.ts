/** The few lines of Python that make a picture of curves. */

import type { CurveLines } from '../_generated/types.ts';
import type { ICurveLook } from './looks.ts';
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
    `color=${literal(group || 'run')}`,
    ...(shown.log ? ['log_y=True'] : []),
    ...(window && shown.axis !== 'wall' ? [`range_x=[${window.join(', ')}]`] : [])
  ];
  return [
    'import cellbook as cb',
    ...(group ? ['import numpy as np', 'import pandas as pd'] : []),
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
      ? averaging(group, x, shown.axis === 'relative')
      : [
          '# Two runs may have one name.',
          'points["run"] = "#" + points["run_number"].astype(str) + " " + points["run_name"].astype(str)'
        ]),
    `px.line(points, ${options.join(', ')})`
  ].join('\n');
}

/**
 * Return the lines that make of runs' points the means of groups: each run counts from its first
 * point to its last, also where only others have points.
 */
function averaging(group: string, x: string, known: boolean): string[] {
  return [
    ...(known ? [] : ['runs = cb.search_runs(max_results=None).set_index("run_id")']),
    `groups = points["run_id"].astype(str).map(runs[${literal(group)}]).astype(str)`,
    'points["finite"] = np.isfinite(points["value"]).astype(float)',
    'points["value"] = points["value"].where(points["finite"] == 1)',
    '# The mean of each group; the band round it is left out.',
    'means = {}',
    'for name, members in points.groupby(groups):',
    `    members = members.drop_duplicates(["run_number", ${literal(x)}], keep="last")`,
    `    wide = members.pivot(index=${literal(x)}, columns="run_number", values=["value", "finite"])`,
    '    # No run is known beside a value that is no finite number.',
    '    known = wide["finite"].ffill().eq(1) & wide["finite"].bfill().eq(1)',
    '    wide = wide["value"].interpolate(method="index", limit_area="inside").where(known)',
    '    means[name] = wide.mean(axis="columns")',
    `points = pd.concat(means, names=[${literal(group)}, ${literal(x)}]).rename("value").reset_index()`
  ];
}
