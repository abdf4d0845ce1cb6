/** Asks the kernel that made a panel. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { ISource } from '../models/source.ts';

/** What anywidget gives of a widget's model. */
export interface IWidgetModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(message: object): void;
  on(event: 'msg:custom', take: (message: IMessage, buffers: DataView[]) => void): void;
  off(event: 'msg:custom', take: (message: IMessage, buffers: DataView[]) => void): void;
  /** JupyterLab's widgets tell by this event that their kernel has come or gone. */
  on(event: 'comm_live_update', take: () => void): void;
  off(event: 'comm_live_update', take: () => void): void;
}

interface IMessage {
  id?: number;
  error?: string;
  changed?: string[];
}

interface IWaiting {
  resolve: (bytes: DataView) => void;
  reject: (error: Error) => void;
  timers: ReturnType<typeof setTimeout>[];
}

/** How long an answer may take: a kernel that is busy may answer afterwards. */
const PATIENCE = 120_000;

/** When a question is asked again: see loader.js. */
const AGAIN = 2_000;

const GONE = 'This kernel is gone, or was started anew. Run the cell again.';

/** The line to the kernel; questions are those of `cellbook.widgets.live.panel`. */
export class KernelSource implements ISource {
  private readonly _model: IWidgetModel;
  private readonly _waiting = new Map<number, IWaiting>();
  private readonly _first = new Map<string, string>();
  private readonly _tell: (tables: readonly string[]) => void;
  private readonly _lost = new Signal<KernelSource, void>(this);
  private _gone = false;
  private _next = 0;

  /** `tell` hears which tables of the book have changed. */
  constructor(model: IWidgetModel, tell: (tables: readonly string[]) => void) {
    this._model = model;
    this._tell = tell;
    for (const [name, query, answer] of model.get('first') as [string, object, string][]) {
      this._first.set(keyOf(name, query), answer);
    }
    model.on('msg:custom', this._take);
    model.on('comm_live_update', this._look);
    try {
      // What the kernel told while this page was being loaded nobody has heard.
      model.send({ here: true });
    } catch {
      // It is gone: the first question finds that out.
    }
  }

  get gone(): boolean {
    return this._gone;
  }

  get lost(): ISignal<KernelSource, void> {
    return this._lost;
  }

  dispose(): void {
    this._model.off('msg:custom', this._take);
    this._model.off('comm_live_update', this._look);
    Signal.clearData(this);
    for (const { timers } of this._waiting.values()) {
      timers.forEach(clearTimeout);
    }
    this._waiting.clear();
  }

  /** Ask a question; the first answers came with the panel. */
  ask<T>(_: string, name: string, query: object): Promise<T> {
    const key = keyOf(name, query);
    const known = this._first.get(key);
    if (known !== undefined) {
      this._first.delete(key);
      return Promise.resolve(JSON.parse(known) as T);
    }
    return this._send({ ask: name, query }).then(parsed<T>);
  }

  change<T>(_: string, change: string, body: object): Promise<T> {
    // Once only: what is asked twice does no harm, what is done twice does.
    return this._send({ change, body }, false).then(parsed<T>);
  }

  artifact(_: string, run: string, path: string): Promise<BlobPart> {
    return this._send({ run, path }) as Promise<DataView<ArrayBuffer>>;
  }

  private _send(message: object, again = true): Promise<DataView> {
    const id = ++this._next;
    return new Promise((resolve, reject) => {
      const send = () => {
        try {
          this._model.send({ id, ...message });
        } catch {
          this._waiting.delete(id);
          timers.forEach(clearTimeout);
          reject(new Error(GONE));
          this._lose();
        }
      };
      const timers: ReturnType<typeof setTimeout>[] = [
        ...(again ? [setTimeout(send, AGAIN)] : []),
        setTimeout(() => {
          this._waiting.delete(id);
          reject(new Error('The kernel does not answer: it is busy or gone. Run the cell again.'));
        }, PATIENCE)
      ];
      this._waiting.set(id, { resolve, reject, timers });
      send();
    });
  }

  /** Find out whether the kernel is there still: what is sent to one that is gone fails at once. */
  private readonly _look = (): void => {
    try {
      this._model.send({ heard: true });
    } catch {
      this._lose();
    }
  };

  private _lose(): void {
    if (!this._gone) {
      this._gone = true;
      for (const { reject, timers } of this._waiting.values()) {
        timers.forEach(clearTimeout);
        reject(new Error(GONE));
      }
      this._waiting.clear();
      this._lost.emit();
    }
  }

  private readonly _take = (message: IMessage, buffers: DataView[]): void => {
    if (message.changed) {
      this._model.send({ heard: true });
      this._tell(message.changed);
    }
    const waiting = message.id === undefined ? undefined : this._waiting.get(message.id);
    if (!waiting) {
      return;
    }
    this._waiting.delete(message.id!);
    waiting.timers.forEach(clearTimeout);
    if (message.error !== undefined) {
      waiting.reject(new Error(message.error));
    } else {
      waiting.resolve(buffers[0]);
    }
  };
}

/** Return what tells questions apart; the order of a question's fields does not. */
function keyOf(name: string, query: object): string {
  return JSON.stringify([name, Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function parsed<T>(bytes: DataView): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
