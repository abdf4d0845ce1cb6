/** What a panel wants of the page that it is in: JupyterLab's, or a notebook's output. */

import type { PlotlySource } from './plotly.ts';

export interface IHost {
  /** Whether there is neither server nor kernel: only what lies in the page can be shown. */
  readonly alone?: boolean;
  /** The code that draws. */
  readonly plotly: PlotlySource;
  /** Put text into the clipboard, and say so. */
  copy(text: string, done: string): void;
}
