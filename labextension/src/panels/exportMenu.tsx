/** Takes a comparison elsewhere, as text. */

import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ComparisonModel } from '../models/comparison.ts';
import { csv, markdown } from '../models/export.ts';

/** A button with a menu; what is exported are the rows that are shown. */
export function ExportMenu(props: {
  model: ComparisonModel;
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, trans } = props;
  const open = (event: React.MouseEvent<HTMLButtonElement>) => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    menuOf(model, trans).open(left, bottom);
  };
  return (
    <button type="button" className="cb-link" aria-haspopup="menu" onClick={open}>
      {trans.__('export')} ▾
    </button>
  );
}

function menuOf(model: ComparisonModel, trans: TranslationBundle): MenuSvg {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  const add = (id: string, label: string, execute: () => void) => {
    commands.addCommand(id, { label, execute });
    menu.addItem({ command: id });
  };
  const text = (write: typeof csv) => write(model.comparison!, model.rows);
  const copy = (write: typeof csv) => {
    Clipboard.copyToSystem(text(write));
    Notification.success(trans.__('The table is in the clipboard.'), { autoClose: 3000 });
  };
  add('markdown', trans.__('Copy as Markdown'), () => copy(markdown));
  add('csv', trans.__('Copy as CSV'), () => copy(csv));
  add('download', trans.__('Download CSV'), () => download('comparison.csv', text(csv)));
  menu.aboutToClose.connect(() => requestAnimationFrame(() => menu.dispose()));
  return menu;
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  // The mark at its beginning tells spreadsheets that it is UTF-8.
  link.href = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
