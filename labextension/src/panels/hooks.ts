/** What React's components need of models. */

import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

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
