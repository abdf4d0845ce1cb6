import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Signal } from '@lumino/signaling';

import type { CompareRow, CurveLines, RunComparison } from '../src/_generated/types.ts';
import { ComparisonModel } from '../src/models/comparison.ts';
import type { ILinesQuery } from '../src/models/linesQuery.ts';
import { comparing, type IComparisonState } from '../src/models/looks.ts';
import { csv, markdown } from '../src/models/export.ts';
import { checked } from '../src/models/looks.ts';
import type { ISource } from '../src/models/source.ts';

function cells(texts: string[]): CompareRow['cells'] {
  return texts.map(text => ({
    text,
    full: '',
    missing: false,
    delta: text === '0.95' ? '+0.01' : '',
    verdict: text === '0.95' ? ('better' as const) : ('' as const),
    reached: text === '0.95' ? true : null,
    value: text
  }));
}

function line(name: string, texts: string[], group: CompareRow['group'] = 'Params'): CompareRow {
  const differs = new Set(texts).size > 1;
  const key = `${group.toLowerCase()}.${name}`;
  return { group, name, key, cells: cells(texts), differs, numeric: false, direction: null };
}

class Source implements ISource {
  asked: string[] = [];
  drawn: readonly string[] = [];
  there: readonly string[] = [];
  problem = '';

  ask<T>(_: string, question: string, query: object): Promise<T> {
    if (this.problem) {
      return Promise.reject(new Error(this.problem));
    }
    if (question === 'grid') {
      return Promise.resolve({ rows: this.there.map(run => ({ run_id: run })) } as T);
    }
    if (question === 'grid-file') {
      this.asked.push(JSON.stringify(query));
      const made = { name: 'runs.parquet', media_type: 'a/b', content: btoa('PAR1') };
      return Promise.resolve(made as T);
    }
    const answer =
      question === 'compare'
        ? this._compare(query as { runs: string[]; baseline: number })
        : this._lines(query as ILinesQuery);
    return Promise.resolve(answer as T);
  }

  change<T>(): Promise<T> {
    return Promise.reject(new Error('It is not to be changed.'));
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error('There is none.'));
  }

  gone = false;
  readonly lost = new Signal<Source, void>(this);

  private _compare({ runs, baseline }: { runs: string[]; baseline: number }): RunComparison {
    this.asked.push(`compare ${runs.join()} ${baseline}`);
    return {
      runs: runs.map(run => ({
        run_id: run,
        number: Number(run),
        name: `=run|${run}`,
        state: 'finished',
        running: false,
        trashed: false,
        notes: '',
        flags: []
      })),
      baseline,
      rows: [
        line(
          'acc',
          runs.map(run => (run === '2' ? '0.95' : '0.94')),
          'Metrics'
        ),
        line(
          'seed',
          runs.map(() => '7')
        ),
        line('lr', runs)
      ],
      metrics: ['acc', 'loss'],
      missing: []
    };
  }

  private _lines(query: ILinesQuery): CurveLines {
    const { metric, axis, smoothing, group, low, high } = query;
    this.drawn = query.runs;
    this.asked.push(`lines ${[metric, axis, smoothing, group, low, high].join()}`);
    return { metric, axis, lines: [], missing: [], marks: [], goal: null, unmarked: 0 };
  }
}

async function started(): Promise<{ source: Source; model: ComparisonModel }> {
  const source = new Source();
  const model = new ComparisonModel(source, comparing('a.ipynb', ['1', '2', '3']));
  await model.refresh();
  return { source, model };
}

test('only what differs is shown, until all is asked for', async () => {
  const { model } = await started();
  assert.deepEqual(
    model.rows.map(row => row.name),
    ['acc', 'lr']
  );
  assert.equal(model.hidden, 1);
  await model.change({ everything: true });
  assert.equal(model.rows.length, 3);
});

test('another baseline or look is asked for, a logarithmic axis is not', async () => {
  const { source, model } = await started();
  assert.equal(model.lines?.metric, 'acc');
  source.asked = [];
  await model.change({ log: true });
  assert.deepEqual(source.asked, []);
  await model.change({ smoothing: 0.5 });
  await model.change({ metric: 'loss', group: 'params.lr' });
  assert.deepEqual(source.asked, ['lines acc,step,0.5,,,', 'lines loss,step,0.5,params.lr,,']);
  await model.change({ baseline: '2' });
  assert.ok(source.asked.includes('compare 1,2,3 1'));
});

test('a look at a part of the axis ends with another axis', async () => {
  const { source, model } = await started();
  await model.change({ window: [10, 20] });
  assert.equal(source.asked.at(-1), 'lines acc,step,0,,10,20');
  await model.change({ axis: 'relative' });
  assert.equal(model.state.window, null);
  assert.equal(source.asked.at(-1), 'lines acc,relative,0,,,');
});

test('runs are grouped by what tells them apart', async () => {
  const { model } = await started();
  assert.deepEqual(model.groups, ['params.lr']);
});

test('a comparison that an older version kept is shown as far as it goes', () => {
  const { window: _, ...kept } = { ...comparing('a.ipynb', ['1', '2']), axis: 'time' as const };
  const model = new ComparisonModel(new Source(), kept as never);
  assert.equal(model.state.axis, 'step');
  assert.equal(model.state.window, null);
});

test('a run is taken out, but never the last but one', async () => {
  const { model } = await started();
  await model.drop('1');
  assert.deepEqual(model.state.runs, ['2', '3']);
  assert.equal(model.state.baseline, '2');
  await model.drop('2');
  assert.deepEqual(model.state.runs, ['2', '3']);
});

test('a hidden run is neither in the table nor among the curves, and one stays', async () => {
  const { source, model } = await started();
  await model.hide('1');
  assert.deepEqual([model.places, model.numbers, source.drawn], [[1, 2], [2, 3], ['2', '3']]);
  await model.hide('2');
  await model.hide('3');
  assert.deepEqual(model.seen, ['3']);
  assert.deepEqual(
    model.hiddenRuns.map(run => run.number),
    [1, 2]
  );
  const file = await model.file('markdown');
  assert.match(new TextDecoder().decode(file.content), /^\|  \| #3 =run\\\|3 \|\n/);
  await model.hide('1', false);
  assert.deepEqual(source.drawn, ['1', '3']);
  await model.change({ unseen: [] });
  assert.deepEqual(model.places, [0, 1, 2]);
});

test('what differs is reckoned of the runs that are shown; one run shows all there is', async () => {
  const { source, model } = await started();
  const names = () => model.rows.map(row => row.name);
  assert.deepEqual(names(), ['acc', 'lr']);
  await model.hide('2');
  assert.deepEqual(names(), ['lr']);
  await model.hide('3');
  assert.deepEqual(names(), ['acc', 'seed', 'lr']);
  const one = new ComparisonModel(source, comparing('a.ipynb', ['1']));
  await one.refresh();
  assert.equal(one.rows.length, 3);
});

test('a table becomes what others take: the rows that are shown, of the runs that are', async () => {
  const { source, model } = await started();
  await model.hide('2');
  const file = await model.file('parquet');
  assert.deepEqual([file.name, file.type], ['comparison.parquet', 'a/b']);
  const asked = JSON.parse(source.asked.at(-1)!) as object;
  assert.deepEqual(asked, {
    format: 'parquet',
    runs: ['1', '3'],
    columns: '["params.lr"]',
    baseline: '1'
  });
  const csvFile = await model.file('csv');
  assert.equal(csvFile.content[0], 0xef);
});

test('a definition of a metric that changes elsewhere is followed', async () => {
  const { source, model } = await started();
  source.asked = [];
  model.tell(['metric_definitions']);
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.ok(source.asked.includes('compare 1,2,3 0'));
});

test('a comparison of no runs takes the first that come, until somebody chooses', async () => {
  const source = new Source();
  const model = new ComparisonModel(source, comparing('a.ipynb', []));
  await model.refresh();
  assert.ok(model.waiting);
  assert.equal(model.problem, '');
  source.there = ['1'];
  await model.refresh();
  assert.equal(model.comparison?.runs.length, 1);
  source.there = ['3', '2', '1'];
  await model.refresh();
  assert.deepEqual([model.state.runs, model.state.baseline], [['1', '2', '3'], '1']);
  await model.drop('3');
  source.there = ['4', '3', '2', '1'];
  await model.refresh();
  assert.deepEqual(model.state.runs, ['1', '2']);
});

test('what went wrong is said, and what was shown stays', async () => {
  const { source, model } = await started();
  source.problem = 'The book is locked.';
  await model.refresh();
  assert.equal(model.problem, 'The book is locked.');
  assert.equal(model.comparison?.runs.length, 3);
});

test('exports hold what is shown, and run nothing', async () => {
  const { model } = await started();
  const comparison = model.comparison!;
  assert.equal(
    csv(comparison, model.rows).split('\r\n')[0],
    ",,#1 =run|1,#2 =run|2,#3 =run|3"
  );
  const lines = markdown(comparison, model.rows).split('\n');
  assert.equal(lines[0], '|  | #1 =run\\|1 ★ | #2 =run\\|2 | #3 =run\\|3 |');
  assert.equal(lines[2], '| acc | 0.94 | 0.95 ◎ ▲ +0.01 | 0.94 |');
  const formula = [line('=HYPERLINK("x")', ['a,b', '-1', 'c'])];
  assert.equal(
    csv(comparison, formula).split('\r\n')[1],
    `Params,"'=HYPERLINK(""x"")","a,b",-1,c`
  );
  const numbers = [line('-inf', ['-3', '+1.5e-3', '-Infinity'])];
  assert.equal(csv(comparison, numbers).split('\r\n')[1], 'Params,-inf,-3,+1.5e-3,-Infinity');
  const texts = [line('@x', ['-3+2', '\t', '-'])];
  assert.equal(csv(comparison, texts).split('\r\n')[1], "Params,'@x,'-3+2,'\t,'-");
  const runs = comparison.runs.map(run => ({ ...run, name: '=1' }));
  assert.match(csv({ ...comparison, runs }, []), /^,,#1 =1,/);
});

test('values of another kind, or out of range, are the defaults', () => {
  const good = comparing('', ['1', '2']);
  assert.deepEqual(checked(good), { ...good, notes: [] });
  const ranges = { 'params.lr': [0, 0.5] as const };
  const fine = { ...good, smoothing: 0.6, window: [1, 2] as const, rows: true, tab: 'media' };
  const all = { ...fine, relations: { ...good.relations, picture: 'scatter' as const, ranges } };
  assert.deepEqual(checked(all), { ...all, notes: [] });
  for (const odd of [
    { smoothing: NaN },
    { smoothing: 1 },
    { smoothing: -0.1 },
    { window: [1, '2'] },
    { window: [1, Infinity] },
    { window: {} },
    { metric: {} },
    { group: ['params.lr'] },
    { tab: '__proto__' },
    { axis: 'toString' },
    { rows: 'yes' },
    { relations: null },
    { relations: { picture: 'pie', axes: ['x', 1], ranges: { x: 3 }, colour: {} } },
    { notes: [{}] },
    { baseline: undefined, log: undefined }
  ]) {
    const given = { ...good, ...odd } as unknown as IComparisonState;
    assert.deepEqual(checked(given), { ...good, notes: [] }, JSON.stringify(odd));
  }
});

test('where nobody answers, what is chosen stays what is seen', async () => {
  const source = new Source();
  const model = new ComparisonModel(source, comparing('', ['1', '2']));
  await model.refresh();
  await model.change({ metric: 'loss', smoothing: 0.5 });
  let drawn = 0;
  model.changed.connect(() => drawn++);
  source.problem = 'This kernel is gone.';
  source.gone = true;
  source.lost.emit();
  assert.equal(drawn, 1);
  assert.ok(model.gone);
  await Promise.all([model.change({ smoothing: 0.7 }), model.change({ smoothing: 0.9 })]);
  await model.change({ axis: 'wall' });
  await model.change({ baseline: '2' });
  const { metric, smoothing, axis, baseline } = model.state;
  assert.deepEqual([metric, smoothing, axis, baseline], ['loss', 0.5, 'step', '1']);
  await model.change({ log: true });
  assert.equal(model.state.log, true, 'nobody is asked for that');
  model.dispose();
});

test('of all metrics each is asked for by itself, in few points', async () => {
  const source = new Source();
  const model = new ComparisonModel(source, comparing('', ['1', '2']));
  await model.refresh();
  await model.change({ all: true });
  assert.equal(model.lines, null);
  const before = source.asked.length;
  await model.change({ smoothing: 0.5 });
  assert.equal(source.asked.length, before, 'nothing is asked for the one that is not seen');
  assert.equal((await model.linesOf('loss')).metric, 'loss');
  source.problem = 'The book is locked.';
  await model.change({ group: 'params.lr' });
  await assert.rejects(model.linesOf('loss'), /locked/);
  assert.equal(model.state.group, '');
  source.problem = '';
  await model.change({ all: false, metric: 'loss' });
  assert.equal(model.lines!.metric, 'loss');
  model.dispose();
});
