/** An endpoint that runs beside its kernel: how it is, and what is done with it. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { EndpointArm, EndpointPage } from '../_generated/types.ts';
import type { ISource } from './source.ts';

/** What can be done that changes who answers. */
export type Deed =
  | { readonly kind: 'rollback' }
  | { readonly kind: 'promote'; readonly arm: string; readonly alias?: boolean }
  | { readonly kind: 'stop' };

/** A state is a shape and a word: as `widgets/serving.py` has it. */
export const STATES = { loading: '○', answers: '●', ended: '■' } as const;

/** What the kernel calls the news of an endpoint. */
const NEWS = 'endpoint';

/** One endpoint. */
export class EndpointModel {
  private readonly _source: ISource;
  private readonly _changed = new Signal<EndpointModel, void>(this);
  private _page: EndpointPage | null = null;
  private _problem = '';
  private _asked: Deed | null = null;
  private _busy = false;
  private _round = 0;

  constructor(source: ISource) {
    this._source = source;
    source.lost?.connect(this._lose, this);
  }

  /** Something is to be drawn anew. */
  get changed(): ISignal<EndpointModel, void> {
    return this._changed;
  }

  /** How it is; null before that is here. */
  get page(): EndpointPage | null {
    return this._page;
  }

  get problem(): string {
    return this._problem;
  }

  /** What somebody wants to do, and has not confirmed yet. */
  get asked(): Deed | null {
    return this._asked;
  }

  /** Whether something is being done. */
  get busy(): boolean {
    return this._busy;
  }

  /** Whether the kernel is gone, and the endpoint with it. */
  get gone(): boolean {
    return this._source.gone ?? false;
  }

  dispose(): void {
    this._source.lost?.disconnect(this._lose, this);
    Signal.clearData(this);
  }

  tell(tables: readonly string[]): void {
    if (tables.includes(NEWS)) {
      void this.refresh();
    }
  }

  /** Ask anew; what is seen stays until the answer is here. */
  async refresh(): Promise<void> {
    const round = ++this._round;
    try {
      const page = await this._source.ask<EndpointPage>('', 'endpoint', {});
      if (round === this._round) {
        this._page = page;
        this._problem = '';
      }
    } catch (error) {
      this._fail(error);
    }
    this._changed.emit();
  }

  /** Ask whether something is to be done; null asks no more. */
  ask(deed: Deed | null): void {
    this._asked = deed;
    this._changed.emit();
  }

  /** Do what was asked, or that in another way. */
  async confirm(instead?: Deed): Promise<void> {
    const deed = this._asked && (instead ?? this._asked);
    if (!deed || this._busy) {
      return;
    }
    this._busy = true;
    this._changed.emit();
    try {
      const { kind: _, ...body } = deed;
      const page = await this._source.change<EndpointPage>('', `endpoint-${deed.kind}`, body);
      this._round++;
      this._page = page;
      this._problem = '';
    } catch (error) {
      this._fail(error);
    }
    this._busy = false;
    this._asked = null;
    this._changed.emit();
  }

  private _fail(error: unknown): void {
    if (!this.gone) {
      this._problem = error instanceof Error ? error.message : String(error);
    }
  }

  private _lose(): void {
    this._asked = null;
    this._changed.emit();
  }
}

/** What a champion that follows an alias is to an arm that is promoted. */
export interface IFollowed {
  /** The alias, as `wine@champion`. */
  readonly alias: string;
  /** The version to which it leads. */
  readonly version: string;
  /** Whether it can lead to the arm's version instead. */
  readonly moves: boolean;
}

/** Return what becomes of the alias that an endpoint follows, if an arm is promoted; null if none. */
export function followedBy(arms: readonly EndpointArm[], name: string): IFollowed | null {
  const champion = arms[0];
  const arm = arms.find(one => one.name === name);
  if (!champion?.follows || !arm || arm.follows === champion.follows) {
    return null;
  }
  const model = champion.follows.split('@')[0];
  return {
    alias: champion.follows,
    version: champion.label,
    moves: arm.label.startsWith(`${model}/`) && arm.label !== champion.label
  };
}

/** Return how often a hundred requests are answered by an arm, as `12 %`. */
export function shareText(share: unknown): string {
  return `${Math.round(1000 * Number(share)) / 10} %`;
}

/** Return what a deployment calls a model, as short as it can be told: a path's last part. */
export function nameOf(model: string): string {
  const registered = /^models:\//.exec(model);
  return registered ? model.slice(registered[0].length) : model.split(/[/\\]/).pop()!;
}
