/** Parallel coordinates: plotly draws, and hands reach in over it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RelationColumn, Relations } from '../_generated/types.ts';
import { axisOf, isNumeric, textOf, titleOf } from '../models/columns.ts';
import type { ILook } from '../models/figure.ts';
import { shorten } from '../models/format.ts';
import type { IHost } from '../models/host.ts';
import {
  DRAWN,
  drawnPlaces,
  drawnRuns,
  heightAt,
  heights,
  MARGIN,
  parallelFigure,
  rightMargin,
  within,
  type Ranges
} from '../models/parallelFigure.ts';
import { tintOf } from '../models/tint.ts';
import type { IDrawn } from './pictureMenu.tsx';
import { Plot } from './plot.tsx';

interface ParallelProps {
  relations: Relations;
  axes: readonly RelationColumn[];
  colour: RelationColumn | null;
  ranges: Ranges;
  onRanges: (ranges: Ranges) => void;
  /** Put an axis at another place. */
  onMove: (name: string, by: number) => void;
  /** Compare the runs within the ranges alone; null where that cannot be. */
  onNarrow: ((runs: readonly string[]) => void) | null;
  host: IHost;
  onDrawn: (drawn: IDrawn) => void;
  trans: TranslationBundle;
}

const HEIGHT = 420;

/** Pixels on either side of an axis in which it is held. */
const REACH = 16;

/** Pixels from a line in which it is meant. */
const NEAR = 14;

/** Pixels between an axis and its title, by which it is dragged to another place. */
const TITLE = 10;

/** How far the keys move a range. */
const STEP = 0.05;

/** The picture, and what is held in it. */
export function Parallel(props: ParallelProps): React.ReactElement {
  const { relations, colour, ranges, onRanges, onNarrow, host, onDrawn, trans } = props;
  const { runs } = relations;
  const box = React.useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const axes = React.useMemo(() => props.axes.map(axisOf), [props.axes]);
  const titles = React.useMemo(
    () => props.axes.map(column => titleOf(relations, column) + arrow(column)),
    [relations, props.axes]
  );
  // What is dragged is drawn at once, and kept when the hand lets go.
  const [held, setHeld] = React.useState<Ranges>(ranges);
  React.useEffect(() => setHeld(ranges), [ranges]);
  const draw = React.useCallback(
    (look: ILook) => {
      const title = colour ? titleOf(relations, colour) : '';
      return parallelFigure(runs, axes, titles, tintOf(runs, colour, title, look), held, look);
    },
    [relations, runs, axes, titles, colour, held]
  );
  const inside = React.useMemo(() => within(axes, held, runs.length), [axes, held, runs]);
  const count = inside.filter(Boolean).length;
  const narrowed = axes.some(({ column }) => column.name in held);
  const room = rightMargin(colour !== null && isNumeric(colour));
  return (
    <>
      <div className="cb-parallel" ref={box}>
        <Plot
          host={host}
          draw={draw}
          height={HEIGHT}
          label={trans.__(
            'Parallel coordinates of %1 runs over %2',
            runs.length,
            titles.join(', ')
          )}
          onDrawn={onDrawn}
          trans={trans}
        />
        {width > 0 && (
          <Hands
            {...props}
            axes={axes}
            titles={titles}
            inside={inside}
            held={held}
            width={width - MARGIN.l - room}
            onHold={setHeld}
            onKeep={onRanges}
          />
        )}
      </div>
      <p className="cb-note" aria-live="polite">
        {narrowed
          ? trans.__('%1 of %2 runs lie within the ranges.', count, runs.length)
          : trans.__(
              'Drag along an axis to hold a range; a double click lets go. Drag its name to move it.'
            )}{' '}
        {narrowed && (
          <button type="button" className="cb-link" onClick={() => onRanges({})}>
            {trans.__('all runs')}
          </button>
        )}
        {narrowed && onNarrow && count > 1 && count < runs.length && (
          <button
            type="button"
            className="cb-link"
            onClick={() => onNarrow(runs.filter((_, run) => inside[run]).map(run => run.run_id))}
          >
            {trans.__('Compare these %1 runs', count)}
          </button>
        )}
        {runs.length > DRAWN && trans.__('Of the lines, %1 are drawn, evenly chosen.', DRAWN)}
      </p>
    </>
  );
}

function arrow(column: RelationColumn): string {
  return column.direction === null ? '' : column.direction === 'more is better' ? ' ↑' : ' ↓';
}

interface HandsProps extends Omit<ParallelProps, 'axes'> {
  axes: readonly ReturnType<typeof axisOf>[];
  titles: readonly string[];
  inside: readonly boolean[];
  held: Ranges;
  /** Pixels from the first axis to the last. */
  width: number;
  onHold: (ranges: Ranges) => void;
  onKeep: (ranges: Ranges) => void;
}

/** Lies over the picture: ranges that are dragged, and the run under the pointer. */
function Hands(props: HandsProps): React.ReactElement {
  const { relations, axes, inside, held, width, onHold, onKeep } = props;
  const [over, setOver] = React.useState<{ run: number; x: number; y: number } | null>(null);
  const drag = React.useRef<{ name: string; from: number } | null>(null);
  const moved = React.useRef<number | null>(null);
  const [low, high] = heights(axes);
  const tall = HEIGHT - MARGIN.t - MARGIN.b;
  const px = (place: number) => MARGIN.l + (place / Math.max(axes.length - 1, 1)) * width;
  const py = (at: number) => MARGIN.t + ((high - at) / (high - low)) * tall;
  const atOf = (y: number) => clamp(high - ((y - MARGIN.t) / tall) * (high - low));
  const places = React.useMemo(() => drawnPlaces(axes), [axes]);
  const drawn = React.useMemo(() => drawnRuns(inside).filter(run => inside[run]), [inside]);
  const whereOf = (event: React.PointerEvent | React.MouseEvent): [number, number] => {
    const frame = event.currentTarget.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const nearest = (x: number): number =>
    Math.round(clamp((x - MARGIN.l) / width) * (axes.length - 1));
  const axisAt = (x: number): number | null => {
    const place = nearest(x);
    return Math.abs(px(place) - x) <= REACH ? place : null;
  };
  const hold = (name: string, range: readonly [number, number] | null, keep: boolean) => {
    const { [name]: _, ...others } = held;
    const ranges = range ? { ...others, [name]: range } : others;
    (keep ? onKeep : onHold)(ranges);
  };
  const onPointerDown = (event: React.PointerEvent) => {
    const [x, y] = whereOf(event);
    const place = axisAt(x);
    if (event.button === 0 && y < MARGIN.t - TITLE) {
      moved.current = nearest(x);
      event.currentTarget.setPointerCapture(event.pointerId);
    } else if (event.button === 0 && place !== null) {
      drag.current = { name: axes[place].column.name, from: atOf(y) };
      event.currentTarget.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
  };
  const onPointerMove = (event: React.PointerEvent) => {
    const [x, y] = whereOf(event);
    if (drag.current) {
      const { name, from } = drag.current;
      const to = atOf(y);
      setOver(null);
      if (Math.abs(to - from) * tall > 3) {
        hold(name, [Math.min(from, to), Math.max(from, to)], false);
      }
      return;
    }
    const along = ((x - MARGIN.l) / width) * (axes.length - 1);
    let best: { run: number; gap: number } | null = null;
    if (along >= -0.1 && along <= axes.length - 0.9) {
      for (const run of drawn) {
        const gap = Math.abs(py(heightAt(places.map(one => one[run]), along)) - y);
        if (gap < (best?.gap ?? NEAR)) {
          best = { run, gap };
        }
      }
    }
    setOver(best && { run: best.run, x, y });
  };
  const onPointerUp = (event: React.PointerEvent) => {
    const to = nearest(whereOf(event)[0]);
    if (moved.current !== null && moved.current !== to) {
      props.onMove(axes[moved.current].column.name, to - moved.current);
    }
    moved.current = null;
    if (drag.current) {
      drag.current = null;
      onKeep(held);
    }
  };
  const onDoubleClick = (event: React.MouseEvent) => {
    const place = axisAt(whereOf(event)[0]);
    if (place === null) {
      onKeep({});
    } else {
      hold(axes[place].column.name, null, true);
    }
  };
  return (
    <>
      <svg
        className="cb-hands"
        height={HEIGHT}
        width="100%"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => setOver(null)}
        onDoubleClick={onDoubleClick}
      >
        {over && (
          <path className="cb-raised" d={pathOf(places.map(one => one[over.run]), px, py)} />
        )}
        <rect className="cb-titles" width="100%" height={MARGIN.t - TITLE} />
        {axes.map((axis, place) => (
          <Holder
            key={axis.column.name}
            {...props}
            place={place}
            x={px(place)}
            top={py(1)}
            tall={py(0) - py(1)}
            take={range => hold(axis.column.name, range, true)}
          />
        ))}
      </svg>
      {over && (
        <div
          className="cb-tip cb-runtip"
          style={over.x < width / 2 ? { left: over.x + 20 } : { right: `calc(100% - ${over.x - 20}px)` }}
        >
          <strong>#{relations.runs[over.run].number}</strong>{' '}
          <bdi>{shorten(relations.runs[over.run].name, 40)}</bdi>
          {axes.map((axis, place) => (
            <div key={axis.column.name} className="cb-tiprow">
              <span>{shorten(props.titles[place], 24)}</span>
              <span />
              <span>{textOf(axis.column, over.run)}</span>
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** What the keyboard holds an axis by, and the range that is held. */
function Holder(
  props: HandsProps & {
    place: number;
    x: number;
    top: number;
    tall: number;
    take: (range: readonly [number, number] | null) => void;
  }
): React.ReactElement {
  const { axes, titles, held, place, x, top, tall, take, onMove, trans } = props;
  const { column, places } = axes[place];
  const range = held[column.name];
  const onKeyDown = (event: React.KeyboardEvent) => {
    const [low, high] = range ?? [0, 1];
    const by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (side !== undefined) {
      onMove(column.name, side);
    } else if (by !== undefined && event.shiftKey) {
      // With Shift the upper end alone.
      take([low, clamp(Math.max(high + by, low))]);
    } else if (by !== undefined) {
      take(range ? [clamp(low + by), clamp(high + by)] : by > 0 ? [STEP, 1] : [0, 1 - STEP]);
    } else if (['Delete', 'Backspace', 'Escape'].includes(event.key) && range) {
      take(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const [low, high] = range ?? [0, 1];
  return (
    <g
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={trans.__('Range of %1', titles[place])}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(50 * (low + high))}
      aria-valuetext={range ? said(places, column, range) : trans.__('all')}
      onKeyDown={onKeyDown}
    >
      <rect className="cb-holder" x={x - 8} y={top} width={16} height={tall} rx={3} />
      {range && (
        <rect
          className="cb-range"
          x={x - 6}
          y={top + (1 - high) * tall}
          width={12}
          height={Math.max((high - low) * tall, 2)}
          rx={3}
        />
      )}
    </g>
  );
}

/** Return the least and the greatest value within a range. */
function said(
  places: readonly (number | null)[],
  column: RelationColumn,
  [low, high]: readonly [number, number]
): string {
  const runs = places
    .map((place, run) => ({ place, run }))
    .filter(one => one.place !== null && one.place >= low && one.place <= high)
    .sort((a, b) => a.place! - b.place!);
  return runs.length ? `${textOf(column, runs[0].run)} – ${textOf(column, runs.at(-1)!.run)}` : '—';
}

function pathOf(
  own: readonly number[],
  px: (place: number) => number,
  py: (at: number) => number
): string {
  const points = (own.length - 1) * 16;
  return Array.from({ length: points + 1 }, (_, point) => {
    const place = point / 16;
    return `${point ? 'L' : 'M'}${px(place).toFixed(1)} ${py(heightAt(own, place)).toFixed(1)}`;
  }).join('');
}

function clamp(at: number): number {
  return Math.min(Math.max(at, 0), 1);
}

/** Return how wide an element is, in pixels; 0 before it is known. */
function useWidth(box: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useEffect(() => {
    const watcher = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 0));
    watcher.observe(box.current!);
    return () => watcher.disconnect();
  }, [box]);
  return width;
}
