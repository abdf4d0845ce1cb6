/** A chart whose points can be chosen, by hand or by keys, and what is said of them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { colourOf } from '../models/colours.ts';
import * as formatting from '../models/format.ts';
import {
  isSame,
  PointMap,
  pointName,
  type IFrame,
  type IMark,
  type IPoint,
  type IPointLine,
  type ISaid
} from '../models/points.ts';
import type { PointTalk } from '../models/pointTalk.ts';
import { useSignal } from './hooks.ts';
import { Bubble } from './parts.tsx';
import { PointBox } from './pointBox.tsx';

interface PointsProps {
  lines: readonly IPointLine[];
  metric: string;
  /** Where the chart draws; null before it does. */
  frame: IFrame | null;
  /** The point that is chosen. */
  chosen: IPoint | null;
  choose: (point: IPoint | null) => void;
  /** What is said of the points; null where there is nobody to say something to. */
  talk: PointTalk | null;
  /** Whether the chart itself shows which point is chosen. */
  ringed?: boolean;
  trans: TranslationBundle;
  /** The chart. */
  children: React.ReactNode;
}

export function Points(props: PointsProps): React.ReactElement {
  const { lines, metric, frame, choose, talk, trans } = props;
  const [cursor, setCursor] = React.useState<IPoint | null>(null);
  const [vain, setVain] = React.useState(false);
  const box = React.useRef<HTMLDivElement>(null);
  const map = React.useMemo(() => frame && new PointMap(lines, frame), [lines, frame]);
  // What another metric or a run that is hidden has is kept until these are seen again.
  const seen = (point: IPoint | null) =>
    point && point.metric === metric && lines.some(({ run }) => run === point.run) ? point : null;
  const here = seen(cursor);
  const chosen = seen(props.chosen);
  const letGo = () => {
    setCursor(null);
    choose(null);
    box.current!.focus({ preventScroll: true });
  };
  // A point that was drawn when it was chosen may be left out of the next answer.
  const values = React.useRef(new Map<string, number>());
  const valueOf = (point: IPoint) =>
    map?.valueOf(point) ?? values.current.get(pointName(point)) ?? null;
  const take = (point: IPoint) => {
    const value = valueOf(point);
    if (value !== null) {
      values.current.set(pointName(point), value);
    }
    setCursor(point);
    choose(point);
  };
  const onClick = (event: React.MouseEvent) => {
    const { left, top } = box.current!.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const within = map?.holds(x, y) ?? false;
    const spot = within ? map!.nearest(x, y) : null;
    setVain(within && !lines.length);
    if (spot) {
      take(map!.pointAt(spot, metric));
      box.current!.focus({ preventScroll: true });
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !map) {
      return;
    }
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === 'Escape' && (here || chosen)) {
      done();
      letGo();
    } else if (event.target !== box.current) {
      // On a mark, which is a button of its own.
    } else if ((event.key === 'Enter' || event.key === ' ') && here) {
      done();
      take(here);
    } else {
      const from = map.spotOf(here ?? chosen ?? { run: '', metric, step: 0 });
      const begins = from && map.place(from) ? from : map.first();
      const spot = begins && map.moved(begins, event.key);
      if (spot) {
        done();
        // The first key shows where one is.
        setCursor(map.pointAt(begins === from ? spot : begins, metric));
      }
    }
  };
  const words = (point: IPoint) => wordsOf(point, lines, valueOf(point), trans);
  const told = here && !isSame(here, chosen) ? words(here) : chosen && words(chosen);
  return (
    <>
      <div
        ref={box}
        className="cb-points"
        role="application"
        tabIndex={0}
        aria-label={trans.__(
          'Points of %1: arrow keys go along and between the curves, Enter chooses a point, Escape lets go',
          metric
        )}
        onClick={onClick}
        onKeyDown={onKeyDown}
        onBlur={event => {
          if (!event.currentTarget.contains(event.relatedTarget)) {
            setCursor(null);
          }
        }}
      >
        {props.children}
        {map && (
          <Layer map={map} frame={frame!} cursor={here} chosen={props.ringed ? null : chosen} />
        )}
        {map && here && !isSame(here, chosen) && (
          <CursorTip map={map} frame={frame!} point={here} words={words(here)} />
        )}
        {map && talk && (
          <Marks {...{ map, talk, lines, metric, chosen, trans }} choose={take} />
        )}
      </div>
      <div className="cb-sr" role="status">
        {told && (isSame(here ?? chosen, chosen) ? trans.__('Chosen: %1', told) : told)}
      </div>
      {vain && !lines.length && (
        <p className="cb-note" role="status">
          {trans.__('The points of a mean belong to no run. Group by nothing to choose one of a run.')}
        </p>
      )}
      {chosen && (
        <PointBox
          key={pointName(chosen)}
          point={chosen}
          words={words(chosen)}
          number={lines.find(({ run }) => run === chosen.run)!.number}
          near={talk && map ? besides(map.marks(talk.said(lines, metric)), chosen) : []}
          {...{ talk, choose: take, letGo, trans }}
        />
      )}
    </>
  );
}

/** Return what a point is called: its run, step and value. */
function wordsOf(
  point: IPoint,
  lines: readonly IPointLine[],
  value: number | null,
  trans: TranslationBundle
): string {
  const { label } = lines.find(({ run }) => run === point.run)!;
  return [
    formatting.shorten(label, 60),
    point.metric,
    trans.__('step %1', point.step),
    // Of a long curve not every point is here.
    ...(value === null ? [] : [formatting.number(value)])
  ].join(' · ');
}

/** Return the other points whose mark a point has. */
function besides(marks: readonly IMark[], point: IPoint): readonly ISaid[] {
  const mark = marks.find(({ said }) => said.some(one => isSame(one.point, point)));
  return mark?.said.filter(one => !isSame(one.point, point)) ?? [];
}

/** Where the chosen point is, and where the keys have led to. */
function Layer(props: {
  map: PointMap;
  frame: IFrame;
  cursor: IPoint | null;
  chosen: IPoint | null;
}): React.ReactElement {
  const { map, frame, cursor, chosen } = props;
  const ring = (point: IPoint | null, kind: string) => {
    const spot = point && map.spotOf(point);
    const place = spot && map.place(spot);
    if (!place) {
      return null;
    }
    const stroke = { stroke: colourOf(map.lines[spot.line].number) };
    return (
      <g className={kind}>
        <line x1={place.x} x2={place.x} y1={frame.top} y2={frame.bottom} />
        <circle r="6" cx={place.x} cy={place.y} style={stroke} />
      </g>
    );
  };
  return (
    <svg className="cb-pointlayer" aria-hidden="true">
      {ring(chosen, 'cb-mod-chosen')}
      {!isSame(cursor, chosen) && ring(cursor, 'cb-mod-cursor')}
    </svg>
  );
}

/** What the point is that the keys have led to. */
function CursorTip(props: {
  map: PointMap;
  frame: IFrame;
  point: IPoint;
  words: string;
}): React.ReactElement | null {
  const { map, frame, point, words } = props;
  const spot = map.spotOf(point);
  const place = spot && map.place(spot);
  if (!place) {
    return null;
  }
  const right = place.x > (frame.left + frame.right) / 2;
  const below = place.y < (frame.top + frame.bottom) / 2;
  return (
    <div
      className={`cb-tip cb-mod-point${right ? ' cb-mod-right' : ''}${below ? '' : ' cb-mod-above'}`}
      style={{ left: place.x, top: place.y }}
      aria-hidden="true"
    >
      {words}
    </div>
  );
}

/** A small mark beside each point of which something is said; it opens that. */
function Marks(props: {
  map: PointMap;
  talk: PointTalk;
  lines: readonly IPointLine[];
  metric: string;
  chosen: IPoint | null;
  choose: (point: IPoint) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { map, talk, lines, metric, chosen, choose, trans } = props;
  useSignal(talk.counts.changed);
  return (
    <>
      {map.marks(talk.said(lines, metric)).map(({ x, y, said }) => {
        const { point } = said[0];
        const count = said.reduce((sum, one) => sum + one.count, 0);
        const number = lines.find(({ run }) => run === point.run)!.number;
        const label =
          said.length > 1
            ? trans.__('%1 comments on %2 points near step %3', count, said.length, point.step)
            : trans._n('%1 comment on step %2 of #%3', '%1 comments on step %2 of #%3', count, point.step, number);
        return (
          <button
            key={pointName(point)}
            type="button"
            className="cb-pointmark"
            style={{ left: x, top: y, borderColor: colourOf(number) }}
            aria-label={label}
            aria-pressed={said.some(one => isSame(one.point, chosen))}
            title={label}
            onClick={event => {
              event.stopPropagation();
              choose(point);
            }}
          >
            <Bubble />
            {count}
          </button>
        );
      })}
    </>
  );
}
