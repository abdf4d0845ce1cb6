/** The menus of the list of runs. */

import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import type { RunRow } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { equals, narrowed } from '../models/query.ts';
import type { RunsModel } from '../models/runs.ts';
import type { IBook, ICompare, IMoments } from '../tokens.ts';

/** What can be done with runs, by hand. */
export class RunMenus {
  private readonly _model: RunsModel;
  private readonly _book: IBook;
  private readonly _compare: ICompare;
  private readonly _moments: IMoments;
  private readonly _openData: () => void;
  private readonly _trans: TranslationBundle;
  private readonly _commands = new CommandRegistry();
  private _targets: readonly RunRow[] = [];
  private _baseline: string | null = null;

  constructor(
    model: RunsModel,
    book: IBook,
    compare: ICompare,
    moments: IMoments,
    openData: () => void,
    trans: TranslationBundle
  ) {
    this._model = model;
    this._book = book;
    this._compare = compare;
    this._moments = moments;
    this._openData = openData;
    this._trans = trans;
    this._addCommands();
  }

  /** The run that others are compared with. */
  get baseline(): string | null {
    return this._baseline;
  }

  /** Show what can be done with a run; with all that are chosen, if it is one of them. */
  open(run: string, x: number, y: number): void {
    const { chosen } = this._model;
    const row = this._model.find(run);
    const all = chosen.some(one => one.run_id === run);
    this._targets = all ? chosen : row ? [row] : [];
    this._show(x, y);
  }

  /** Show what can be done with the chosen runs. */
  openChosen(button: Element): void {
    this._targets = this._model.chosen;
    const { left, top } = button.getBoundingClientRect();
    this._show(left, top);
  }

  /** Show the orders and filters of the list. */
  openView(button: Element): void {
    const model = this._model;
    const menu = new MenuSvg({ commands: this._commands });
    const metrics = (model.page?.metrics ?? []).map(name => `metrics.\`${name}\``);
    const orders = [
      ['', this._trans.__('Newest first')],
      ['start_time ASC', this._trans.__('Oldest first')],
      ['run_name ASC', this._trans.__('Name')],
      ['duration DESC', this._trans.__('Longest first')],
      ...metrics.flatMap(field => [
        [`${field} DESC`, `${field.slice(9, -1)} ↓`],
        [`${field} ASC`, `${field.slice(9, -1)} ↑`]
      ])
    ];
    for (const [order, label] of orders) {
      menu.addItem({ command: 'order', args: { order, label } });
    }
    menu.addItem({ type: 'separator' });
    const filters = [
      ['', this._trans.__('All runs')],
      ['state = running', this._trans.__('Running')],
      ['state IN (failed, crashed)', this._trans.__('Failed and crashed')],
      ['archived = true', this._trans.__('The archive')],
      ['trashed IS NOT NULL', this._trans.__('The trash')]
    ];
    for (const [query, label] of filters) {
      menu.addItem({ command: 'query', args: { query, label } });
    }
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: 'data' });
    const { left, bottom } = button.getBoundingClientRect();
    this._open(menu, left, bottom);
  }

  /** Show the chosen runs beside one another. */
  compareChosen(): void {
    // The oldest first, as they were made; a baseline that is chosen leads.
    const runs = [...this._model.chosen].sort((a, b) => a.number - b.number);
    this._openCompare(runs.map(run => run.run_id));
  }

  /** Put the chosen runs in the trash, or else the one that keys act on. */
  trash(): Promise<void> {
    const { chosen, choice } = this._model;
    const row = choice.at === null ? undefined : this._model.find(choice.at);
    this._targets = chosen.length ? chosen : row ? [row] : [];
    return this._guard(this._model.put('trashed', this._targets));
  }

  /** Take back what was done last. */
  undo(): Promise<void> {
    return this._guard(this._model.undo());
  }

  private _openCompare(runs: string[]): void {
    const baseline = this._baseline !== null && runs.includes(this._baseline) ? this._baseline : runs[0];
    this._compare.open(this._book.notebook, runs, baseline);
  }

  private _show(x: number, y: number): void {
    const menu = new MenuSvg({ commands: this._commands });
    const items = [
      ['details', 'rename', 'tags', 'notes'],
      ['compare', 'compare-baseline', 'baseline'],
      ['discuss', 'review', 'fork'],
      ['experiment', 'copy'],
      ['archive', 'unarchive', 'trash', 'untrash']
    ];
    for (const [place, group] of items.entries()) {
      if (place) {
        menu.addItem({ type: 'separator' });
      }
      group.forEach(command => menu.addItem({ command }));
    }
    this._open(menu, x, y);
  }

  private _open(menu: MenuSvg, x: number, y: number): void {
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

  private _addCommands(): void {
    const trans = this._trans;
    const one = () => this._targets.length === 1;
    const first = () => this._targets[0];
    const ids = () => this._targets.map(run => run.run_id);
    const add = (
      id: string,
      label: string | (() => string),
      execute: () => unknown,
      options: { enabled?: () => boolean; visible?: () => boolean; keys?: string[] } = {}
    ) => {
      this._commands.addCommand(id, {
        label,
        execute,
        isEnabled: options.enabled ?? (() => this._targets.length > 0),
        isVisible: options.visible ?? (() => true)
      });
      if (options.keys) {
        // Only shown in the menu: the list itself hears the keys.
        this._commands.addKeyBinding({ command: id, keys: options.keys, selector: '.cb-runs' });
      }
    };
    add('details', trans.__('Details'), () => (this._model.details = first().run_id), {
      enabled: one,
      keys: ['Enter']
    });
    add('rename', trans.__('Rename'), () => (this._model.renaming = first().run_id), {
      enabled: one,
      keys: ['F2']
    });
    const edit = (field: 'tags' | 'notes') => () => this._model.edit(first().run_id, field);
    add('tags', trans.__('Edit Tags'), edit('tags'), { enabled: one });
    add('notes', trans.__('Edit Notes'), edit('notes'), { enabled: one });
    add('compare', trans.__('Compare'), () => this._openCompare(ids()), {
      enabled: () => this._targets.length > 1
    });
    add(
      'compare-baseline',
      trans.__('Compare with Baseline'),
      () => this._openCompare([this._baseline!, ...ids().filter(id => id !== this._baseline)]),
      { enabled: () => this._baseline !== null && ids().some(id => id !== this._baseline) }
    );
    add(
      'baseline',
      trans.__('Use as Baseline ★'),
      () => {
        this._baseline = first().run_id;
        this._model.choice = this._model.choice.go(this._baseline);
      },
      { enabled: () => one() && first().run_id !== this._baseline }
    );
    const moment = () => ({
      target: `run:${first().run_id}`,
      title: trans.__('run #%1 %2', first().number, formatting.shorten(first().name, 60))
    });
    add('discuss', trans.__('Discuss'), () => this._model.edit(first().run_id, 'discussion'), {
      enabled: one
    });
    add('review', trans.__('Request Review…'), () => this._moments.review(moment()), {
      enabled: one
    });
    add('fork', trans.__('Fork into a New Notebook…'), () => this._moments.fork(moment()), {
      enabled: one
    });
    add('experiment', trans.__('Only This Experiment'), () => {
      const condition = equals('experiment', first().experiment);
      return this._model.ask({ query: narrowed(this._model.query, condition) });
    });
    add('copy', trans.__('Copy Id'), () => Clipboard.copyToSystem(ids().join('\n')));
    const put = (what: 'trashed' | 'archived') => () =>
      this._guard(this._model.put(what, this._targets));
    const takeOut = (what: 'trashed' | 'archived') => () =>
      this._guard(this._model.takeOut(what, this._targets));
    const all = (what: 'trashed' | 'archived') => this._targets.every(run => run[what]);
    // What is chosen may be out of sight: how many there are is said.
    const count = () => this._targets.length;
    const archive = () => trans._n('Archive', 'Archive %1 Runs', count());
    const trash = () => trans._n('Delete', 'Delete %1 Runs', count());
    add('archive', archive, put('archived'), { visible: () => !all('archived') });
    add('unarchive', trans.__('Take out of the Archive'), takeOut('archived'), {
      visible: () => all('archived')
    });
    add('trash', trash, put('trashed'), {
      visible: () => !all('trashed'),
      keys: ['Delete']
    });
    add('untrash', trans.__('Take out of the Trash'), takeOut('trashed'), {
      visible: () => all('trashed')
    });
    this._commands.addCommand('data', {
      label: trans.__('Show Data'),
      execute: () => this._openData()
    });
    this._commands.addCommand('order', {
      label: args => String(args.label),
      isToggled: args => args.order === this._model.order,
      execute: args => this._model.ask({ order: String(args.order) })
    });
    this._commands.addCommand('query', {
      label: args => String(args.label),
      isToggled: args => args.query === this._model.query,
      execute: args => this._model.ask({ query: String(args.query) })
    });
  }

  /** Say what the server says where it refuses. */
  private async _guard(change: Promise<void>): Promise<void> {
    try {
      await change;
    } catch (error) {
      Notification.error(error instanceof Error ? error.message : String(error));
    }
  }
}
