/** The menu of a checkpoint in the timeline. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import type { TimelineRow } from '../_generated/types.ts';
import type { CheckpointsModel } from '../models/checkpoints.ts';
import type { IMoments } from '../tokens.ts';
import { askToRestore, showDifference } from './checkpointDialogs.tsx';

/** What can be done with a checkpoint, by hand. */
export class CheckpointMenu {
  private readonly _commands = new CommandRegistry();
  private _row: TimelineRow | null = null;

  constructor(model: CheckpointsModel, moments: IMoments, trans: TranslationBundle) {
    const id = (row: TimelineRow) => row.checkpoint.checkpoint_id;
    const add = (command: string, label: string, act: (row: TimelineRow) => unknown) =>
      this._commands.addCommand(command, { label, execute: () => this._row && act(this._row) });
    const moment = (row: TimelineRow) => ({
      target: `checkpoint:${id(row)}`,
      title: row.checkpoint.label
        ? trans.__('checkpoint %1, %2', row.number, row.checkpoint.label)
        : trans.__('checkpoint %1', row.number)
    });
    add('restore', trans.__('Restore…'), row => askToRestore(model, row, trans));
    add('compare', trans.__('Compare with Now'), row => showDifference(model, id(row), trans));
    add('discuss', trans.__('Discuss'), row => model.discuss(id(row)));
    add('review', trans.__('Request Review…'), row => moments.review(moment(row)));
    add('fork', trans.__('Fork into a New Notebook…'), row => moments.fork(moment(row)));
  }

  /** Show what can be done with a checkpoint, at a place of the window. */
  open(row: TimelineRow, x: number, y: number): void {
    this._row = row;
    const menu = new MenuSvg({ commands: this._commands });
    ['restore', 'compare'].forEach(command => menu.addItem({ command }));
    menu.addItem({ type: 'separator' });
    ['discuss', 'review', 'fork'].forEach(command => menu.addItem({ command }));
    const focus = document.activeElement as HTMLElement | null;
    menu.aboutToClose.connect(() => {
      // Back to where the hands were, unless the command has put the focus elsewhere.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body || document.activeElement === null) {
          focus?.focus();
        }
        menu.dispose();
      });
    });
    menu.open(x, y);
  }
}
