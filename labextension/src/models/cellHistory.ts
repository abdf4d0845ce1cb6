/** The history of one cell: every execution that is on record, the newest first. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { CellVersion } from '../_generated/types.ts';
import { messageOf } from './checkpoints.ts';

/** Executions that one question brings. */
const PAGE = 20;

/** Executions of the same source, one after the other. */
export interface IVersion {
  readonly source: string;
  /** The newest first; one at least. */
  readonly executions: readonly CellVersion[];
}

/** Asks the server for executions of a cell. */
export type LoadVersions = (
  cell: string,
  options: { limit: number; before?: string }
) => Promise<readonly CellVersion[]>;

/** What is known of the history so far. */
export class CellHistory {
  private readonly _load: LoadVersions;
  private readonly _ids: readonly string[];
  private readonly _changed = new Signal<CellHistory, void>(this);
  private _executions: CellVersion[] = [];
  private _more = false;
  private _busy = false;
  private _error = '';

  /**
   * @param load - Asks the server.
   * @param ids - The ids under which the cell is on record.
   */
  constructor(load: LoadVersions, ids: readonly string[]) {
    this._load = load;
    this._ids = ids;
  }

  get changed(): ISignal<CellHistory, void> {
    return this._changed;
  }

  /** The versions of its source, the newest first. */
  get versions(): IVersion[] {
    return versions(this._executions);
  }

  /** How many executions are here. */
  get count(): number {
    return this._executions.length;
  }

  /** Whether there may be older ones. */
  get more(): boolean {
    return this._more;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** What is wrong, and what mends it; empty where nothing is. */
  get error(): string {
    return this._error;
  }

  /** Bring the next older ones. */
  async older(): Promise<void> {
    if (this._busy) {
      return;
    }
    this._busy = true;
    this._error = '';
    this._changed.emit();
    const before = this._executions[this._executions.length - 1]?.execution_id;
    const answers = await Promise.allSettled(
      this._ids.map(id => this._load(id, { limit: PAGE, ...(before ? { before } : {}) }))
    );
    // Ids of executions grow with time, whichever id the cell had.
    const found = answers
      .flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
      .sort((a, b) => (a.execution_id < b.execution_id ? 1 : -1));
    const failed = answers.filter(answer => answer.status === 'rejected');
    // That there is nothing under one id of several is no trouble.
    const trouble =
      failed.length === answers.length ? failed : failed.filter(({ reason }) => !isUnknown(reason));
    if (trouble.length > 0) {
      this._error = messageOf(trouble[0].reason);
    } else {
      this._executions = [...this._executions, ...found.slice(0, PAGE)];
      this._more = found.length >= PAGE;
    }
    this._busy = false;
    this._changed.emit();
  }
}

function isUnknown(reason: unknown): boolean {
  return (reason as { status?: unknown } | null)?.status === 404;
}

/** Join executions of the same source that follow one another. */
export function versions(executions: readonly CellVersion[]): IVersion[] {
  const result: { source: string; executions: CellVersion[] }[] = [];
  for (const execution of executions) {
    const last = result[result.length - 1];
    if (last?.source === execution.source) {
      last.executions.push(execution);
    } else {
      result.push({ source: execution.source, executions: [execution] });
    }
  }
  return result;
}
