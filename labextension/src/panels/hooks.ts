/** What React's components need of models. */

import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { IBook, IKernelLink, IKernelLinks } from '../tokens.ts';

/** Draw the component anew at each emission of a signal. */
export function useSignal(signal: ISignal<unknown, unknown>): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const slot = () => redraw();
    signal.connect(slot);
    // What happened between drawing and here is not missed.
    redraw();
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

/** Return the line to the kernel of the notebook in sight; draw anew as it comes and changes. */
export function useKernel(book: IBook, links: IKernelLinks): IKernelLink | null {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  const link = links.of(book.panel);
  React.useEffect(() => {
    const slot = () => redraw();
    book.notebookChanged.connect(slot);
    links.added.connect(slot);
    link?.stateChanged.connect(slot);
    redraw();
    return () => {
      book.notebookChanged.disconnect(slot);
      links.added.disconnect(slot);
      link?.stateChanged.disconnect(slot);
    };
  }, [book, links, link]);
  return link;
}

/** Return whether something holds, once it has held for some milliseconds. */
export function useLate(holds: boolean, wait: number): boolean {
  const [late, setLate] = React.useState(false);
  React.useEffect(() => {
    if (!holds) {
      setLate(false);
      return undefined;
    }
    const timer = setTimeout(() => setLate(true), wait);
    return () => clearTimeout(timer);
  }, [holds, wait]);
  return late;
}

/** Draw the component anew every so many milliseconds; null means not. */
export function useTick(every: number | null): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    if (every === null) {
      return undefined;
    }
    const timer = setInterval(redraw, every);
    return () => clearInterval(timer);
  }, [every]);
}
