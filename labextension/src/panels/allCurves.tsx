/** The curves of all metrics: a small picture each, which is enlarged when it is pressed. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { CurveLines } from '../_generated/types.ts';
import { colourOf, dashOf } from '../models/colours.ts';
import type { ComparisonModel } from '../models/comparison.ts';
import type { ILook } from '../models/figure.ts';
import type { IHost } from '../models/host.ts';
import { withoutPlace } from '../models/lineNotes.ts';
import { linesFigure, spanOf } from '../models/linesFigure.ts';
import { Plot } from './plot.tsx';

interface AllCurvesProps {
  model: ComparisonModel;
  host: IHost;
  /** The number of a run whose line stands out. */
  raised: number | null;
  trans: TranslationBundle;
}

/** Pictures that are there at first, and how many come at a time. */
const SOME = 12;

/** Lines that the legend names. */
const NAMED = 20;

const HEIGHT = 168;

/** Milliseconds that a hand may rest on its way: what it passes is not asked for. */
const PAUSE = 150;

/** What a line is called, and the run whose colour it has. */
type Label = readonly [string, number];

/** The whole of them, with one legend. */
export function AllCurves(props: AllCurvesProps): React.ReactElement {
  const { model, raised, trans } = props;
  const [wanted, setWanted] = React.useState('');
  const [most, setMost] = React.useState(SOME);
  const [over, setOver] = React.useState<number | null>(null);
  const { metrics } = model.comparison!;
  const words = wanted.toLowerCase().split(/\s+/);
  const found = metrics.filter(name => words.every(word => name.toLowerCase().includes(word)));
  const shown = found.slice(0, most);
  // Means are told by who has them; of runs it is known beforehand.
  const [groups, setGroups] = React.useState<readonly Label[]>([]);
  const { group } = model.state;
  React.useEffect(() => setGroups([]), [group]);
  const [span, setSpan] = React.useState<readonly [number, number] | null>(null);
  const { linesKey } = model;
  React.useEffect(() => setSpan(null), [linesKey]);
  const take = React.useCallback((lines: CurveLines) => {
    setSpan(known => spanOf(lines, known));
    const told = lines.lines.map((line): Label => [line.label, line.number]);
    setGroups(known => [...known, ...told.filter(([one]) => !known.some(([other]) => one === other))]);
  }, []);
  const runs = model.comparison!.runs.slice(0, model.numbers.length);
  const labels = group ? groups : runs.map((run): Label => [`#${run.number} ${run.name}`, run.number]);
  const rest = found.length - shown.length;
  return (
    <>
      {metrics.length > SOME && (
        <label className="cb-choose">
          <span>{trans.__('find')}</span>
          <input
            className="cb-textfield cb-findfield"
            value={wanted}
            placeholder={trans.__('words of their names')}
            onChange={event => setWanted(event.target.value)}
          />
          <output>{trans.__('%1 of %2', found.length, metrics.length)}</output>
        </label>
      )}
      <ul className="cb-legend" aria-label={trans.__('Lines')}>
        {labels.slice(0, NAMED).map(([label, number]) => (
          <li
            key={label}
            onPointerEnter={() => setOver(number)}
            onPointerLeave={() => setOver(null)}
          >
            <Stroke number={number} among={labels.map(([, other]) => other)} />
            <bdi>{label}</bdi>
          </li>
        ))}
        {labels.length > NAMED && <li>{trans.__('and %1 more', labels.length - NAMED)}</li>}
      </ul>
      <div className="cb-smalls">
        {shown.map(metric => (
          <Small
            key={metric}
            {...props}
            metric={metric}
            raised={over ?? raised}
            span={span}
            onLines={take}
          />
        ))}
      </div>
      {rest > 0 && (
        <button type="button" className="cb-link" onClick={() => setMost(most + SOME)}>
          {trans.__('%1 more of %2 metrics', Math.min(rest, SOME), found.length)}
        </button>
      )}
    </>
  );
}

function Stroke(props: { number: number; among: readonly number[] }): React.ReactElement {
  const { number, among } = props;
  return (
    <svg width="20" height="8" aria-hidden="true">
      <path
        d="M0 4H20"
        stroke={colourOf(number)}
        strokeWidth="2"
        strokeDasharray={dashOf(number, among)}
      />
    </svg>
  );
}

/** One metric. */
function Small(
  props: AllCurvesProps & {
    metric: string;
    span: readonly [number, number] | null;
    onLines: (lines: CurveLines) => void;
  }
): React.ReactElement {
  const { model, host, metric, raised, span, trans } = props;
  const box = React.useRef<HTMLElement>(null);
  const inSight = useInSight(box);
  const { lines, problem } = useLines(props, inSight);
  const { log, window, group } = model.state;
  const numbers = model.numbers.join();
  const draw = React.useCallback(
    (look: ILook) => {
      const among = group ? lines!.lines.map(line => line.number) : numbers.split(',').map(Number);
      return linesFigure(lines!, { log, window, group }, look, raised, { numbers: among, span });
    },
    [lines, log, window, raised, group, numbers, span]
  );
  const enlarge = () => void model.change({ metric, all: false });
  const without = lines && log ? withoutPlace(lines).points : 0;
  return (
    <section className="cb-small" ref={box} aria-label={metric}>
      <div className="cb-smallhead">
        <button
          type="button"
          className="cb-link"
          title={trans.__('Enlarge %1', metric)}
          aria-label={trans.__('Enlarge %1', metric)}
          onClick={enlarge}
          disabled={model.gone}
        >
          <bdi>{metric}</bdi>
        </button>
        {without > 0 && (
          <span className="cb-muted" title={trans.__('A log axis has no place for 0 and below.')}>
            {trans._n('%1 point ≤ 0', '%1 points ≤ 0', without)}
          </span>
        )}
      </div>
      <div className="cb-smallbody" style={{ height: HEIGHT }} onClick={model.gone ? undefined : enlarge}>
        {problem && <p className="cb-note">{problem}</p>}
        {lines && lines.lines.length > 0 && (
          <Plot
            host={host}
            draw={draw}
            height={HEIGHT}
            label={trans._n('%2 of %1 run', '%2 of %1 runs', lines.lines.length, metric)}
            trans={trans}
          />
        )}
      </div>
    </section>
  );
}

/** Return the lines of a metric, asked for while they are in sight. */
function useLines(
  props: { model: ComparisonModel; metric: string; onLines: (lines: CurveLines) => void },
  inSight: boolean
): { lines: CurveLines | null; problem: string } {
  const { model, metric, onLines } = props;
  const [lines, setLines] = React.useState<CurveLines | null>(null);
  const [problem, setProblem] = React.useState('');
  const asked = React.useRef('');
  const key = `${model.linesKey} ${model.readings}`;
  React.useEffect(() => {
    if (!inSight || asked.current === key) {
      return undefined;
    }
    const ask = () => {
      asked.current = key;
      model.linesOf(metric).then(
        answer => {
          if (asked.current === key) {
            setLines(answer);
            setProblem('');
            onLines(answer);
          }
        },
        error => setProblem(error instanceof Error ? error.message : String(error))
      );
    };
    const timer = setTimeout(ask, asked.current ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, [model, metric, key, inSight, onLines]);
  return { lines, problem };
}

/** Return whether an element is in sight, or nearly. */
function useInSight(box: React.RefObject<HTMLElement>): boolean {
  const [inSight, setInSight] = React.useState(false);
  React.useEffect(() => {
    const watcher = new IntersectionObserver(
      entries => setInSight(entries.at(-1)!.isIntersecting),
      { rootMargin: '120px' }
    );
    watcher.observe(box.current!);
    return () => watcher.disconnect();
  }, [box]);
  return inSight;
}
