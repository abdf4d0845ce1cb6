/** Takes a table of runs elsewhere: as a file, as text, as the code that makes it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GridFile } from '../_generated/types.ts';
import type { GridFormat, GridModel } from '../models/grid.ts';
import type { IHost } from '../models/host.ts';
import { download } from './download.ts';
import { Menu } from './menu.tsx';

interface GridExportProps {
  model: GridModel;
  host: IHost;
  trans: TranslationBundle;
  /** Show the code that makes the table. */
  show: (code: string) => void;
  fail: (message: string) => void;
  /** Asks for the dashboard that it is to be on. */
  pin?: (() => void) | null;
}

/** A button with a menu; all rows are taken, in the columns that are shown. */
export function GridExport(props: GridExportProps): React.ReactElement {
  const { model, host, trans } = props;
  const take = (format: GridFormat, use: (file: GridFile) => void) => () => {
    model.file(format).then(
      file => {
        props.fail('');
        use(file);
      },
      (error: Error) => props.fail(error.message)
    );
  };
  const save = (file: GridFile) =>
    download(file.name, new Blob([bytes(file)], { type: file.media_type }));
  const copy = (file: GridFile) => host.copy(text(file), trans.__('The table is in the clipboard.'));
  return (
    <Menu
      label={trans.__('export')}
      items={[
        { label: trans.__('Copy as Markdown'), run: take('markdown', copy) },
        { label: trans.__('Download CSV'), run: take('csv', save) },
        { label: trans.__('Download Markdown'), run: take('markdown', save) },
        { label: trans.__('Download Parquet'), run: take('parquet', save) },
        { label: trans.__('Show me the code'), run: take('code', file => props.show(text(file))) },
        ...(props.pin ? [{ label: trans.__('Add to a dashboard…'), run: props.pin }] : [])
      ]}
    />
  );
}

function bytes(file: GridFile): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(file.content), character => character.charCodeAt(0));
}

function text(file: GridFile): string {
  return new TextDecoder().decode(bytes(file));
}
