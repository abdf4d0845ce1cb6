/** Brings a former document of a notebook back, as one step that can be undone. */

import type { ISharedNotebook, SharedCell } from '@jupyter/ydoc';
import type * as nbformat from '@jupyterlab/nbformat';
import type { PartialJSONValue } from '@lumino/coreutils';

/** One change of the list of cells; places count as the list stands by then. */
export type Step =
  | { do: 'delete'; at: number }
  | { do: 'insert'; at: number; cell: number };

/**
 * Return what makes one list of cells another, without a touch to those that stay as they are.
 *
 * @param now - The ids of the cells there are.
 * @param then - The ids of the cells there shall be.
 * @param same - Whether a cell of now, by its place, holds what one of then does.
 * @param stays - The place of a cell of now that stays whatever is wanted; -1 if there is none.
 */
export function arrange(
  now: readonly string[],
  then: readonly string[],
  same: (now: number, then: number) => boolean = () => true,
  stays = -1
): Step[] {
  const steps: Step[] = [];
  const pairs = pair(now, then);
  let at = 0;
  let next = 0;
  for (let place = 0; place < now.length; place++) {
    const partner = pairs.get(place);
    if (partner !== undefined) {
      while (next < partner) {
        steps.push({ do: 'insert', at: at++, cell: next++ });
      }
      if (!same(place, partner)) {
        steps.push({ do: 'delete', at }, { do: 'insert', at, cell: partner });
      }
      next = partner + 1;
      at++;
    } else if (place === stays) {
      at++;
    } else {
      steps.push({ do: 'delete', at });
    }
  }
  while (next < then.length) {
    steps.push({ do: 'insert', at: at++, cell: next++ });
  }
  return steps;
}

/** Return the places of cells that are in both lists, growing in both: as many as can be. */
function pair(now: readonly string[], then: readonly string[]): Map<number, number> {
  const wanted = new Map(then.map((key, place) => [key, place]));
  // The longest growing subsequence of the places then, in the order of now (patience sorting).
  const tails: number[] = [];
  const before = new Map<number, number>();
  now.forEach((key, place) => {
    const target = wanted.get(key);
    if (target === undefined) {
      return;
    }
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (wanted.get(now[tails[middle]])! < target) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low > 0) {
      before.set(place, tails[low - 1]);
    }
    tails[low] = place;
  });
  const pairs = new Map<number, number>();
  let place: number | undefined = tails[tails.length - 1];
  while (place !== undefined) {
    pairs.set(place, wanted.get(now[place])!);
    place = before.get(place);
  }
  return pairs;
}

/**
 * Bring a document back: its cells with their ids, outputs and metadata, and its own metadata.
 *
 * Cells that are the same stay untouched.
 *
 * @param shared - The notebook.
 * @param document - The document to bring back.
 * @param asking - The id of a cell that stays in any case: it asked for this and shows the answer.
 * @returns Takes it back, if nobody has changed the notebook since: says whether it did.
 */
export function restoreDocument(
  shared: ISharedNotebook,
  document: nbformat.INotebookContent,
  asking: string | null = null
): () => boolean {
  const before = shared.toJSON();
  const stays = shared.cells.findIndex(cell => cell.id === asking);
  const cells = document.cells.filter(cell => !asking || cell.id !== asking).map(plain);
  const steps = arrange(
    shared.cells.map(cell => cell.id),
    cells.map(cell => String(cell.id)),
    (now, then) => told(shared.cells[now].toJSON() as nbformat.ICell) === told(cells[then]),
    stays
  );
  shared.transact(() => {
    // Neighbours come and go in one go: each go makes JupyterLab lay the notebook out anew.
    for (const part of joined(steps)) {
      if (part.do === 'delete') {
        shared.deleteCellRange(part.at, part.at + part.count);
      } else {
        shared.insertCells(part.at, cells.slice(part.cell, part.cell + part.count) as SharedCell.Cell[]);
      }
    }
    if (stable(shared.toJSON().metadata as PartialJSONValue) !== stable(document.metadata)) {
      shared.setMetadata(document.metadata);
    }
  });
  const sources = () => stable(shared.cells.map(cell => [cell.id, cell.getSource()]));
  const after = sources();
  return () => {
    const untouched = sources() === after;
    if (untouched) {
      restoreDocument(shared, before, asking);
    }
    return untouched;
  };
}

/**
 * Let a notebook carry comments in its metadata, or with null no more; the rest of it stays.
 *
 * @param shared - The notebook.
 * @param comments - As they are to stand in `metadata.cellbook.comments`.
 */
export function carryComments(shared: ISharedNotebook, comments: PartialJSONValue | null): void {
  const own = shared.toJSON().metadata.cellbook;
  const rest: Record<string, unknown> = { ...(isObject(own) ? own : {}) };
  delete rest.comments;
  const fresh = comments === null ? rest : { ...rest, comments };
  if (stable((own ?? {}) as PartialJSONValue) === stable(fresh as PartialJSONValue)) {
    return;
  }
  if (Object.keys(fresh).length) {
    shared.setMetadata('cellbook', fresh as PartialJSONValue);
  } else {
    shared.deleteMetadata('cellbook');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Part = Step & { count: number };

function joined(steps: readonly Step[]): Part[] {
  const parts: Part[] = [];
  for (const step of steps) {
    const last = parts[parts.length - 1];
    if (last?.do === 'delete' && step.do === 'delete' && step.at === last.at) {
      last.count++;
    } else if (
      last?.do === 'insert' &&
      step.do === 'insert' &&
      step.at === last.at + last.count &&
      step.cell === last.cell + last.count
    ) {
      last.count++;
    } else {
      parts.push({ ...step, count: 1 });
    }
  }
  return parts;
}

/** Return what tells a cell, and all that is in it, from others. */
function told(cell: nbformat.ICell): string {
  const { metadata, ...rest } = cell as unknown as Record<string, PartialJSONValue>;
  const { trusted, ...kept } = (metadata ?? {}) as Record<string, PartialJSONValue>;
  return stable({ ...rest, metadata: kept } as PartialJSONValue);
}

/** Return JSON in which the order of keys does not count. */
function stable(value: PartialJSONValue): string {
  return JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  );
}

/**
 * Return a cell as the shared model has it: texts whole, though files may have them in lines, and
 * without the word that its outputs may run scripts, which is not a file's to say.
 */
function plain(cell: nbformat.ICell): nbformat.ICell {
  const { trusted, ...metadata } = cell.metadata as Record<string, PartialJSONValue>;
  const outputs = cell.outputs as nbformat.IOutput[] | undefined;
  return {
    ...cell,
    metadata,
    source: whole(cell.source),
    ...(outputs ? { outputs: outputs.map(plainOutput) } : {})
  } as nbformat.ICell;
}

function plainOutput(output: nbformat.IOutput): nbformat.IOutput {
  const { text, data } = output as { text?: unknown; data?: Record<string, unknown> };
  const bundle = Object.entries(data ?? {}).map(([mime, content]) => [
    mime,
    JSON_TYPE.test(mime) ? content : whole(content)
  ]);
  return {
    ...output,
    ...(text === undefined ? {} : { text: whole(text) }),
    ...(data ? { data: Object.fromEntries(bundle) } : {})
  } as nbformat.IOutput;
}

/** Of these types nbformat keeps JSON itself, in which lists are lists. */
const JSON_TYPE = /^application\/(.*\+)?json$/;

function whole(text: unknown): unknown {
  return Array.isArray(text) && text.every(line => typeof line === 'string') ? text.join('') : text;
}
