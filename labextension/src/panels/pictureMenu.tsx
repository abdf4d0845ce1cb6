/** What can be done with a picture: save it in any form, and see the code that makes it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IFigure, ILook } from '../models/figure.ts';
import type { IHost } from '../models/host.ts';
import { pictureHtml } from '../models/pictureHtml.ts';
import type { IPlotly } from '../models/plotly.ts';
import { download } from './download.ts';
import { Menu } from './menu.tsx';

/** A picture as it was drawn. */
export interface IDrawn {
  readonly node: HTMLElement;
  readonly plotly: IPlotly;
  readonly figure: IFigure;
  readonly look: ILook;
}

interface PictureMenuProps {
  /** The file's name, without its end. */
  name: string;
  host: IHost;
  /** The picture; null before it is drawn. */
  drawn: React.RefObject<IDrawn | null>;
  /** The Python that makes it; empty where there is none. */
  code?: string;
  /** Height over width of what is saved. */
  aspect?: number;
  trans: TranslationBundle;
}

const WIDTH = 960;

/** A button with a menu, and below it the code once it is wanted. */
export function PictureMenu(props: PictureMenuProps): React.ReactElement {
  const { name, host, drawn, code, aspect = 0.5, trans } = props;
  const [open, setOpen] = React.useState(false);
  const file = (end: string) => `${name.replace(/[\\/:*?"<>|\s]+/g, ' ').trim() || 'picture'}.${end}`;
  const save = async (format: 'png' | 'svg') => {
    const { node, plotly } = drawn.current!;
    const size = { width: WIDTH, height: Math.round(WIDTH * aspect), scale: 2 };
    const url = await plotly.toImage(node, { format, ...size });
    download(file(format), await (await fetch(url)).blob());
  };
  const page = async () => {
    const { figure, look } = drawn.current!;
    const height = Math.round(WIDTH * aspect);
    const shown = { data: figure.data, layout: { ...figure.layout, height } };
    download(file('html'), await pictureHtml(name, shown, look, await host.plotly()));
  };
  const whenDrawn = (act: () => Promise<void>) => () => void (drawn.current && act());
  return (
    <>
      <Menu
        label={trans.__('picture')}
        items={[
          { label: trans.__('Download PNG'), run: whenDrawn(() => save('png')) },
          { label: trans.__('Download SVG'), run: whenDrawn(() => save('svg')) },
          { label: trans.__('Download HTML'), run: whenDrawn(page) },
          ...(code
            ? [
                {
                  label: open ? trans.__('Hide the code') : trans.__('Show the code'),
                  run: () => setOpen(!open)
                }
              ]
            : [])
        ]}
      />
      {code && open && (
        <div className="cb-picturecode">
          <pre tabIndex={0} role="region" aria-label={trans.__('The code that makes this picture')}>
            {code}
          </pre>
          <button
            type="button"
            className="cb-link"
            onClick={() => host.copy(code, trans.__('The code is in the clipboard.'))}
          >
            {trans.__('Copy')}
          </button>
        </div>
      )}
    </>
  );
}
