/** Commands: palette, menus, toolbar, shortcuts and panels all run these. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import {
  ICommandPalette,
  InputDialog,
  ISessionContextDialogs,
  Notification
} from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { JSONObject, JSONValue } from '@lumino/coreutils';

import { cellbookIcon, checkpointIcon, runIcon } from '../icons.ts';
import { recordIn } from '../models/recording.ts';
import { IBook, IKernelLinks, ISidebar, type IKernelLink } from '../tokens.ts';

/** The names of commands, for settings and other extensions. */
export const Commands = {
  record: 'cellbook:record',
  checkpoint: 'cellbook:checkpoint',
  startRun: 'cellbook:start-run',
  renameRun: 'cellbook:rename-run',
  endRun: 'cellbook:end-run',
  pause: 'cellbook:pause',
  resume: 'cellbook:resume',
  openRuns: 'cellbook:open-runs',
  openCheckpoints: 'cellbook:open-checkpoints'
} as const;

const ID = 'cellbook-labextension:commands';

export const commands: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The commands of Cellbook.',
  autoStart: true,
  requires: [IBook, IKernelLinks, ISidebar],
  optional: [ITranslator, ICommandPalette, ISettingRegistry, ISessionContextDialogs],
  activate: (
    app: JupyterFrontEnd,
    book: IBook,
    links: IKernelLinks,
    sidebar: ISidebar,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    dialogs: ISessionContextDialogs | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellbook');
    add(app, book, links, sidebar, dialogs, trans);
    for (const command of Object.values(Commands)) {
      palette?.addItem({ command, category: 'Cellbook' });
    }
    const refresh = () => {
      for (const command of Object.values(Commands)) {
        app.commands.notifyCommandChanged(command);
      }
    };
    book.notebookChanged.connect(refresh);
    links.added.connect((_, link) => link.stateChanged.connect(refresh));
    if (settings) {
      void recordAutomatically(settings, links);
    }
  }
};

function add(
  app: JupyterFrontEnd,
  book: IBook,
  links: IKernelLinks,
  sidebar: ISidebar,
  dialogs: ISessionContextDialogs | null,
  trans: TranslationBundle
): void {
  const link = (): IKernelLink | null => links.of(book.panel);
  const recording = (): boolean => !!link()?.state;
  const run = () => link()?.state?.run ?? null;

  /** Have the kernel do something; say why it cannot. */
  const ask = async (verb: string, args: JSONObject = {}): Promise<JSONValue | null> => {
    try {
      return (await link()?.do(verb, args)) ?? null;
    } catch (error) {
      Notification.error(error instanceof Error ? error.message : String(error), {
        autoClose: 8000
      });
      return null;
    }
  };
  /** Ask for a text; null where it is not given. */
  const text = async (title: string, given: string): Promise<string | null> => {
    const answer = await InputDialog.getText({ title, text: given });
    return answer.button.accept ? (answer.value ?? '') : null;
  };
  /** Begin to record where that has not happened yet; return whether it is recorded now. */
  const record = async (): Promise<boolean> => {
    const line = link();
    if (!line || line.state) {
      return !!line;
    }
    const context = line.panel.sessionContext;
    if (!context.session?.kernel) {
      await dialogs?.selectKernel(context);
    }
    const problem = await recordIn(context.session?.kernel ?? null, trans);
    if (problem) {
      Notification.warning(problem, { autoClose: 10_000 });
    }
    return !problem && (await hears(line));
  };

  app.commands.addCommand(Commands.record, {
    label: trans.__('Record this notebook'),
    caption: trans.__('Put every cell that runs on record: %load_ext cellbook'),
    icon: cellbookIcon,
    isEnabled: () => !!link() && !recording(),
    execute: record
  });
  app.commands.addCommand(Commands.checkpoint, {
    label: trans.__('Checkpoint now'),
    caption: trans.__('Save the notebook and the variables of its kernel'),
    icon: checkpointIcon,
    isEnabled: () => !!link(),
    execute: async () => {
      if (!(await record())) {
        return;
      }
      const made = (await ask('checkpoint')) as { number: number } | null;
      if (made) {
        Notification.success(trans.__('Checkpoint %1 is saved.', made.number), {
          autoClose: 5000,
          actions: [{ label: trans.__('Show'), callback: () => sidebar.open('checkpoints') }]
        });
      }
    }
  });
  app.commands.addCommand(Commands.startRun, {
    label: trans.__('Start a run…'),
    caption: trans.__('What runs from now on belongs to it'),
    icon: runIcon,
    isEnabled: () => !!link(),
    execute: async () => {
      const open = run();
      const label = trans.__('Name (empty: one is made up)');
      const { button, value } = await InputDialog.getText({
        title: trans.__('Start a run'),
        label: open
          ? trans.__('%1. Run #%2 %3, which is open, ends.', label, open.run_number, open.run_name)
          : label,
        okLabel: trans.__('Start')
      });
      if (button.accept && (await record())) {
        await ask('start_run', value ? { name: value } : {});
      }
    }
  });
  app.commands.addCommand(Commands.renameRun, {
    label: trans.__('Rename the run…'),
    isEnabled: () => run() !== null,
    execute: async () => {
      const name = await text(trans.__('Name of the run'), run()?.run_name ?? '');
      if (name) {
        await ask('rename_run', { name });
      }
    }
  });
  app.commands.addCommand(Commands.endRun, {
    label: () => {
      const open = run();
      return open
        ? trans.__('End run #%1 %2', open.run_number, open.run_name)
        : trans.__('End the run');
    },
    isEnabled: () => run() !== null,
    execute: () => ask('end_run')
  });
  app.commands.addCommand(Commands.pause, {
    label: trans.__('Pause recording'),
    isEnabled: () => recording() && link()?.state?.recording !== 'paused',
    execute: () => ask('pause')
  });
  app.commands.addCommand(Commands.resume, {
    label: trans.__('Resume recording'),
    isEnabled: () => recording() && link()?.state?.recording !== 'on',
    execute: () => ask('resume')
  });
  app.commands.addCommand(Commands.openRuns, {
    label: trans.__('Show Runs'),
    icon: cellbookIcon,
    execute: () => sidebar.open('runs')
  });
  app.commands.addCommand(Commands.openCheckpoints, {
    label: trans.__('Show Checkpoints'),
    icon: cellbookIcon,
    execute: () => sidebar.open('checkpoints')
  });
}

/** Wait until a kernel that has begun to record says so; return whether it does. */
function hears(link: IKernelLink): Promise<boolean> {
  return new Promise(resolve => {
    const done = (heard: boolean) => {
      clearTimeout(timer);
      link.stateChanged.disconnect(told);
      resolve(heard);
    };
    const told = () => {
      if (link.state) {
        done(true);
      }
    };
    const timer = setTimeout(() => done(false), 10_000);
    link.stateChanged.connect(told);
    told();
  });
}

/** Record in each kernel from its start, where the settings say so. */
async function recordAutomatically(
  settings: ISettingRegistry,
  links: IKernelLinks
): Promise<void> {
  const found = await settings.load(ID);
  const begin = (panel: NotebookPanel) => {
    if (found.composite.recordAutomatically === true && !links.of(panel)?.state) {
      // A kernel that has no Cellbook, or speaks another language, is let be.
      void recordIn(panel.sessionContext.session?.kernel ?? null, null);
    }
  };
  const follow = (link: IKernelLink) => {
    const { panel } = link;
    void panel.sessionContext.ready.then(() => begin(panel));
    panel.sessionContext.kernelChanged.connect((_, change) => {
      if (change.newValue) {
        begin(panel);
      }
    });
    panel.sessionContext.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') {
        void panel.sessionContext.session?.kernel?.info.then(() => begin(panel));
      }
    });
  };
  links.added.connect((_, link) => follow(link));
}
