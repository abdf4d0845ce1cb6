/** The few lines of Python that make a picture of params and metrics. */

import type { Importances, Correlations, Relations, RelationColumn } from '../_generated/types.ts';
import { finite, isNumeric } from './columns.ts';
import type { INamed } from './relationFigures.ts';
import type { Ranges } from './parallelFigure.ts';

/** Return a text as Python writes it. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** Return the lines that find some runs by their numbers. */
export function findingRuns(numbers: readonly number[]): string[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  return [
    'runs = cb.search_runs(max_results=None)',
    `runs = runs[runs["run_number"].isin([${stretches(sorted).join(', ')}])]`
  ];
}

/** Return numbers as items of a Python list, with stretches as ranges. */
function stretches(sorted: readonly number[]): string[] {
  const items: string[] = [];
  for (let place = 0; place < sorted.length; ) {
    let end = place;
    while (sorted[end + 1] === sorted[end] + 1) {
      end++;
    }
    if (end - place > 2) {
      items.push(`*range(${sorted[place]}, ${sorted[end] + 1})`);
      place = end + 1;
    } else {
      items.push(String(sorted[place++]));
    }
  }
  return items;
}

/** Return the column's name in the table of `search_runs`. */
function inTable(column: RelationColumn): string {
  return column.part === 'run' ? column.key : column.name;
}

function quoted(column: RelationColumn): string {
  return literal(inTable(column));
}

function numbers(relations: Relations): number[] {
  return relations.runs.map(run => run.number);
}

export function parallelCode(
  relations: Relations,
  axes: readonly INamed[],
  colour: RelationColumn | null,
  ranges: Ranges
): string {
  const logs = axes.some(({ column }) => column.log);
  const texts = axes.some(({ column }) => !isNumeric(column)) || (colour && !isNumeric(colour));
  return program([
    'import cellbook as cb',
    ...(logs ? ['import numpy as np'] : []),
    ...(texts ? ['import pandas as pd'] : []),
    'import plotly.graph_objects as go',
    '',
    ...findingRuns(numbers(relations)),
    '',
    ...(texts
      ? [
          '',
          'def labelled(name):',
          '    codes, texts = pd.factorize(runs[name].astype(str), sort=True)',
          '    return {"values": codes, "tickvals": list(range(len(texts))), "ticktext": list(texts)}',
          '',
          ''
        ]
      : []),
    'axes = [',
    ...axes.map(({ column, title }) => `    ${dimension(column, title, ranges)},`),
    ']',
    ...(colour ? [`line = {"color": ${colouring(colour)}, "colorscale": "Viridis", "showscale": True}`] : []),
    `go.Figure(go.Parcoords(dimensions=axes${colour ? ', line=line' : ''}))`
  ]);
}

function colouring(colour: RelationColumn): string {
  return isNumeric(colour)
    ? `runs[${quoted(colour)}].astype(float)`
    : `labelled(${quoted(colour)})["values"]`;
}

function dimension(column: RelationColumn, title: string, ranges: Ranges): string {
  const held = ranges[column.name];
  const ends = held ? `, "constraintrange": [${range(column, held).join(', ')}]` : '';
  if (!isNumeric(column)) {
    return `{"label": ${literal(title)}, **labelled(${quoted(column)})${ends}}`;
  }
  const values = `runs[${quoted(column)}].astype(float)`;
  return column.log
    ? `{"label": ${literal(`log10 ${title}`)}, "values": np.log10(${values})${ends}}`
    : `{"label": ${literal(title)}, "values": ${values}${ends}}`;
}

/** Return a range in the numbers of plotly's axis. */
function range(column: RelationColumn, held: readonly [number, number]): number[] {
  if (!isNumeric(column)) {
    return held.map(share => share * Math.max(column.labels.length - 1, 1));
  }
  const known = finite(column).filter(value => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)].map(end =>
    column.log ? Math.log10(end) : end
  );
  return held.map(share => low + share * (high - low));
}

export function scatterCode(
  relations: Relations,
  x: RelationColumn,
  y: RelationColumn,
  colour: RelationColumn | null
): string {
  return program([
    'import cellbook as cb',
    'import plotly.express as px',
    '',
    ...findingRuns(numbers(relations)),
    'px.scatter(',
    '    runs,',
    `    x=${quoted(x)},`,
    `    y=${quoted(y)},`,
    `    color=${colour ? quoted(colour) : '"run_name"'},`,
    ...(x.log ? ['    log_x=True,'] : []),
    ...(y.log ? ['    log_y=True,'] : []),
    '    color_continuous_scale="Viridis",',
    '    hover_name="run_name",',
    ')'
  ]);
}

export function contourCode(
  relations: Relations,
  x: RelationColumn,
  y: RelationColumn,
  z: RelationColumn
): string {
  const along = (column: RelationColumn, name: string) =>
    column.log ? `np.log10(points[${name}])` : `points[${name}]`;
  const back = (column: RelationColumn, name: string) => (column.log ? `10**${name}` : name);
  return program([
    'import cellbook as cb',
    'import numpy as np',
    'import plotly.graph_objects as go',
    'from scipy.interpolate import griddata',
    '',
    ...findingRuns(numbers(relations)),
    `x, y, z = ${[x, y, z].map(quoted).join(', ')}`,
    'points = runs[[x, y, z]].astype(float).replace([np.inf, -np.inf], np.nan).dropna()',
    'points = points.groupby([x, y], as_index=False).mean()',
    `where = np.column_stack([${along(x, 'x')}, ${along(y, 'y')}])`,
    'low, span = where.min(axis=0), np.ptp(where, axis=0)',
    'side = np.linspace(0, 1, 60)',
    'grid = griddata((where - low) / span, points[z], tuple(np.meshgrid(side, side)))',
    'across, up = (low + side[:, None] * span).T',
    `figure = go.Figure(go.Contour(x=${back(x, 'across')}, y=${back(y, 'up')}, z=grid, colorscale="Viridis"))`,
    'figure.add_scatter(x=points[x], y=points[y], mode="markers", marker_color="black")',
    `figure.update_xaxes(title=x, type="${x.log ? 'log' : 'linear'}")`,
    `figure.update_yaxes(title=y, type="${y.log ? 'log' : 'linear'}")`
  ]);
}

export function importanceCode(relations: Relations, found: Importances): string {
  const names = found.params.map(param => literal(param.name)).join(', ');
  const forest = found.method === 'forest';
  const metric = literal(`metrics.${found.metric.replace(/^metrics\./, '')}`);
  return program([
    'import cellbook as cb',
    'import numpy as np',
    ...(forest ? [] : ['import optuna']),
    'import pandas as pd',
    'import plotly.express as px',
    ...(forest
      ? [
          'from sklearn.ensemble import RandomForestRegressor',
          'from sklearn.inspection import permutation_importance'
        ]
      : []),
    '',
    ...findingRuns(numbers(relations)),
    `params, metric = [${names}], ${metric}`,
    'runs = runs[np.isfinite(runs[metric])]',
    ...(forest
      ? [
          'table = runs[params].apply(',
          '    lambda column: column.astype(float)',
          '    if pd.api.types.is_numeric_dtype(column)',
          '    else pd.factorize(column.astype(str), sort=True)[0]',
          ')',
          'forest = RandomForestRegressor(n_estimators=100, random_state=0).fit(table, runs[metric])',
          'found = permutation_importance(forest, table, runs[metric], n_repeats=5, random_state=0)',
          'px.bar(x=found.importances_mean, y=params, error_x=found.importances_std, orientation="h")'
        ]
      : [
          'kinds = {',
          '    name: optuna.distributions.FloatDistribution(runs[name].min(), runs[name].max())',
          '    if pd.api.types.is_numeric_dtype(runs[name])',
          '    else optuna.distributions.CategoricalDistribution(sorted(set(runs[name].astype(str))))',
          '    for name in params',
          '}',
          'study = optuna.create_study()',
          'for _, run in runs.iterrows():',
          '    values = {',
          '        name: float(run[name])',
          '        if isinstance(kind, optuna.distributions.FloatDistribution)',
          '        else str(run[name])',
          '        for name, kind in kinds.items()',
          '    }',
          '    trial = optuna.trial.create_trial(params=values, distributions=kinds, value=run[metric])',
          '    study.add_trial(trial)',
          'evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)',
          'found = optuna.importance.get_param_importances(study, evaluator=evaluator)',
          'px.bar(x=list(found.values()), y=list(found), orientation="h")'
        ])
  ]);
}

export function correlationCode(relations: Relations, found: Correlations): string {
  const names = found.names.map(name => literal(name.replace(/^run\./, ''))).join(', ');
  return program([
    'import cellbook as cb',
    'import numpy as np',
    'import plotly.express as px',
    '',
    ...findingRuns(numbers(relations)),
    `table = runs[[${names}]].astype(float).replace([np.inf, -np.inf], np.nan)`,
    'table = table.corr(method="spearman", min_periods=5)',
    'px.imshow(table, zmin=-1, zmax=1, text_auto=".2f", color_continuous_scale="RdBu_r")'
  ]);
}

/** End a program with its figure, which a notebook's cell then shows. */
function program(lines: readonly string[]): string {
  return lines.join('\n');
}
