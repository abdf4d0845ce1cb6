/** What runs show besides numbers, at one step, side by side. */

import { Signal, type ISignal } from '@lumino/signaling';

import type { MediaComparison, MediaItem, MediaSeries, TablePreview } from '../_generated/types.ts';
import { quiet } from './figure.ts';
import type { ISource } from './source.ts';

/** What was read of an artifact, to be shown. */
export type Content =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'text'; readonly text: string; readonly cut: boolean }
  | { readonly kind: 'table'; readonly table: TablePreview }
  | { readonly kind: 'figure'; readonly figure: { data: object[]; layout: object } }
  | { readonly kind: 'histogram'; readonly counts: number[]; readonly edges: number[] }
  | { readonly kind: 'none'; readonly why: string };

/** Characters of a text that are shown. */
const LONGEST = 20_000;

/** Contents that are kept, at most. */
const KEPT = 60;

/** Return what tells a series from the others: several kinds may go by one name. */
export function seriesKey(series: MediaSeries): string {
  return `${series.kind} ${series.name}`;
}

/** Reads what is looked at, and keeps it for as long as the panel is there. */
export class MediaModel {
  private readonly _source: ISource;
  private readonly _notebook: string;
  private readonly _changed = new Signal<MediaModel, void>(this);
  private readonly _contents = new Map<string, Promise<Content>>();
  private _runs: readonly string[] = [];
  private _media: MediaComparison | null = null;
  private _chosen = '';
  private _step: number | null = null;
  private _problem = '';

  constructor(source: ISource, notebook: string) {
    this._source = source;
    this._notebook = notebook;
  }

  get changed(): ISignal<MediaModel, void> {
    return this._changed;
  }

  get media(): MediaComparison | null {
    return this._media;
  }

  get problem(): string {
    return this._problem;
  }

  /** What is looked at; null where there is nothing. */
  get series(): MediaSeries | null {
    const all = this._media?.series ?? [];
    return all.find(one => seriesKey(one) === this._chosen) ?? all[0] ?? null;
  }

  /** The step that is looked at; the last one, unless another was chosen. */
  get step(): number | null {
    return this._step ?? this.series?.steps.at(-1) ?? null;
  }

  /** Read what the runs have. */
  async read(runs: readonly string[]): Promise<void> {
    this._runs = runs;
    try {
      const media = await this._source.ask<MediaComparison>(this._notebook, 'media', { runs });
      if (runs === this._runs) {
        this._media = media;
        this._problem = '';
      }
    } catch (error) {
      this._problem = error instanceof Error ? error.message : String(error);
    }
    this._changed.emit();
  }

  /** Look at something else, by its `seriesKey`, or at another step. */
  choose(change: { series?: string; step?: number }): void {
    if (change.series !== undefined && change.series !== this._chosen) {
      this._chosen = change.series;
      this._step = null;
    }
    this._step = change.step ?? this._step;
    this._changed.emit();
  }

  /** Return what a run has at the step, or had last before it; null if nothing. */
  itemAt(place: number): MediaItem | null {
    const items = this.series?.items[place] ?? [];
    const { step } = this;
    if (step === null) {
      return items.at(-1) ?? null;
    }
    return items.findLast(item => item.step === null || item.step <= step) ?? null;
  }

  /** Return what is in an artifact. */
  content(run: string, item: MediaItem): Promise<Content> {
    const kind = this.series!.kind;
    // The digest says what is in it, whichever run has it.
    const key = `${kind} ${item.digest}`;
    const known = this._contents.get(key);
    if (known) {
      return known;
    }
    const reading = this._read(kind, run, item).catch(
      (error): Content => ({
        kind: 'none',
        why: error instanceof Error ? error.message : String(error)
      })
    );
    this._contents.set(key, reading);
    for (const [old, content] of this._contents) {
      if (this._contents.size <= KEPT) {
        break;
      }
      this._contents.delete(old);
      void release(content);
    }
    return reading;
  }

  /** Return the very bytes of an artifact. */
  bytes(run: string, item: MediaItem): Promise<BlobPart> {
    return this._source.artifact(this._notebook, run, item.path);
  }

  dispose(): void {
    for (const content of this._contents.values()) {
      void release(content);
    }
    this._contents.clear();
  }

  private async _read(kind: string, run: string, item: MediaItem): Promise<Content> {
    const { path, media_type: type } = item;
    if (kind === 'table') {
      const query = { run, path };
      const table = await this._source.ask<TablePreview>(this._notebook, 'table', query);
      return { kind: 'table', table };
    }
    const bytes = await this._source.artifact(this._notebook, run, path);
    const blob = new Blob([bytes], { type });
    if (type.startsWith('image/') || type.startsWith('audio/')) {
      return { kind: 'url', url: URL.createObjectURL(blob) };
    }
    if (kind === 'html') {
      return { kind: 'none', why: 'A page of HTML is for download: it may hold programs.' };
    }
    return parsed(kind, type, await blob.text());
  }
}

/** Return what a text is of. */
export function parsed(kind: string, type: string, text: string): Content {
  if (type.includes('json')) {
    try {
      const doc = JSON.parse(text) as Record<string, unknown>;
      if (kind === 'figure' && Array.isArray(doc.data)) {
        const { data, layout } = quiet({ data: doc.data, layout: doc.layout ?? {} });
        return { kind: 'figure', figure: { data: data as object[], layout: layout as object } };
      }
      if (kind === 'histogram') {
        return { kind, counts: doc.counts as number[], edges: doc.edges as number[] };
      }
    } catch {
      // It is shown as the text that it is.
    }
  }
  return { kind: 'text', text: text.slice(0, LONGEST), cut: text.length > LONGEST };
}

async function release(content: Promise<Content>): Promise<void> {
  const found = await content;
  if (found.kind === 'url') {
    URL.revokeObjectURL(found.url);
  }
}
