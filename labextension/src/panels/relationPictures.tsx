/** The pictures of how params and metrics go together, each with what it lets choose. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  Correlations,
  Importances,
  RelationColumn,
  Relations,
  Surface
} from '../_generated/types.ts';
import { isNumeric, titleOf } from '../models/columns.ts';
import type { IFigure, ILook } from '../models/figure.ts';
import { number, real } from '../models/format.ts';
import * as figures from '../models/relationFigures.ts';
import {
  OWN_COLOUR,
  type IRelationsLook,
  type RelationsPicture
} from '../models/relations.ts';
import * as code from '../models/relationsCode.ts';
import { tintOf } from '../models/tint.ts';
import { AxesMenu } from './axesMenu.tsx';
import { Choice } from './curves.tsx';
import { Parallel } from './parallel.tsx';
import { PictureMenu } from './pictureMenu.tsx';
import { ColumnChoice, Framed, Nothing, useDrawn, type PictureProps } from './relationParts.tsx';

function named(relations: Relations, column: RelationColumn): figures.INamed {
  return { column, title: titleOf(relations, column) };
}

/** The name of a column, wherever it is shown. */
function titles(relations: Relations): (name: string) => string {
  const known = new Map(relations.columns.map(one => [one.name, titleOf(relations, one)]));
  return name => known.get(name) ?? name;
}

function ParallelPicture(props: PictureProps): React.ReactElement {
  const { model, host, trans, relations, chosen, look } = props;
  const [drawn, take] = useDrawn();
  const { axes, colour } = chosen;
  const names = axes.map(axis => axis.name);
  const onMove = (name: string, by: number) => {
    const from = names.indexOf(name);
    const moved = names.filter(one => one !== name);
    moved.splice(Math.min(Math.max(from + by, 0), moved.length), 0, name);
    void model.relate({ axes: moved });
  };
  const narrow = (runs: readonly string[]) => {
    const { baseline, relations: shown } = model.state;
    const kept = runs.includes(baseline) ? baseline : runs[0];
    return model.change({ runs, baseline: kept, relations: { ...shown, ranges: {} } });
  };
  return (
    <>
      <div className="cb-line">
        {props.pictures}
        <ColumnChoice
          label={trans.__('colour')}
          relations={relations}
          columns={relations.columns}
          chosen={colour}
          none={[OWN_COLOUR, trans.__('none')]}
          onChange={name => void model.relate({ colour: name })}
        />
        <AxesMenu
          relations={relations}
          chosen={names}
          onChange={next => void model.relate({ axes: next })}
          trans={trans}
        />
        <PictureMenu
          name={trans.__('parallel coordinates')}
          host={host}
          drawn={drawn}
          code={code.parallelCode(
            relations,
            axes.map(axis => named(relations, axis)),
            colour,
            look.ranges
          )}
          trans={trans}
        />
      </div>
      <Parallel
        relations={relations}
        axes={axes}
        colour={colour}
        ranges={look.ranges}
        onRanges={ranges => void model.relate({ ranges })}
        onMove={onMove}
        onNarrow={host.alone ? null : runs => void narrow(runs)}
        host={host}
        onDrawn={take}
        trans={trans}
      />
    </>
  );
}

function ScatterPicture(props: PictureProps): React.ReactElement {
  const { model, trans, relations, chosen } = props;
  const { tint: colour } = chosen;
  const [x, y] = [chosen.x!, chosen.y!];
  const draw = React.useCallback(
    (page: ILook): IFigure => {
      const third = colour && named(relations, colour);
      const tint = tintOf(relations.runs, colour, third?.title ?? '', page);
      const [across, up] = [named(relations, x), named(relations, y)];
      return figures.scatterFigure(relations.runs, across, up, third, tint, page);
    },
    [relations, x, y, colour]
  );
  const [across, up] = [titleOf(relations, x), titleOf(relations, y)];
  const there = relations.runs.filter((_, run) => has(x, run) && has(y, run)).length;
  const missing = relations.runs.length - there;
  return (
    <Framed
      {...props}
      controls={
        <>
          {(['x', 'y'] as const).map(axis => (
            <ColumnChoice
              key={axis}
              label={axis}
              relations={relations}
              columns={relations.columns}
              chosen={chosen[axis]}
              onChange={name => void model.relate({ [axis]: name })}
            />
          ))}
          <ColumnChoice
            label={trans.__('colour')}
            relations={relations}
            columns={relations.columns}
            chosen={colour}
            none={[OWN_COLOUR, trans.__('none')]}
            onChange={name => void model.relate({ colour: name })}
          />
        </>
      }
      name={`${up} ${across}`}
      code={code.scatterCode(relations, x, y, colour)}
      draw={draw}
      label={trans._n('%2 over %3 of %1 run', '%2 over %3 of %1 runs', there, up, across)}
      notes={[
        missing > 0 &&
          trans._n(
            '%1 run has no finite value of both.',
            '%1 runs have no finite value of both.',
            missing
          ),
        there > figures.POINTS &&
          trans.__('Of %1 points, %2 are drawn, evenly chosen.', there, figures.POINTS)
      ]}
    />
  );
}

function has(column: RelationColumn, run: number): boolean {
  const value = isNumeric(column) ? column.numbers[run] : column.codes[run];
  return value !== null && Number.isFinite(real(value));
}

function ContourPicture(props: PictureProps): React.ReactElement {
  const { trans, chosen } = props;
  const { across, up, metric } = chosen;
  if (across && up && metric && isNumeric(metric)) {
    return <Contour {...props} x={across} y={up} z={metric} />;
  }
  return (
    <Nothing
      {...props}
      text={trans.__('A contour needs two params that are numbers and differ, and a metric.')}
    />
  );
}

function Contour(
  props: PictureProps & { x: RelationColumn; y: RelationColumn; z: RelationColumn }
): React.ReactElement {
  const { model, trans, relations, x, y, z } = props;
  const runs = model.seen;
  const query = { runs, x: x.name, y: y.name, z: z.name };
  const { value, problem, busy } = model.answers.get<Surface>('surface', query, model.readings);
  const draw = React.useMemo(
    () =>
      value &&
      ((page: ILook) => {
        const [across, up, over] = [x, y, z].map(column => named(relations, column));
        return figures.contourFigure(relations.runs, across, up, over, value, page);
      }),
    [relations, x, y, z, value]
  );
  const params = relations.columns.filter(one => isNumeric(one) && one.part === 'params');
  const others = relations.columns.filter(one => isNumeric(one) && one.part !== 'params');
  const choose = (change: Partial<IRelationsLook>) =>
    void model.relate({ across: x.name, up: y.name, ...change });
  const title = [x, y, z].map(column => titleOf(relations, column));
  return (
    <Framed
      {...props}
      controls={
        <>
          <ColumnChoice
            label="x"
            relations={relations}
            columns={params.filter(one => one !== y)}
            chosen={x}
            onChange={name => choose({ across: name })}
          />
          <ColumnChoice
            label="y"
            relations={relations}
            columns={params.filter(one => one !== x)}
            chosen={y}
            onChange={name => choose({ up: name })}
          />
          <ColumnChoice
            label={trans.__('metric')}
            relations={relations}
            columns={others}
            chosen={z}
            onChange={name => choose({ colour: name })}
          />
        </>
      }
      name={`${title[2]} ${title[0]} ${title[1]}`}
      code={code.contourCode(relations, x, y, z)}
      draw={draw}
      label={trans.__('%3 over %1 and %2', ...title)}
      busy={busy}
      notes={[
        problem || false,
        value !== null && value.problem,
        value !== null &&
          !value.problem &&
          trans.__(
            'Interpolated between %1 runs at %2 places; where no run is near on either side, nothing is drawn.',
            value.runs,
            value.places
          )
      ]}
    />
  );
}

function ImportancePicture(props: PictureProps): React.ReactElement {
  const { trans, relations, chosen } = props;
  const metrics = relations.columns.filter(one => one.part === 'metrics');
  const metric = chosen.metric?.part === 'metrics' ? chosen.metric : metrics[0];
  return metric ? (
    <Importance {...props} metric={metric} metrics={metrics} />
  ) : (
    <Nothing {...props} text={trans.__('No metric differs between these runs.')} />
  );
}

function Importance(
  props: PictureProps & { metric: RelationColumn; metrics: readonly RelationColumn[] }
): React.ReactElement {
  const { model, trans, relations, look, metric, metrics } = props;
  const query = { runs: model.seen, metric: metric.name, method: look.method };
  // It takes long: while runs go on, it is not reckoned anew by itself.
  const [round, setRound] = React.useState(0);
  const asked = model.answers.get<Importances>('importance', query, round);
  const { value, problem, busy } = asked;
  const draw = React.useMemo(
    () =>
      value && !value.problem
        ? (page: ILook) => figures.importanceFigure(value, titles(relations), page)
        : null,
    [relations, value]
  );
  const words: Record<string, string> = {
    forest: trans.__('random forest'),
    fanova: trans.__('fANOVA')
  };
  const name = titleOf(relations, metric);
  return (
    <Framed
      {...props}
      controls={
        <>
          <ColumnChoice
            label={trans.__('metric')}
            relations={relations}
            columns={metrics}
            chosen={metric}
            onChange={colour => void model.relate({ colour })}
          />
          {(value?.methods.length ?? 0) > 1 && (
            <Choice
              label={trans.__('by')}
              value={value!.method}
              options={value!.methods.map(one => [one, words[one] ?? one])}
              onChange={method => void model.relate({ method })}
            />
          )}
          <button type="button" className="cb-link" disabled={busy} onClick={() => setRound(round + 1)}>
            {busy ? trans.__('reckoning…') : trans.__('reckon anew')}
          </button>
        </>
      }
      name={`importance ${name}`}
      code={value ? code.importanceCode(relations, value) : ''}
      draw={draw}
      height={Math.max(140, 60 + 28 * (value?.params.length ?? 0))}
      label={trans.__('Importance of params for %1', name)}
      busy={busy}
      notes={
        value
          ? [value.problem || false, ...(value.problem ? [] : toldOf(value, name, trans)), ...value.notes]
          : [problem || false]
      }
    />
  );
}

/** Return what an importance rests on. */
function toldOf(found: Importances, metric: string, trans: TranslationBundle): (string | false)[] {
  const score = found.score === null ? null : real(found.score);
  const weak = trans.__(
    'Of runs that it has not seen, this forest foretells next to nothing of `%1` (R² %2): do not build on these bars.',
    metric,
    score === null ? '' : number(score)
  );
  const good = trans.__(
    'Of runs that it has not seen, this forest foretells `%1` with R² %2.',
    metric,
    score === null ? '' : number(score)
  );
  return [
    trans.__('%1 It rests on %2 runs.', found.told, found.runs),
    score !== null && (score < 0.2 ? weak : good)
  ];
}

function CorrelationPicture(props: PictureProps): React.ReactElement {
  const { model, trans, relations, chosen } = props;
  const query = { runs: model.seen, metric: chosen.metric?.name ?? '' };
  const asked = model.answers.get<Correlations>('correlation', query, model.readings);
  const { value, problem, busy } = asked;
  const draw = React.useMemo(
    () =>
      value && !value.problem
        ? (page: ILook) => figures.correlationFigure(value, titles(relations), page)
        : null,
    [relations, value]
  );
  const count = value?.names.length ?? 0;
  return (
    <Framed
      {...props}
      name={trans.__('correlation')}
      code={value ? code.correlationCode(relations, value) : ''}
      draw={draw}
      height={Math.max(260, Math.min(120 + 40 * count, 720))}
      label={trans.__('Rank correlation of %1 params and metrics', count)}
      busy={busy}
      notes={[
        problem || false,
        value !== null && (value.problem || false),
        value !== null &&
          !value.problem &&
          trans.__(
            'Spearman’s rank correlation, by pandas; blank where less than five runs have both.'
          ),
        value !== null &&
          value.blank.length > 0 &&
          trans.__(
            'Left out, being the same in all runs that have it or there in fewer than five: %1.',
            value.blank.map(titles(relations)).join(', ')
          ),
        (value?.left_out ?? 0) > 0 && trans.__('%1 further columns are left out.', value!.left_out)
      ]}
    />
  );
}

/** Each picture by its name. */
export const PICTURES: Record<RelationsPicture, (props: PictureProps) => React.ReactElement> = {
  parallel: ParallelPicture,
  scatter: ScatterPicture,
  contour: ContourPicture,
  importance: ImportancePicture,
  correlation: CorrelationPicture
};
