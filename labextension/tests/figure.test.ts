import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CurveLines, DrawnLine } from '../src/_generated/types.ts';
import { faint, plain, type ILook } from '../src/models/figure.ts';
import { areTicks } from '../src/models/lineMarks.ts';
import { withoutPlace } from '../src/models/lineNotes.ts';
import { linesFigure, windowOf } from '../src/models/linesFigure.ts';

const LOOK: ILook = {
  text: '#000000',
  muted: '#666666',
  line: '#eeeeee',
  ground: '#ffffff',
  raised: '#eeeeee',
  font: 'sans-serif',
  size: 13,
  runs: ['#0072b2', '#d55e00', '#009e73', '#56b4e9', '#e69f00', '#cc79a7', '#8a8000']
};

function line(number: number, more: Partial<DrawnLine> = {}): DrawnLine {
  return {
    label: `#${number} <b>net</b>`,
    number,
    run_ids: [`${number}`],
    xs: [0, 1, 2],
    ys: [1, 'NaN', 3],
    raw: [],
    lower: [],
    upper: [],
    best: null,
    count: 3,
    nonpositive: 0,
    ...more
  };
}

function drawn(lines: DrawnLine[], axis = 'step', raised: number | null = null) {
  const rest = { missing: [], marks: [], goal: null, unmarked: 0 };
  const given: CurveLines = { metric: 'acc', axis, lines, ...rest };
  const figure = linesFigure(given, { log: false, window: null, group: '' }, LOOK, raised);
  return figure.data as Record<string, any>[];
}

test('what is no number is a gap, and names show no markup', () => {
  const [trace] = drawn([line(1)]);
  assert.deepEqual(trace.y, [1, null, 3]);
  assert.equal(trace.name, '#1 &lt;b&gt;net&lt;/b&gt;');
  assert.equal(plain('a & b'), 'a &amp; b');
});

test('a run has its colour, and a dash where another one has it', () => {
  const [one, eight] = drawn([line(1), line(8)]);
  assert.equal(one.line.color, eight.line.color);
  assert.equal(one.line.dash, 'solid');
  assert.notEqual(eight.line.dash, 'solid');
});

test('a mean has its band, a best point its ring, what was smoothed its trace', () => {
  const all = drawn([line(2, { lower: [0, 1, 2], upper: [2, 3, 4], best: [2, 3], raw: [1, 2, 3] })]);
  assert.deepEqual(
    all.map(trace => trace.fill ?? trace.mode),
    ['lines', 'tonexty', 'lines', 'lines', 'markers']
  );
  assert.equal(all[1].fillcolor, faint('#d55e00', 0.18));
});

test('one run stands out, the others are faint', () => {
  const [one, two] = drawn([line(1), line(2)], 'step', 2);
  assert.ok(one.opacity < 0.5);
  assert.equal(two.opacity, 1);
});

test('a wall clock shows the time of the reader, and a zoom is read back in it', () => {
  const time = new Date(2026, 10, 27, 12, 30).getTime();
  const [trace] = drawn([line(1, { xs: [time, time + 1000, time + 2000] })], 'wall');
  assert.equal(trace.x[0], '2026-11-27T12:30:00.000');
  assert.deepEqual(windowOf('wall', ['2026-11-27 12:30', '2026-11-27 12:30:02']), [
    time,
    time + 2000
  ]);
  assert.equal(windowOf('step', ['a', 'b']), null);
});

test('milestones are lines, stages bands, and the goal lies across', () => {
  const given: CurveLines = {
    metric: 'acc',
    axis: 'step',
    lines: [line(1)],
    missing: [],
    marks: [
      { number: 1, name: '<b>warm</b>', start: 1, end: null },
      { number: 2, name: 'tuning', start: 1, end: 2 }
    ],
    goal: 0.9,
    unmarked: 0
  };
  const layout = (log: boolean) =>
    linesFigure(given, { log, window: null, group: '' }, LOOK).layout as Record<string, any>;
  const { shapes, annotations } = layout(false);
  assert.deepEqual(
    shapes.map((shape: any) => [shape.type, shape.x0, shape.x1]),
    [
      ['line', 1, 1],
      ['rect', 1, 2],
      ['line', 0, 1]
    ]
  );
  assert.equal(annotations[0].text, '&lt;b&gt;warm&lt;/b&gt;');
  assert.equal(annotations[1].yshift, -14, 'names at one place do not lie on one another');
  given.goal = 0;
  assert.equal(layout(true).shapes.length, 2, 'nought has no place on a logarithmic axis');
});

test('of many runs, the marks are ticks in their colours, and one run has its own written out', () => {
  const marks = [1, 2, 3].map(number => ({ number, name: 'warm', start: number, end: null }));
  const given: CurveLines = {
    metric: 'acc',
    axis: 'step',
    lines: [1, 2, 3].map(number => line(number)),
    missing: [],
    marks: [...marks, { number: 3, name: 'tuning', start: 1, end: 2 }],
    goal: null,
    unmarked: 0
  };
  const layout = (raised: number | null, small = false, group = '') =>
    linesFigure(
      given,
      { log: false, window: null, group },
      LOOK,
      raised,
      small ? { numbers: [1, 2, 3], span: [0, 9] } : null
    ).layout as Record<string, any>;
  const { shapes, annotations } = layout(null);
  assert.deepEqual(
    annotations.map((one: any) => [one.text, one.hovertext]),
    [
      ['◆', '#1 warm'],
      ['◆', '#2 warm'],
      ['◆', '#3 warm'],
      ['▸', '#3 tuning begins'],
      ['◂', '#3 tuning ends']
    ]
  );
  assert.equal(new Set(annotations.map((one: any) => one.y)).size, 3, 'a row a run');
  assert.deepEqual(shapes, []);
  const [, top] = layout(null).yaxis.domain;
  assert.ok(top >= 0.94 && annotations.every((one: any) => one.y > top), 'none lies on the curves');
  assert.deepEqual(
    layout(3)
      .annotations.map((one: any) => one.text)
      .sort(),
    ['tuning', 'warm', '◆', '◆']
  );
  assert.equal(layout(null, true).showlegend, false);
  assert.deepEqual(layout(null, true).xaxis.range, [0, 9], 'small pictures have one axis');
  assert.equal(layout(null).legend.yref, 'container', 'a legend lies below the axis at any height');
  assert.deepEqual(layout(3, true).annotations, [], 'a small picture has no room for them');
  assert.deepEqual(layout(null, false, 'params.lr').annotations, [], 'means have none');
  assert.ok(areTicks(given.marks) && !areTicks(marks.slice(0, 2)));
});

test('what a logarithmic axis has no place for is told, and a band ends where it must', () => {
  const lines = [
    line(1, { ys: [-1, 1, 2], lower: [-2, 0.5, 1], upper: [1, 2, 3], nonpositive: 1 }),
    line(2, { ys: [-1, 0], nonpositive: 2 }),
    line(3)
  ];
  const given: CurveLines = {
    metric: 'acc',
    axis: 'step',
    lines,
    missing: [],
    marks: [],
    goal: null,
    unmarked: 0
  };
  assert.deepEqual(withoutPlace(given), { points: 3, runs: [1, 2], gone: [2] });
  const figure = linesFigure(given, { log: true, window: null, group: '' }, LOOK);
  assert.deepEqual((figure.data[0] as any).y, [0.5, 0.5, 1]);
});
