/** A picture that plotly.js draws, in the page's colours, as wide as there is room. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IFigure, ILook } from '../models/figure.ts';
import type { IHost } from '../models/host.ts';
import { loadPlotly, type IPlotly } from '../models/plotly.ts';
import { Trouble } from './parts.tsx';
import type { IDrawn } from './pictureMenu.tsx';

/** plotly.js's own element: it tells what is done with the picture. */
interface IDrawnNode extends HTMLDivElement {
  on(event: string, tell: (data: Record<string, unknown>) => void): void;
}

export interface PlotProps {
  host: IHost;
  /** Makes the picture; a new function where it differs. */
  draw: (look: ILook) => IFigure;
  height: number;
  label: string;
  /** What is done with the picture, in plotly's own words. */
  onRelayout?: (change: Record<string, unknown>) => void;
  /** Takes the element, which can be exported. */
  onDrawn?: (drawn: IDrawn) => void;
  /** Hears of each time that it was drawn, also by a hand that zooms. */
  onPlaced?: (node: HTMLElement) => void;
  trans: TranslationBundle;
}

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: 'reset', showTips: false };

export function Plot(props: PlotProps): React.ReactElement {
  const { host, draw, height, label, trans } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const latest = React.useRef(props);
  latest.current = props;
  const [plotly, setPlotly] = React.useState<IPlotly | null>(null);
  const [problem, setProblem] = React.useState('');
  const theme = useTheme();
  React.useEffect(() => {
    let wanted = true;
    loadPlotly(host.plotly).then(
      loaded => wanted && setPlotly(() => loaded),
      error => wanted && setProblem(String(error instanceof Error ? error.message : error))
    );
    return () => {
      wanted = false;
    };
  }, [host]);
  React.useEffect(() => {
    const place = node.current;
    if (!plotly || !place) {
      return;
    }
    const first = !('on' in place);
    const look = lookOf(place);
    const figure = draw(look);
    void plotly.react(place, figure.data, { ...figure.layout, height }, CONFIG).then(() => {
      if (first) {
        const drawn = place as IDrawnNode;
        drawn.on('plotly_relayout', change => latest.current.onRelayout?.(change));
        drawn.on('plotly_afterplot', () => latest.current.onPlaced?.(place));
        latest.current.onPlaced?.(place);
      }
      latest.current.onDrawn?.({ node: place, plotly, figure, look });
    });
  }, [plotly, draw, height, theme]);
  React.useEffect(() => {
    const place = node.current;
    if (!plotly || !place) {
      return undefined;
    }
    const watcher = new ResizeObserver(() => {
      if (place.clientWidth && 'on' in place) {
        plotly.Plots.resize(place);
      }
    });
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      plotly.purge(place);
    };
  }, [plotly]);
  return (
    <>
      {problem && <Trouble message={problem} />}
      <div
        ref={node}
        className={plotly ? 'cb-plot' : 'cb-plot cb-mod-waiting'}
        style={{ height }}
        role="img"
        aria-label={label}
        aria-busy={!plotly && !problem}
        data-waiting={trans.__('Drawing…')}
      />
    </>
  );
}

/** Return the name of the page's theme; draw anew as it changes. */
function useTheme(): string {
  const read = () => `${document.body.dataset.jpThemeName ?? ''} ${document.body.className}`;
  const [theme, setTheme] = React.useState(read);
  React.useEffect(() => {
    // The colours themselves come a moment after the name.
    const watcher = new MutationObserver(() => setTimeout(() => setTheme(read()), 100));
    watcher.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light', 'class']
    });
    return () => watcher.disconnect();
  }, []);
  return theme;
}

function lookOf(node: HTMLElement): ILook {
  const style = getComputedStyle(node);
  const colour = (name: string, other: string) => style.getPropertyValue(name).trim() || other;
  return {
    text: style.color,
    muted: colour('--jp-ui-font-color2', '#616161'),
    line: colour('--jp-border-color3', '#eeeeee'),
    ground: colour('--jp-layout-color1', '#ffffff'),
    raised: colour('--jp-layout-color2', '#eeeeee'),
    font: style.fontFamily,
    size: parseFloat(style.fontSize) || 13,
    runs: Array.from({ length: 7 }, (_, place) => colour(`--cb-run${place}`, '#0072b2'))
  };
}
