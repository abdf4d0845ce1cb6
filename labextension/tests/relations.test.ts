import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { RelationColumn, Relations } from '../src/_generated/types.ts';
import { Answers } from '../src/models/answers.ts';
import { axisOf, textOf, titleOf } from '../src/models/columns.ts';
import type { ILook } from '../src/models/figure.ts';
import {
  drawnPlaces,
  drawnRuns,
  heightAt,
  parallelFigure,
  within
} from '../src/models/parallelFigure.ts';
import { pictureHtml } from '../src/models/pictureHtml.ts';
import { correlationFigure, scatterFigure } from '../src/models/relationFigures.ts';
import { chosenOf, PLAIN_RELATIONS, wantedBy } from '../src/models/relations.ts';
import { findingRuns, parallelCode } from '../src/models/relationsCode.ts';
import { scale, shade } from '../src/models/shades.ts';
import { tintOf } from '../src/models/tint.ts';

const LIGHT: ILook = {
  text: 'rgb(33, 33, 33)',
  muted: '#616161',
  line: '#eeeeee',
  ground: '#ffffff',
  raised: '#eeeeee',
  font: 'sans-serif',
  size: 13,
  runs: ['#0072b2', '#d55e00', '#009e73', '#56b4e9', '#e69f00', '#cc79a7', '#8a8000']
};
const DARK: ILook = { ...LIGHT, text: 'rgb(255, 255, 255)', ground: '#111111' };

function numbers(name: string, values: RelationColumn['numbers'], more = {}): RelationColumn {
  const [part, key] = name.split('.') as [RelationColumn['part'], string];
  const count = values.filter(value => value !== null).length;
  const rest = { labels: [], codes: [], log: false, direction: null };
  return { name, part, key, numbers: values, count, ...rest, ...more };
}

function texts(name: string, labels: string[], codes: RelationColumn['codes']): RelationColumn {
  return numbers(name, [], { labels, codes, count: codes.length });
}

const LR = numbers('params.lr', [0.001, 0.1, 0.01, null], { log: true });
const OPT = texts('params.opt', ['<b>adam</b>', 'sgd'], [0, 1, 1, null]);
const ACC = numbers('metrics.acc', [0.5, 0.9, 'NaN', 0.7], { direction: 'more is better' });
const LOSS = numbers('metrics.loss', [3, 1, 2, 'Infinity'], { direction: 'less is better' });

const RELATIONS: Relations = {
  runs: [1, 2, 3, 4].map(number => ({ run_id: `r${number}`, number, name: `<i>${number}</i>` })),
  columns: [LR, OPT, ACC, LOSS],
  others: [],
  same: 0,
  missing: []
};

test('an axis goes from 0 to 1, by the logarithm where that is told', () => {
  const axis = axisOf(LR);
  assert.deepEqual(axis.places.slice(0, 2), [0, 1]);
  assert.ok(Math.abs(axis.places[2]! - 0.5) < 1e-9);
  assert.equal(axis.places[3], null);
  assert.deepEqual(
    axis.marks.map(mark => mark.text),
    ['0.001', '0.01', '0.1']
  );
});

test('labels are spread evenly, and NaN and infinities have no place', () => {
  assert.deepEqual(axisOf(OPT).places, [0, 1, 1, null]);
  assert.deepEqual(axisOf(ACC).places.slice(2), [null, axisOf(ACC).places[3]]);
  assert.equal(axisOf(LOSS).places[3], null);
  assert.equal(textOf(LOSS, 3), '∞');
  assert.equal(textOf(OPT, 3), '—');
});

test('many values get few marks, with both ends among them', () => {
  const values = Array.from({ length: 300 }, (_, place) => place / 299);
  const { marks } = axisOf(numbers('params.x', values));
  assert.equal(marks[0].at, 0);
  assert.equal(marks.at(-1)!.at, 1);
  assert.ok(marks.length > 3 && marks.length < 9);
  assert.equal(axisOf(numbers('params.x', [5, 5])).places[0], 0.5);
  assert.deepEqual(axisOf(numbers('params.x', [null, 'NaN'])).marks, []);
});

test('a name is short unless two have it', () => {
  const twin = numbers('params.acc', [1, 2, 3, 4]);
  const both = { ...RELATIONS, columns: [...RELATIONS.columns, twin] };
  assert.equal(titleOf(RELATIONS, ACC), 'acc');
  assert.equal(titleOf(both, ACC), 'metrics.acc');
});

test('ranges of several axes hold together, and what has no value is outside', () => {
  const axes = [LR, ACC].map(axisOf);
  const none = within(axes, {}, 4);
  assert.deepEqual(none, [true, true, true, true]);
  assert.deepEqual(within(axes, { 'params.lr': [0.4, 1] }, 4), [false, true, true, false]);
  const both = { 'params.lr': [0.4, 1], 'metrics.acc': [0.9, 1] } as const;
  assert.deepEqual(within(axes, both, 4), [false, true, false, false]);
  assert.deepEqual(within(axes, { 'params.gone': [0, 0] }, 4), none);
});

test('of ten thousand runs a thousand lines are drawn, those within the ranges first', () => {
  assert.equal(drawnRuns(Array(10_000).fill(true)).length, 1_000);
  const inside = Array.from({ length: 10_000 }, (_, run) => run % 100 === 0);
  const drawn = drawnRuns(inside);
  assert.equal(drawn.filter(run => inside[run]).length, 100);
  assert.ok(drawn.length <= 1_000);
});

test('the picture has a line for each run, the best on top, and no markup of names', () => {
  const axes = [LR, OPT, ACC].map(axisOf);
  const tint = tintOf(RELATIONS.runs, ACC, 'acc', LIGHT);
  const figure = parallelFigure(RELATIONS.runs, axes, ['lr', '<opt>', 'acc'], tint, {}, LIGHT);
  const lines = figure.data as { mode: string; line?: { color: string }; x: unknown[] }[];
  assert.equal(lines.filter(one => one.mode === 'lines').length, 4);
  assert.equal(lines.filter(one => one.mode === 'lines').at(-1)!.line!.color, tint.colours[1]);
  const told = JSON.stringify(figure.layout);
  assert.ok(told.includes('&lt;opt&gt;') && told.includes('&lt;b&gt;adam'));
  assert.ok(!told.includes('<opt>'));
  const held = parallelFigure(RELATIONS.runs, axes, ['a', 'b', 'c'], tint, { 'metrics.acc': [1, 1] }, LIGHT);
  assert.ok((held.data[0] as { line: { color: string } }).line.color.endsWith('0.1)'));
});

test('lines are level at the axes', () => {
  assert.equal(heightAt([0, 1], 0), 0);
  assert.equal(heightAt([0, 1], 0.5), 0.5);
  assert.equal(heightAt([0, 1], 1), 1);
  assert.ok(heightAt([0, 1], 0.1) < 0.05);
  const [own] = drawnPlaces([axisOf(LR)]);
  assert.ok(own[3] < 0);
});

test('the better a run, the more it stands out from the ground', () => {
  assert.equal(scale(LIGHT).at(-1), '#440154');
  assert.equal(scale(DARK).at(-1), '#fde725');
  const more = tintOf(RELATIONS.runs, ACC, 'acc', DARK);
  const less = tintOf(RELATIONS.runs, LOSS, 'loss', DARK);
  assert.equal(more.colours[1], '#fde725');
  assert.equal(less.colours[1], '#fde725');
  assert.equal(less.colours[3], DARK.muted);
  assert.equal(shade(['#000000', '#ffffff'], 0.5), '#808080');
});

test('few labels have colours of their own, and each run has where nothing else tells', () => {
  const byLabel = tintOf(RELATIONS.runs, OPT, 'opt', LIGHT);
  assert.deepEqual(
    byLabel.legend.map(([label]) => label),
    ['sgd', '<b>adam</b>']
  );
  assert.deepEqual(tintOf(RELATIONS.runs, null, '', LIGHT).colours, LIGHT.runs.slice(0, 4));
});

test('points without a finite place are left out, and names are text', () => {
  const [x, y] = [LR, ACC].map(column => ({ column, title: column.key }));
  const tint = tintOf(RELATIONS.runs, null, '', LIGHT);
  const figure = scatterFigure(RELATIONS.runs, x, y, null, tint, LIGHT);
  const [points] = figure.data as { x: number[]; text: string[] }[];
  assert.deepEqual(points.x, [0.001, 0.1]);
  assert.ok(points.text[0].startsWith('<b>#1</b> &lt;i&gt;1'));
});

test('a correlation that is none is blank', () => {
  const found = { names: ['params.a', 'metrics.<b>'], rows: [[1, null], [null, 1]], counts: [[5, 2], [2, 5]], left_out: 0, problem: '' };
  const figure = correlationFigure(found, name => name, LIGHT);
  const [table] = figure.data as { text: string[][]; customdata: string[][] }[];
  assert.deepEqual(table.text, [['1.00', ''], ['', '1.00']]);
  assert.ok(table.customdata[0][1].includes('none over 2 runs'));
  assert.ok(!table.customdata[0][1].includes('<b>'));
});

test('what is drawn is chosen by hand, or by what there is', () => {
  const guessed = chosenOf(RELATIONS, PLAIN_RELATIONS, 'acc');
  assert.deepEqual(guessed.axes, [LR, OPT, ACC]);
  assert.equal(guessed.colour, ACC);
  assert.equal(guessed.across, LR);
  assert.equal(guessed.up, null);
  const look = { ...PLAIN_RELATIONS, colour: 'run', axes: ['params.lr', 'params.gone'], x: 'metrics.loss' };
  const chosen = chosenOf(RELATIONS, look, '');
  assert.equal(chosen.colour, null);
  assert.equal(chosen.metric, ACC);
  assert.equal(chosen.x, LOSS);
  assert.deepEqual(chosen.axes, [LR, OPT, ACC]);
  assert.deepEqual(wantedBy(look), ['metrics.loss', 'params.gone', 'params.lr']);
});

test('code names runs by stretches, and quotes what it is given', () => {
  assert.ok(findingRuns([9, 1, 2, 3, 4, 7])[1].includes('isin([*range(1, 5), 7, 9])'));
  const nasty = numbers('params.a"]); import os #', [1, 2, 3, 4]);
  const named = [nasty, LR].map(column => ({ column, title: column.key }));
  const text = parallelCode(RELATIONS, named, ACC, { 'params.lr': [0, 0.5] });
  assert.ok(text.includes('runs["params.a\\"]); import os #"]'));
  assert.ok(text.includes('"constraintrange": [-3, -2]'));
});

test('a page of its own lets nothing out of its scripts', async () => {
  const figure = { data: [{ name: '</script><script>alert(1)</script>' }], layout: {} };
  const blob = await pictureHtml('<img onerror=x>', figure, LIGHT, 'let a = "</script>"; // <!--');
  const page = await blob.text();
  assert.equal(page.match(/<\/script>/g)!.length, 2);
  assert.ok(!page.includes('<img') && !page.includes('<!--') && !page.includes('<script>alert'));
});

test('answers are asked once a round, and the last stays while the next comes', async () => {
  const asked: string[] = [];
  const answers = new Answers((question, query) => {
    asked.push(`${question} ${JSON.stringify(query)}`);
    return question === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(asked.length);
  });
  const changes: number[] = [];
  answers.changed.connect(() => changes.push(1));
  assert.equal(answers.get('a', { x: 1 }).value, null);
  assert.equal(answers.get('a', { x: 1 }).busy, true);
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(answers.get('a', { x: 1 }).value, 1);
  assert.equal(asked.length, 1);
  const newer = answers.get('a', { x: 1 }, 1);
  assert.deepEqual([newer.value, newer.busy], [1, true]);
  answers.get('bad', {});
  await new Promise(resolve => setTimeout(resolve));
  assert.equal(answers.get('bad', {}).problem, 'no');
  assert.equal(answers.get('a', { x: 1 }, 1).value, 2);
  assert.equal(changes.length, 3);
});
