/** Curves as SVG; values are read off by pointing. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import * as axes from '../models/axes.ts';
import { colourOf, dashOf } from '../models/colours.ts';
import { apart, curvePath, nearest, type ILine } from '../models/curves.ts';
import * as formatting from '../models/format.ts';
import type { IFrame } from '../models/points.ts';

const TOP = 24;
const BOTTOM = 34;

/** Room for the runs' numbers at the right. */
const LABEL = 48;

/** Pixels a figure. */
const LETTER = 7;

/** Lines that have their number beside their end, and that are read off at once. */
const MOST = 12;

interface ChartProps {
  lines: readonly ILine[];
  title: string;
  axis: 'step' | 'time';
  log: boolean;
  height: number;
  /** The number of a run whose line stands out. */
  raised?: number | null;
  /** A place along the axis that somebody means; the points there are ringed. */
  marked?: number | null;
  /** Hears where it draws. */
  onPlaced?: (frame: IFrame) => void;
  trans: TranslationBundle;
}

/** The curves of one metric, as wide as there is room. */
export function Chart(props: ChartProps): React.ReactElement {
  const node = React.useRef<HTMLDivElement>(null);
  const [width, setWidth] = React.useState(0);
  React.useLayoutEffect(() => {
    const look = () => setWidth(node.current?.clientWidth ?? 0);
    const watcher = new ResizeObserver(look);
    watcher.observe(node.current!);
    look();
    return () => watcher.disconnect();
  }, []);
  return (
    <div ref={node} className="cb-chart" style={{ minHeight: props.height }}>
      {width > 0 && <Drawn {...props} width={width} />}
    </div>
  );
}

function Drawn(props: ChartProps & { width: number }): React.ReactElement {
  const { lines, title, axis, log, width, height, trans } = props;
  const [pointer, setPointer] = React.useState<number | null>(null);
  const scales = React.useMemo(
    () => fit(lines, log, width, height),
    [lines, log, width, height]
  );
  const { onPlaced } = props;
  React.useLayoutEffect(() => {
    if (scales && onPlaced) {
      onPlaced(frameOf(scales, height));
    }
  }, [scales, height, onPlaced]);
  if (!scales) {
    return (
      <p className="cb-empty">
        {log ? trans.__('There is no positive value to draw.') : trans.__('There is no value to draw.')}
      </p>
    );
  }
  const { x, y, marks } = scales;
  const label = trans._n('%2 of %1 run', '%2 of %1 runs', lines.length, title);
  return (
    <div className="cb-drawn">
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={label}
        onPointerMove={event => {
          const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
          setPointer(at >= x.start - 4 && at <= x.end + 4 ? at : null);
        }}
        onPointerLeave={() => setPointer(null)}
      >
        <Axes x={x} y={y} marks={marks} axis={axis} height={height} />
        <Curves lines={lines} x={x} y={y} raised={props.raised ?? null} />
        <Labels lines={lines} x={x} y={y} height={height} />
        {props.marked != null && (
          <Marked lines={lines} x={x} y={y} at={props.marked} height={height} trans={trans} />
        )}
        {pointer !== null && <line className="cb-pointer" x1={pointer} x2={pointer} y1={TOP} y2={height - BOTTOM} />}
      </svg>
      {pointer !== null && <Tip lines={lines} x={x} y={y} axis={axis} at={pointer} width={width} />}
    </div>
  );
}

interface Scales {
  x: axes.Scale;
  y: axes.Scale;
}

interface Fitted extends Scales {
  marks: readonly { at: number; text: string }[];
}

function fit(
  lines: readonly ILine[],
  log: boolean,
  width: number,
  height: number
): Fitted | null {
  const xs = axes.range(lines.flatMap(line => [line.xs[0], line.xs[line.xs.length - 1]]), {
    padded: false
  });
  const ys = axes.range(lines.flatMap(line => [...line.ys, ...line.raw]), { log });
  if (!xs || !ys) {
    return null;
  }
  const y = new axes.Scale(...ys, height - BOTTOM, TOP / 2, log);
  const marks = yMarks(y);
  const left = 16 + LETTER * Math.max(...marks.map(mark => mark.text.length));
  return { x: new axes.Scale(...xs, left, width - LABEL), y, marks };
}

function frameOf({ x, y }: Scales, height: number): IFrame {
  return {
    left: x.start,
    right: x.end,
    top: TOP / 2,
    bottom: height - BOTTOM,
    x: place => x.at(place),
    y: value => (y.takes(value) ? y.at(value) : NaN),
    hides: () => false
  };
}

/** Return the places along the vertical axis that have a number. */
function yMarks(y: axes.Scale): { at: number; text: string }[] {
  const found = y.log ? axes.logTicks(y.low, y.high) : axes.ticks(y.low, y.high, 5);
  const texts = y.log ? found.map(mark => formatting.value(mark)) : axes.tickTexts(found);
  return found.map((at, place) => ({ at, text: texts[place] }));
}

const Axes = React.memo(function Axes(
  props: Fitted & { axis: 'step' | 'time'; height: number }
): React.ReactElement {
  const { x, y, marks, axis, height } = props;
  const base = height - BOTTOM;
  const room = Math.max(2, Math.min(6, Math.floor((x.end - x.start) / 70)));
  const xMarks =
    axis === 'time'
      ? axes.timeTicks(x.low, x.high)
      : axes.ticks(x.low, x.high, room).filter(Number.isInteger);
  return (
    <g aria-hidden="true">
      {marks.map(({ at, text }) => (
        <g key={at}>
          <line className="cb-grid" x1={x.start} x2={x.end} y1={y.at(at)} y2={y.at(at)} />
          <text x={x.start - 8} y={y.at(at) + 4} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      <line className="cb-axis" x1={x.start} x2={x.end} y1={base} y2={base} />
      {xMarks.map(mark => (
        <text key={mark} x={x.at(mark)} y={base + 16} textAnchor="middle">
          {mark === 0 ? '0' : axis === 'time' ? formatting.duration(mark) : axes.stepText(mark)}
        </text>
      ))}
      <text x={x.end + 8} y={base + 16}>
        {axis}
      </text>
    </g>
  );
});

const Curves = React.memo(function Curves(
  props: Scales & { lines: readonly ILine[]; raised: number | null }
): React.ReactElement {
  const { lines, x, y, raised } = props;
  const numbers = lines.map(line => line.number);
  // What stands out is drawn last, above the others.
  const order = [...lines].sort((a, b) => Number(a.number === raised) - Number(b.number === raised));
  return (
    <g aria-hidden="true">
      {order.map(line => {
        const faint = raised !== null && line.number !== raised;
        const stroke = { stroke: colourOf(line.number) };
        return (
          <g key={line.number} className={faint ? 'cb-mod-faint' : undefined}>
            {line.raw.length > 0 && (
              <path className="cb-curve cb-mod-raw" style={stroke} d={curvePath(line.xs, line.raw, x, y)} />
            )}
            <path
              className="cb-curve"
              style={stroke}
              strokeDasharray={dashOf(line.number, numbers)}
              d={curvePath(line.xs, line.ys, x, y)}
            />
            {line.xs.length === 1 && y.takes(line.ys[0]) && (
              <circle r="3" cx={x.at(line.xs[0])} cy={y.at(line.ys[0])} style={{ fill: colourOf(line.number) }} />
            )}
          </g>
        );
      })}
    </g>
  );
});

/** A place along the axis, with a ring round what the lines are there. */
function Marked(
  props: Scales & {
    lines: readonly ILine[];
    at: number;
    height: number;
    trans: TranslationBundle;
  }
): React.ReactElement | null {
  const { lines, x, y, at, height, trans } = props;
  if (at < x.low || at > x.high) {
    return null;
  }
  const left = x.at(at);
  const first = lines.flatMap(line => {
    // Of a long curve not every step is drawn: the nearest stands for it.
    const value = line.ys[nearest(line.xs, at)];
    return y.takes(value) ? [{ line, value }] : [];
  });
  const text = trans.__('step %1', axes.stepText(at));
  const values = first.map(({ value }) => formatting.number(value)).join(' · ');
  const words = `${text} · ${values}`;
  const half = (LETTER * words.length) / 2;
  const highest = Math.min(...first.map(({ value }) => y.at(value)));
  // Away from the points, and within the axes.
  const above = highest > (height - BOTTOM) / 2;
  return (
    <g className="cb-marked" role="img" aria-label={`${text}: ${values}`}>
      <line x1={left} x2={left} y1={TOP} y2={height - BOTTOM} />
      {first.map(({ line, value }) => (
        <circle
          key={line.number}
          r="5"
          cx={left}
          cy={y.at(value)}
          style={{ stroke: colourOf(line.number) }}
        />
      ))}
      <text
        x={Math.max(Math.min(left, x.end - half), x.start + half)}
        y={above ? TOP : height - BOTTOM - 8}
        textAnchor="middle"
      >
        {words}
      </text>
    </g>
  );
}

/** The runs' numbers beside the ends of their lines. */
function Labels(props: Scales & { lines: readonly ILine[]; height: number }): React.ReactElement {
  const { lines, x, y, height } = props;
  const ends = lines
    .slice(0, MOST)
    .flatMap(line => {
      const last = line.ys.findLastIndex(value => y.takes(value));
      return last < 0 ? [] : [{ line, x: x.at(line.xs[last]), y: y.at(line.ys[last]) }];
    })
    .sort((a, b) => a.y - b.y);
  const places = apart(
    ends.map(end => end.y),
    13,
    TOP / 2,
    height - BOTTOM
  );
  return (
    <g aria-hidden="true">
      {ends.map(({ line }, place) => (
        <text
          key={line.number}
          x={x.end + 8}
          y={places[place] + 4}
          style={{ fill: colourOf(line.number) }}
        >
          #{line.number}
        </text>
      ))}
    </g>
  );
}

/** What the lines are at the pointer. */
function Tip(
  props: Scales & { lines: readonly ILine[]; axis: 'step' | 'time'; at: number; width: number }
): React.ReactElement {
  const { lines, x, axis, at, width } = props;
  const wanted = x.invert(at);
  const rows = lines
    .flatMap(line => {
      const place = nearest(line.xs, wanted);
      const ends = line.xs.length && wanted <= line.xs[line.xs.length - 1] + (x.high - x.low) / 40;
      return ends ? [{ line, value: line.ys[place], at: line.xs[place] }] : [];
    })
    .sort((a, b) => b.value - a.value);
  const place = rows.length ? rows[0].at : wanted;
  const head = axis === 'time' ? formatting.duration(place) : `step ${axes.stepText(place)}`;
  const side = at > width / 2 ? { right: width - at + 12 } : { left: at + 12 };
  return (
    <div className="cb-tip" style={side} aria-hidden="true">
      <div>{head}</div>
      {rows.slice(0, MOST).map(({ line, value }) => (
        <div key={line.number} className="cb-tiprow">
          <span style={{ color: colourOf(line.number) }}>#{line.number}</span>
          <bdi>{formatting.shorten(line.name, 24)}</bdi>
          <span>{formatting.number(value)}</span>
        </div>
      ))}
    </div>
  );
}
