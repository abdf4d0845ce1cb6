/** What two runs were made by: their cells, cell by cell, and what these ran on. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  CodeCell,
  CodeComparison,
  EnvironmentDifference,
  FactDifference,
  RunHead
} from '../_generated/types.ts';
import { diffLines, folded, LONGEST, plainLines, type Line } from '../models/codeLines.ts';
import { colourOf } from '../models/colours.ts';
import type { ComparisonModel } from '../models/comparison.ts';
import { MISSING, shorten } from '../models/format.ts';
import { Choice } from './curves.tsx';
import { Pieces } from './diffed.tsx';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';

interface CodeProps {
  model: ComparisonModel;
  trans: TranslationBundle;
}

/** The whole tab. */
export function Code(props: CodeProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.answers.changed);
  const { baseline } = model.state;
  const { other } = model;
  if (!other) {
    return (
      <Empty>
        <Marked text={trans.__('One run has nothing to compare its code with: `%compare` another.')} />
      </Empty>
    );
  }
  const query = { first: baseline, second: other };
  const { value, problem } = model.answers.get<CodeComparison>('code', query, model.readings);
  const heads = model.comparison!.runs.filter((_, place) => place !== model.comparison!.baseline);
  return (
    <section aria-label={trans.__('Code')}>
      <div className="cb-line">
        {value && <Head head={value.runs[0]} />}
        <span aria-hidden="true">→</span>
        <Choice
          label=""
          name={trans.__('compared with')}
          value={other}
          options={heads.map(head => [head.run_id, `#${head.number} ${head.name}`])}
          onChange={run => void model.change({ other: run })}
        />
        <span className="cb-legend">
          <ins>{trans.__('only in the second')}</ins> <del>{trans.__('only in the first')}</del>
        </span>
      </div>
      {problem && <Trouble message={problem} />}
      {!value && !problem && <Loading busy label={trans.__('Comparing the code')} />}
      {value && (
        <div className="cb-codes">
          <Cells code={value} trans={trans} />
          <Environments code={value} trans={trans} />
        </div>
      )}
    </section>
  );
}

function Head(props: { head: RunHead }): React.ReactElement {
  const { number, name } = props.head;
  return (
    <span>
      <span className="cb-strong" style={{ color: colourOf(number) }}>
        #{number}
      </span>{' '}
      <bdi>{shorten(name, 40)}</bdi>
    </span>
  );
}

// -- cells ---------------------------------------------------------------------------------------

function Cells(props: { code: CodeComparison; trans: TranslationBundle }): React.ReactElement {
  const { code, trans } = props;
  const [all, setAll] = React.useState(false);
  const changed = code.cells.filter(cell => cell.change !== null);
  const same = code.cells.length - changed.length;
  return (
    <section className="cb-codecells" aria-label={trans.__('Cells')}>
      <h3>{trans.__('Cells')}</h3>
      <p className="cb-note">
        <Marked text={cellsTold(code, trans)} />{' '}
        {same > 0 && (
          <button
            type="button"
            className="cb-link"
            aria-expanded={all}
            onClick={() => setAll(!all)}
          >
            {all
              ? trans.__('hide what is the same')
              : trans._n('show the one that is the same', 'show the %1 that are the same', same)}
          </button>
        )}
      </p>
      {code.left_out > 0 && (
        <p className="cb-note">{trans.__('%1 earlier cells are not compared.', code.left_out)}</p>
      )}
      <ol className="cb-codelist">
        {(all ? code.cells : changed).map((cell, place) => (
          <CodeCellView key={`${cell.cell_id} ${place} ${all}`} cell={cell} trans={trans} />
        ))}
      </ol>
    </section>
  );
}

/** Return what is to be said of the cells altogether. */
function cellsTold(code: CodeComparison, trans: TranslationBundle): string {
  const [first, second] = code.runs.map(run => `#${run.number}`);
  const [before, after] = code.counts;
  const without = [before ? '' : first, after ? '' : second].filter(Boolean);
  if (without.length) {
    const scripts = code.notebooks.filter((name, place) => !code.counts[place] && name);
    return scripts.length
      ? trans.__(
          'No cells are on record for %1, which %2 made: its commit and patch tell what ran.',
          without.join(', '),
          [...new Set(scripts)].map(name => `\`${name}\``).join(', ')
        )
      : trans.__(
          'No cells are on record for %1: in a notebook, `%load_ext cellbook` keeps them.',
          without.join(', ')
        );
  }
  const count = (change: string) => code.cells.filter(cell => cell.change === change).length;
  if (code.cells.every(cell => cell.change === null)) {
    return trans._n(
      'The very same cell made both runs.',
      'The very same %1 cells made both runs.',
      code.cells.length
    );
  }
  const parts = [
    [count('changed'), trans.__('changed')],
    [count('added'), trans.__('only in %1', second)],
    [count('removed'), trans.__('only in %1', first)]
  ] as const;
  const told = parts.filter(([number]) => number).map(([number, what]) => `${number} ${what}`);
  return `${told.join(', ')}.`;
}

function CodeCellView(props: { cell: CodeCell; trans: TranslationBundle }): React.ReactElement {
  const { cell, trans } = props;
  const [whole, setWhole] = React.useState(false);
  const lines = React.useMemo(() => {
    switch (cell.change) {
      case 'added':
        return plainLines(cell.after, 'added');
      case 'removed':
        return plainLines(cell.before, 'removed');
      case 'changed':
        return diffLines(cell.before, cell.after);
      default:
        return plainLines(cell.after, 'same');
    }
  }, [cell]);
  const words = {
    added: trans.__('+ only in the second'),
    removed: trans.__('− only in the first'),
    changed: trans.__('± changed')
  };
  const prompts = cell.prompts.map(prompt => (prompt === null ? '' : `[${prompt}]`));
  const stretches = cell.change === 'changed' && !whole ? folded(lines) : null;
  const shown = whole ? lines : lines.slice(0, LONGEST);
  const hidden = stretches
    ? stretches.some(one => one.kind === 'folded')
    : shown.length < lines.length;
  return (
    <li className="cb-codecell">
      <h4>
        <code>{[...new Set(prompts.filter(Boolean))].join(' → ') || MISSING}</code>{' '}
        <span>{cell.change ? words[cell.change] : trans.__('= the same')}</span>
        {Math.max(...cell.times) > 1 && (
          <span className="cb-muted" title={trans.__('How often it ran in each run')}>
            {' '}
            ×{cell.times.filter(Boolean).join(' → ×')}
          </span>
        )}
        {(hidden || whole) && (
          <button
            type="button"
            className="cb-link"
            aria-expanded={whole}
            onClick={() => setWhole(!whole)}
          >
            {whole ? trans.__('show less') : trans._n('show all %1 line', 'show all %1 lines', lines.length)}
          </button>
        )}
      </h4>
      <pre className="cb-source" tabIndex={0} role="region" aria-label={trans.__('Source')}>
        {stretches
          ? stretches.map((stretch, place) =>
              stretch.kind === 'lines' ? (
                <Lines key={place} lines={stretch.lines.slice(0, LONGEST)} />
              ) : (
                <span key={place} className="cb-skipped">
                  {trans._n('⋯ %1 line is the same\n', '⋯ %1 lines are the same\n', stretch.count)}
                </span>
              )
            )
          : <Lines lines={shown} />}
      </pre>
    </li>
  );
}

function Lines(props: { lines: readonly Line[] }): React.ReactElement {
  return (
    <>
      {props.lines.map((line, place) => (
        <Pieces key={place} pieces={line} />
      ))}
    </>
  );
}

// -- what they ran on ----------------------------------------------------------------------------

function Environments(props: { code: CodeComparison; trans: TranslationBundle }): React.ReactElement {
  const { code, trans } = props;
  const { environment, runs } = code;
  const none = !environment.facts.length && !environment.packages.length;
  return (
    <section className="cb-codeside" aria-label={trans.__('Environment')}>
      <h3>{trans.__('Environment')}</h3>
      <p className="cb-note">
        <Marked text={environmentTold(environment, runs, trans)} />
      </p>
      {!none && (
        <table className="cb-differences">
          <thead>
            <tr>
              <th scope="col" />
              {runs.map((run, place) => (
                <th key={place} scope="col">
                  #{run.number}
                </th>
              ))}
            </tr>
          </thead>
          <Rows rows={environment.facts} title="" />
          <Rows rows={environment.packages} title={trans.__('Packages')} />
        </table>
      )}
      {environment.patches.map((patch, place) =>
        patch ? (
          <details key={place} className="cb-patch">
            <summary>{trans.__('Uncommitted in #%1', runs[place].number)}</summary>
            {environment.patch_notes[place] && (
              <p className="cb-note">{environment.patch_notes[place]}</p>
            )}
            <pre
              className="cb-source"
              tabIndex={0}
              role="region"
              aria-label={trans.__('Patch of #%1', runs[place].number)}
            >
              <Pieces pieces={patchPieces(patch)} />
            </pre>
          </details>
        ) : null
      )}
    </section>
  );
}

function Rows(props: { rows: readonly FactDifference[]; title: string }): React.ReactElement | null {
  const { rows, title } = props;
  if (!rows.length) {
    return null;
  }
  return (
    <tbody>
      {title && (
        <tr>
          <th scope="rowgroup" colSpan={3} className="cb-muted">
            {title}
          </th>
        </tr>
      )}
      {rows.map(row => (
        <tr key={row.name}>
          <th scope="row">{row.name}</th>
          <td>{row.before ? <del>{row.before}</del> : MISSING}</td>
          <td>{row.after ? <ins>{row.after}</ins> : MISSING}</td>
        </tr>
      ))}
    </tbody>
  );
}

/** Return what is to be said of the environments altogether. */
function environmentTold(
  environment: EnvironmentDifference,
  runs: readonly RunHead[],
  trans: TranslationBundle
): string {
  const unknown = runs.filter((_, place) => !environment.known[place]).map(run => `#${run.number}`);
  if (unknown.length) {
    return trans.__('What %1 ran on is not on record.', unknown.join(', '));
  }
  const { facts, packages, same_packages: same } = environment;
  if (!facts.length && !packages.length && environment.patches.every(patch => !patch)) {
    return trans.__('Both ran on the very same: interpreter, machine, commit and %1 packages.', same);
  }
  return packages.length
    ? trans._n('%1 package differs, %2 are the same.', '%1 packages differ, %2 are the same.', packages.length, same)
    : trans.__('All %1 packages are the same.', same);
}

/** Return a patch with the lines that it adds and takes away marked. */
function patchPieces(patch: string): Line {
  return patch.split(/(?<=\n)/).map(text => {
    const head = text.startsWith('+++') || text.startsWith('---');
    const kind = head ? 'same' : text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'same';
    return { kind, text };
  });
}
