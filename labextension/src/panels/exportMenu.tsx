/** Takes a table of runs elsewhere: as a file, as text, as the code that makes it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GridFormat, ITableFile } from '../models/export.ts';
import type { IHost } from '../models/host.ts';
import { CodeBox } from './codeBox.tsx';
import { download } from './download.ts';
import { Menu } from './menu.tsx';
import { Trouble } from './parts.tsx';

interface TableExportProps {
  /** Makes the table as a file. */
  file: (format: GridFormat) => Promise<ITableFile>;
  /** What it can become. */
  formats?: readonly GridFormat[];
  host: IHost;
  /** Asks for the dashboard that it is to be on; null where there are none. */
  pin: (() => void) | null;
  trans: TranslationBundle;
}

const ALL: readonly GridFormat[] = ['csv', 'markdown', 'parquet', 'code'];

/**
 * Return a button with a menu, the same for every table, and what it shows above that: the code,
 * or what went wrong.
 */
export function useExport(props: TableExportProps): [React.ReactElement, React.ReactElement] {
  const { file, formats = ALL, host, pin, trans } = props;
  const [code, setCode] = React.useState('');
  const [failed, setFailed] = React.useState('');
  const item = (format: GridFormat, label: string, use: (made: ITableFile) => void) => ({
    format,
    label,
    run: () =>
      void file(format).then(
        made => {
          setFailed('');
          use(made);
        },
        (error: Error) => setFailed(error.message)
      )
  });
  const save = ({ name, type, content }: ITableFile) =>
    download(name, new Blob([content], { type }));
  const copy = ({ content }: ITableFile) =>
    host.copy(textOf(content), trans.__('The table is in the clipboard.'));
  const items = [
    item('markdown', trans.__('Copy as Markdown'), copy),
    item('csv', trans.__('Copy as CSV'), copy),
    item('csv', trans.__('Download CSV'), save),
    item('markdown', trans.__('Download Markdown'), save),
    item('parquet', trans.__('Download Parquet'), save),
    item('code', trans.__('Show me the code'), made => setCode(textOf(made.content)))
  ].filter(({ format }) => formats.includes(format));
  return [
    <Menu
      key="menu"
      label={trans.__('export')}
      items={[...items, ...(pin ? [{ label: trans.__('Add to a dashboard…'), run: pin }] : [])]}
    />,
    <React.Fragment key="shown">
      {failed && (
        <Trouble message={failed} action={{ label: trans.__('Close'), run: () => setFailed('') }} />
      )}
      {code && <CodeBox text={code} host={host} close={() => setCode('')} trans={trans} />}
    </React.Fragment>
  ];
}

function textOf(content: ITableFile['content']): string {
  return new TextDecoder().decode(content);
}
