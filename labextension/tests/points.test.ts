import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CurveLines, DrawnLine } from '../src/_generated/types.ts';
import { draftKey } from '../src/models/anchors.ts';
import { frameOf } from '../src/models/plotFrame.ts';
import {
  isSame,
  pointAnchor,
  pointLines,
  PointMap,
  pointName,
  type IFrame,
  type IPointLine
} from '../src/models/points.ts';

/** A frame of 100 by 100 pixels over places and values from 0 to 10. */
function frame(given: Partial<IFrame> = {}): IFrame {
  return {
    left: 0,
    right: 100,
    top: 0,
    bottom: 100,
    x: place => place * 10,
    y: value => 100 - value * 10,
    hides: () => false,
    ...given
  };
}

function line(number: number, ys: number[], given: Partial<IPointLine> = {}): IPointLine {
  const xs = ys.map((_, place) => place);
  const label = `#${number} run`;
  return { run: `r${number}`, number, label, xs, ys, steps: xs, values: ys, ...given };
}

function drawn(given: Partial<DrawnLine>): DrawnLine {
  return {
    label: '#1 run',
    number: 1,
    run_ids: ['r1'],
    xs: [0, 1],
    ys: [2, 3],
    raw: [],
    lower: [],
    upper: [],
    best: null,
    count: 2,
    nonpositive: 0,
    steps: [],
    ...given
  };
}

function curves(lines: DrawnLine[]): CurveLines {
  const rest = { missing: [], marks: [], goal: null, unmarked: 0 };
  return { metric: 'loss', axis: 'step', lines, ...rest };
}

test('a point of a smoothed line over time is the step and the value that were logged', () => {
  const timed = drawn({ xs: [0.5, 1.5], ys: [4, 4.5], raw: [4, 5], steps: [40, 80] });
  const [one] = pointLines(curves([timed]));
  assert.deepEqual([one.xs, one.steps, one.values], [[0.5, 1.5], [40, 80], [4, 5]]);
  const [plain] = pointLines(curves([drawn({})]));
  assert.deepEqual([plain.steps, plain.values], [[0, 1], [2, 3]]);
});

test('nobody logged the points of a mean', () => {
  const mean = drawn({ run_ids: ['r1', 'r2'] });
  assert.deepEqual(pointLines(curves([mean, drawn({ run_ids: [] })])), []);
});

test('the drawn point that is nearest to the pointer is chosen', () => {
  const lines = [line(1, [1, 1, 1]), line(2, [5, NaN, 5])];
  const map = new PointMap(lines, frame());
  assert.deepEqual(map.nearest(12, 88), { line: 0, at: 1 });
  assert.deepEqual(map.nearest(8, 52), { line: 1, at: 0 });
  assert.deepEqual(map.pointAt({ line: 1, at: 2 }, 'loss'), { run: 'r2', metric: 'loss', step: 2 });
  assert.equal(new PointMap([line(1, [NaN])], frame()).nearest(0, 0), null);
});

test('what lies beyond the axes or was hidden cannot be chosen', () => {
  const lines = [line(1, [5, 5]), line(2, [20, 8])];
  const map = new PointMap(lines, frame({ hides: label => label === '#1 run' }));
  assert.deepEqual(map.nearest(0, 0), { line: 1, at: 1 });
  assert.deepEqual([map.holds(50, 50), map.holds(50, 120), map.holds(-20, 50)], [true, false, false]);
});

test('a step that no number holds exactly names no point', () => {
  const map = new PointMap([line(1, [5, 5], { steps: [2 ** 60, 3] })], frame());
  assert.deepEqual(map.first(), { line: 0, at: 1 });
});

test('keys go along a curve and pass over what is not drawn', () => {
  const map = new PointMap([line(1, [1, NaN, 3, 4])], frame());
  assert.deepEqual(map.moved({ line: 0, at: 0 }, 'ArrowRight'), { line: 0, at: 2 });
  assert.deepEqual(map.moved({ line: 0, at: 2 }, 'ArrowLeft'), { line: 0, at: 0 });
  assert.deepEqual(map.moved({ line: 0, at: 0 }, 'ArrowLeft'), { line: 0, at: 0 });
  assert.deepEqual(map.moved({ line: 0, at: 0 }, 'End'), { line: 0, at: 3 });
  assert.deepEqual(map.moved({ line: 0, at: 3 }, 'Home'), { line: 0, at: 0 });
  assert.equal(map.moved({ line: 0, at: 0 }, 'a'), null);
});

test('keys pass a step that was logged twice, either way', () => {
  const map = new PointMap([line(1, [1, 2, 3, 4], { xs: [0, 1, 1, 2], steps: [0, 1, 1, 2] })], frame());
  const back = map.moved({ line: 0, at: 3 }, 'ArrowLeft')!;
  assert.deepEqual(back, { line: 0, at: 2 });
  assert.deepEqual(map.spotOf({ run: 'r1', metric: 'loss', step: 1 }), back);
  assert.deepEqual(map.moved(back, 'ArrowLeft'), { line: 0, at: 0 });
});

test('keys go to the next curve above and below, and reach those that are the same', () => {
  const lines = [line(1, [5, 5]), line(2, [5, 5]), line(3, [9, 1])];
  const map = new PointMap(lines, frame());
  const up = (from: { line: number; at: number }) => map.moved(from, 'ArrowUp')!;
  assert.deepEqual(up({ line: 0, at: 0 }), { line: 1, at: 0 });
  assert.deepEqual(up({ line: 1, at: 0 }), { line: 2, at: 0 });
  assert.deepEqual(up({ line: 2, at: 0 }), { line: 2, at: 0 });
  assert.deepEqual(map.moved({ line: 0, at: 1 }, 'ArrowDown'), { line: 2, at: 1 });
});

test('the nearest drawn step stands for one that a long line leaves out', () => {
  const map = new PointMap([line(1, [1, 2, 3], { steps: [0, 50, 100] })], frame());
  const point = { run: 'r1', metric: 'loss', step: 60 };
  assert.deepEqual(map.spotOf(point), { line: 0, at: 1 });
  assert.equal(map.valueOf(point), null);
  assert.equal(map.valueOf({ ...point, step: 50 }), 2);
  assert.equal(map.spotOf({ ...point, run: 'other' }), null);
});

test('points that lie together have one mark, those out of sight none', () => {
  const map = new PointMap([line(1, [5, 5, 5, NaN], { xs: [0, 1, 9, 4] })], frame());
  const said = [0, 1, 2, 3].map(step => ({ point: { run: 'r1', metric: 'loss', step }, count: 2 }));
  const marks = map.marks(said);
  assert.deepEqual(
    marks.map(mark => [mark.x, mark.y, mark.said.map(one => one.point.step)]),
    [
      [0, 50, [0, 1]],
      // A value that has no place is marked at the axis.
      [40, 100, [3]],
      [90, 50, [2]]
    ]
  );
  const zoomed = new PointMap(map.lines, frame({ x: place => place * 100 }));
  assert.deepEqual(zoomed.marks(said).map(mark => mark.said.length), [1, 1]);
});

test('a point is named for its run, metric and step', () => {
  const point = { run: 'r1', metric: 'hits@5', step: -3 };
  assert.equal(pointName(point), 'r1/hits@5@-3');
  assert.deepEqual(pointAnchor(point), { kind: 'metric', runs: ['r1'], metric: 'hits@5', step: -3 });
  assert.ok(isSame(point, { ...point }) && !isSame(point, { ...point, step: 3 }) && !isSame(null, null));
  const keys = [3, 4].map(step => draftKey(pointAnchor({ ...point, step })));
  assert.notEqual(keys[0], keys[1]);
});

test('a picture tells where its axes are, and which lines somebody has hidden', () => {
  const axis = { _offset: 40, _length: 200, d2p: (value: unknown) => 10 * Number(value) };
  const _fullLayout = { xaxis: axis, yaxis: { ...axis, _offset: 8, _length: 100 } };
  const _fullData = [
    { legendgroup: '#1 run', visible: 'legendonly' },
    { legendgroup: '#1 run', visible: true, showlegend: false },
    { legendgroup: '#2 run', visible: true }
  ];
  const node = { _fullLayout, _fullData } as unknown as HTMLElement;
  const found = frameOf(node, x => x / 2)!;
  assert.deepEqual([found.left, found.right, found.top, found.bottom], [40, 240, 8, 108]);
  assert.deepEqual([found.x(4), found.y(4)], [60, 48]);
  assert.deepEqual([found.hides('#1 run'), found.hides('#2 run')], [true, false]);
  assert.equal(frameOf({} as HTMLElement, x => x), null);
});
