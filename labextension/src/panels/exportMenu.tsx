/** Takes a comparison elsewhere, as text. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ComparisonModel } from '../models/comparison.ts';
import { csv, markdown } from '../models/export.ts';
import type { IHost } from '../models/host.ts';
import { download } from './download.ts';
import { Menu } from './menu.tsx';

/** A button with a menu; what is exported are the rows that are shown. */
export function ExportMenu(props: {
  model: ComparisonModel;
  host: IHost;
  /** Asks for the dashboard that it is to be on; null where there are none. */
  pin: (() => void) | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, host, pin, trans } = props;
  const text = (write: typeof csv) => write(model.comparison!, model.rows);
  const copy = (write: typeof csv) =>
    host.copy(text(write), trans.__('The table is in the clipboard.'));
  return (
    <Menu
      label={trans.__('export')}
      items={[
        { label: trans.__('Copy as Markdown'), run: () => copy(markdown) },
        { label: trans.__('Copy as CSV'), run: () => copy(csv) },
        {
          label: trans.__('Download CSV'),
          // The mark at its beginning tells spreadsheets that it is UTF-8.
          run: () => download('comparison.csv', new Blob(['\ufeff', text(csv)], { type: 'text/csv' }))
        },
        ...(pin ? [{ label: trans.__('Add to a dashboard…'), run: pin }] : [])
      ]}
    />
  );
}
