/** Texts as they are: outside JupyterLab's own front end there is no translator. */

import type { TranslationBundle } from '@jupyterlab/translation';

export const words = {
  __: (text: string, ...parts: unknown[]) => filled(text, parts),
  _n: (one: string, many: string, count: number, ...parts: unknown[]) =>
    filled(count === 1 ? one : many, [count, ...parts])
} as unknown as TranslationBundle;

function filled(text: string, parts: readonly unknown[]): string {
  return text.replace(/%(\d)/g, (_, place) => String(parts[Number(place) - 1]));
}
