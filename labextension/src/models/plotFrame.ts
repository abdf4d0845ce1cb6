/** Where a picture of plotly.js has its axes. */

import type { IFrame } from './points.ts';

/** What is used of plotly.js's own account of a picture that it has drawn. */
interface IDrawnPlot {
  _fullLayout?: { xaxis?: IPlotAxis; yaxis?: IPlotAxis };
  _fullData?: readonly { legendgroup?: string; showlegend?: boolean; visible?: unknown }[];
}

interface IPlotAxis {
  /** From the picture's left or upper edge, in pixels. */
  _offset: number;
  _length: number;
  /** From a value as it was given to pixels from there. */
  d2p(value: unknown): number;
}

/**
 * Return where a picture has its axes; null where it has none.
 *
 * @param placed - Turns a place along the axis into what plotly.js was given for it.
 */
export function frameOf(node: HTMLElement, placed: (x: number) => unknown): IFrame | null {
  const { _fullLayout: layout, _fullData: data = [] } = node as IDrawnPlot;
  const { xaxis, yaxis } = layout ?? {};
  if (!xaxis || !yaxis || typeof xaxis.d2p !== 'function') {
    return null;
  }
  const hidden = new Set(
    data.filter(one => one.showlegend !== false && one.visible !== true).map(one => one.legendgroup)
  );
  return {
    left: xaxis._offset,
    right: xaxis._offset + xaxis._length,
    top: yaxis._offset,
    bottom: yaxis._offset + yaxis._length,
    x: place => xaxis._offset + xaxis.d2p(placed(place)),
    y: value => yaxis._offset + yaxis.d2p(value),
    hides: label => hidden.has(label)
  };
}
