/**
 * What is to be said of each cell of a notebook: from the records of how it ran last, from the
 * kernel, which knows what is stale, and from the cell as it is now.
 */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';

import type { CellMark, CellState } from '../_generated/types.ts';
import type { IKernelState } from '../tokens.ts';
import { age, duration, GLYPHS, STALE } from './format.ts';

/** `history` is a cell that ran, of which there is nothing to say. */
export type Kind = 'failed' | 'interrupted' | 'killed' | 'stale' | 'open' | 'history';

export const KIND_GLYPHS: Record<Kind, string> = {
  failed: GLYPHS.failed,
  interrupted: GLYPHS.stopped,
  killed: GLYPHS.crashed,
  stale: STALE,
  open: GLYPHS.running,
  history: '·'
};

const ENDS: Partial<Record<CellState, Kind>> = {
  error: 'failed',
  interrupted: 'interrupted',
  killed: 'killed'
};

/** A cell as it is now. */
export interface ICellNow {
  readonly id: string;
  /** The hash of its source. */
  readonly hash: string;
}

/** What is to be said of a cell. */
export interface IVerdict {
  readonly kind: Kind;
  /** How it ran last; null where the kernel knows of it and the book does not yet. */
  readonly mark: CellMark | null;
  /** Why it is stale now, whatever its kind. */
  readonly reasons: readonly string[];
  /** The run that is open now, if the cell is part of it. */
  readonly inOpenRun: boolean;
  /** Whether it was found by its source, because its id is not what it was. */
  readonly byText: boolean;
}

/** The cells of one notebook. */
export class CellMarks {
  private readonly _load: () => Promise<readonly CellMark[]>;
  private readonly _stableIds: () => boolean;
  private readonly _edited: string;
  private readonly _changed = new Signal<CellMarks, void>(this);
  private _byId = new Map<string, CellMark>();
  private _byHash = new Map<string, CellMark[]>();
  private _kernel: IKernelState | null = null;
  private _loading: Promise<void> | null = null;
  private _again = false;

  /**
   * @param load - Asks the server how the cells ran last.
   * @param stableIds - Whether the notebook's file keeps the ids of cells.
   * @param edited - What is said of a cell that is not as it was recorded.
   */
  constructor(
    load: () => Promise<readonly CellMark[]>,
    stableIds: () => boolean,
    edited: string
  ) {
    this._load = load;
    this._stableIds = stableIds;
    this._edited = edited;
  }

  /** Something may have to be said differently. */
  get changed(): ISignal<CellMarks, void> {
    return this._changed;
  }

  /** Whether anything is known of any cell. */
  get empty(): boolean {
    return this._byId.size === 0;
  }

  /** Whether the kernel records. */
  get recording(): boolean {
    return this._kernel !== null;
  }

  /** Take note of how recording stands; null where the kernel does not record. */
  setKernel(state: IKernelState | null): void {
    this._kernel = state;
    this._changed.emit();
  }

  /** Ask the server anew; one question at a time, however often this is called. */
  refresh(): Promise<void> {
    if (this._loading) {
      this._again = true;
      return this._loading;
    }
    this._loading = this._ask().finally(() => {
      this._loading = null;
      if (this._again) {
        this._again = false;
        void this.refresh();
      }
    });
    return this._loading;
  }

  /** Return what is to be said of a cell; null where nothing is known of it. */
  of(cell: ICellNow): IVerdict | null {
    const known = this._kernel?.stale[cell.id] ?? [];
    const { mark, byText } = this._find(cell);
    if (!mark) {
      return known.length
        ? { kind: 'stale', mark: null, reasons: known, inOpenRun: false, byText: false }
        : null;
    }
    // A kernel that records knows best, also of what a restore has brought back.
    const edited = this._kernel === null && mark.source_hash !== cell.hash;
    const reasons = edited ? [this._edited] : known;
    const inOpenRun =
      mark.run_id !== null &&
      (this._kernel ? this._kernel.run?.run_id === mark.run_id : mark.run_state === 'running');
    const kind =
      ENDS[mark.state] ?? (reasons.length > 0 ? 'stale' : inOpenRun ? 'open' : 'history');
    return { kind, mark, reasons, inOpenRun, byText };
  }

  /** Return the ids under which a cell is on record: more than one where it was found by its text. */
  idsOf(cell: ICellNow): string[] {
    const found = this._stableIds() ? [] : (this._byHash.get(cell.hash) ?? []);
    return [...new Set([cell.id, ...found.map(mark => mark.cell_id)])];
  }

  private async _ask(): Promise<void> {
    let marks: readonly CellMark[];
    try {
      marks = await this._load();
    } catch {
      // No server, no book: the sidebar says what is wrong; here nothing is said.
      return;
    }
    this._byId = new Map(marks.map(mark => [mark.cell_id, mark]));
    this._byHash = new Map();
    for (const mark of marks) {
      // They come in the order in which they ran: the newest is first here.
      this._byHash.set(mark.source_hash, [mark, ...(this._byHash.get(mark.source_hash) ?? [])]);
    }
    this._changed.emit();
  }

  private _find(cell: ICellNow): { mark: CellMark | null; byText: boolean } {
    const mark = this._byId.get(cell.id);
    if (mark || this._stableIds()) {
      return { mark: mark ?? null, byText: false };
    }
    return { mark: this._byHash.get(cell.hash)?.[0] ?? null, byText: true };
  }
}

/**
 * Return what a mark says, a line each; the first one begins with its shape and its word.
 *
 * @param verdict - What is to be said.
 * @param trans - The language.
 * @param when - Writes a time.
 */
export function describe(
  verdict: IVerdict,
  trans: TranslationBundle,
  when: (time: number) => string = time => age(time)
): string[] {
  const { kind, mark, reasons } = verdict;
  const lines: string[] = [];
  if (mark && kind in ENDS_SAID) {
    lines.push(`${KIND_GLYPHS[kind]} ${ENDS_SAID[kind]!(mark, trans)}`);
  }
  if (reasons.length > 0) {
    lines.push(...reasons.map(reason => `${STALE} ${trans.__('Stale: %1', reason)}`));
  }
  if (!mark) {
    return lines;
  }
  if (verdict.inOpenRun) {
    const run = trans.__('Part of run #%1 %2, which is open', mark.run_number, mark.run_name);
    lines.push(`${GLYPHS.running} ${run}`);
  } else if (mark.run_state && mark.run_number) {
    const run = trans.__('Part of run #%1 %2', mark.run_number, mark.run_name);
    lines.push(`${GLYPHS[mark.run_state]} ${run}`);
  }
  const ran = trans.__('Ran %1', when(mark.start_time));
  const took = mark.duration === null ? '' : trans.__('took %1', duration(mark.duration));
  const often =
    mark.executions > 1
      ? trans.__('%1 times on record', mark.executions)
      : trans.__('once on record');
  lines.push([ran, took, often].filter(Boolean).join(' · '));
  if (verdict.byText) {
    lines.push(
      trans.__('Found by its text: a notebook of this format gives cells new ids when it is opened')
    );
  }
  return lines;
}

const ENDS_SAID: Partial<Record<Kind, (mark: CellMark, trans: TranslationBundle) => string>> = {
  failed: (mark, trans) =>
    mark.error ? trans.__('Failed: %1', mark.error) : trans.__('Failed'),
  interrupted: (_, trans) => trans.__('Interrupted'),
  killed: (_, trans) => trans.__('The kernel ended while it ran')
};
