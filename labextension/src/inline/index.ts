/**
 * Panels in the outputs of cells: the same as in JupyterLab's side, with a kernel that answers.
 *
 * This is no part of the JupyterLab extension; `cellbook.widgets.live` brings it to the page.
 */

import { Signal } from '@lumino/signaling';
import { createElement, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

import { ComparisonModel } from '../models/comparison.ts';
import type { IComparisonState } from '../models/looks.ts';
import { DashboardModel } from '../models/dashboard.ts';
import { GridModel, type IGridState } from '../models/grid.ts';
import { EndpointModel } from '../models/endpoint.ts';
import type { IHost } from '../models/host.ts';
import { ModelsModel, type IModelsState } from '../models/modelRegistry.ts';
import { MonitorModel, type IMonitorState } from '../models/monitor.ts';
import { anyPlace } from '../models/place.ts';
import { ThreadsModel, threadsOf, type IThreadsState } from '../models/threads.ts';
import { Compare } from '../panels/compare.tsx';
import { Dashboard } from '../panels/dashboard.tsx';
import { Models } from '../panels/modelsPanel.tsx';
import { Endpoint } from '../panels/endpoint.tsx';
import { Monitor } from '../panels/monitor.tsx';
import { RunsPanel } from '../panels/runsPanel.tsx';
import { ThreadsPanel } from '../panels/threadsPanel.tsx';
import type { IHeard } from '../tokens.ts';
import { followTheme } from './ground.ts';
import { KernelSource, type IWidgetModel } from './kernel.ts';
import { PAGE, showPage } from './page.ts';
import { styleSheet } from './style.ts';
import { words } from './words.ts';

interface IContext {
  model: IWidgetModel;
  el: HTMLElement;
  fetchFile: (model: IWidgetModel, name: string) => Promise<BlobPart>;
}

/** Draw a panel; the result takes it away again. */
export function render(context: IContext): () => void {
  const { model, el, fetchFile } = context;
  const source = new KernelSource(model, tables => panel.tell(tables));
  const host: IHost = {
    plotly: () => fetchFile(model, 'plotly.js'),
    copy: text => void navigator.clipboard.writeText(text)
  };
  const panel = PANELS[model.get('kind') as keyof typeof PANELS](model, source, host);
  const place = document.createElement('div');
  place.className = 'cellbook-lab cellbook-inline';
  const unfollow = followTheme(place);
  keepKeys(place);
  el.append(styleSheet(), place);
  const root = createRoot(place);
  root.render(panel.element);
  return () => {
    unfollow();
    root.unmount();
    panel.dispose();
    source.dispose();
  };
}

/** What Lumino looks for, on the element that has the focus: where it is, keys are no shortcuts. */
const SUPPRESS = 'data-lm-suppress-shortcuts';

/**
 * Keep keys in a panel from being the notebook's shortcuts: an arrow in a list of choices would go
 * to the next cell.  While Control, Alt or Command is held down they are, so that Ctrl+S saves.
 */
function keepKeys(place: HTMLElement): void {
  const look = (event: Event) => {
    const { ctrlKey, metaKey, altKey } = event as KeyboardEvent;
    const target = event.target as Element;
    // Where text is written, Ctrl+Enter sends it, and is not to run the cell.
    const held = target.localName !== 'textarea' && (ctrlKey || metaKey || altKey);
    target.toggleAttribute(SUPPRESS, !held);
  };
  for (const kind of ['focusin', 'keydown', 'keyup']) {
    place.addEventListener(kind, look);
  }
}

interface IPanel {
  readonly element: ReactElement;
  /** Tables of the book have changed. */
  tell(tables: readonly string[]): void;
  dispose(): void;
}

/** The book of the kernel, as panels of JupyterLab's side have that of the notebook in sight. */
class Heard implements IHeard {
  readonly api: KernelSource;
  readonly notebook = '';
  readonly changed = new Signal<Heard, readonly string[]>(this);

  constructor(source: KernelSource) {
    this.api = source;
  }
}

/** The panels by their kinds, which `LivePanel` names. */
const PANELS = {
  compare(widget: IWidgetModel, source: KernelSource, host: IHost): IPanel {
    const model = new ComparisonModel(source, widget.get('state') as IComparisonState);
    model.stateChanged.connect(() => {
      widget.set('state', model.state);
      widget.save_changes();
    });
    void model.refresh();
    return {
      element: createElement(Compare, { model, host, trans: words }),
      tell: tables => model.tell(tables),
      dispose: () => model.dispose()
    };
  },

  runs(widget: IWidgetModel, source: KernelSource, host: IHost): IPanel {
    const model = new GridModel(source, widget.get('state') as IGridState);
    let shown: ComparisonModel | null = null;
    const follow = (comparison: ComparisonModel | null) => {
      shown?.dispose();
      shown = comparison;
    };
    model.stateChanged.connect(() => {
      widget.set('state', model.state);
      widget.save_changes();
    });
    void model.refresh();
    return {
      element: createElement(RunsPanel, { model, source, host, trans: words, follow }),
      tell: tables => {
        model.tell(tables);
        shown?.tell(tables);
      },
      dispose: () => follow(null)
    };
  },

  threads(widget: IWidgetModel, source: KernelSource): IPanel {
    const { scope, filter, label, query, target, limit } = widget.get('state') as IThreadsState;
    const state = threadsOf('', { scope, filter, label, query, target, limit });
    const model = new ThreadsModel(source, state);
    void model.refresh();
    return {
      element: createElement(ThreadsPanel, { model, place: anyPlace, trans: words }),
      tell: tables => model.tell(tables),
      dispose: () => model.dispose()
    };
  },

  models(widget: IWidgetModel, source: KernelSource): IPanel {
    const model = new ModelsModel(source, widget.get('state') as IModelsState);
    const heard = new Heard(source);
    model.stateChanged.connect(() => {
      widget.set('state', model.state);
      widget.save_changes();
    });
    void model.refresh();
    return {
      element: createElement(Models, { model, book: heard, trans: words }),
      tell: tables => {
        model.tell(tables);
        heard.changed.emit(tables);
      },
      dispose: () => {
        Signal.clearData(heard);
        model.dispose();
      }
    };
  },

  monitor(widget: IWidgetModel, source: KernelSource): IPanel {
    const model = new MonitorModel(source, widget.get('state') as IMonitorState);
    model.stateChanged.connect(() => {
      widget.set('state', model.state);
      widget.save_changes();
    });
    void model.refresh();
    return {
      element: createElement(Monitor, { model, trans: words }),
      tell: tables => model.tell(tables),
      dispose: () => model.dispose()
    };
  },

  serving(_: IWidgetModel, source: KernelSource, host: IHost): IPanel {
    const model = new EndpointModel(source);
    void model.refresh();
    return {
      element: createElement(Endpoint, { model, host, trans: words }),
      tell: tables => model.tell(tables),
      dispose: () => model.dispose()
    };
  },

  dashboard(widget: IWidgetModel, source: KernelSource, host: IHost): IPanel {
    const { name } = widget.get('state') as { name: string };
    const model = new DashboardModel(source, '', name);
    void model.refresh();
    return {
      element: createElement(Dashboard, { model, host, trans: words }),
      tell: tables => model.tell(tables),
      dispose: () => model.dispose()
    };
  }
};

// In a page of its own there is nobody to call.
if (document.getElementById(PAGE)) {
  showPage();
}
