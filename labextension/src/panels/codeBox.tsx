/** The code that makes a table. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IHost } from '../models/host.ts';

/** A few lines, to be copied. */
export function CodeBox(props: {
  text: string;
  host: IHost;
  close: () => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { text, host, trans } = props;
  return (
    <div className="cb-code" role="region" aria-label={trans.__('The code of this table')}>
      <pre tabIndex={0}>{text}</pre>
      <span>
        <button
          type="button"
          className="cb-link"
          onClick={() => host.copy(text, trans.__('The code is in the clipboard.'))}
        >
          {trans.__('Copy')}
        </button>
        <button type="button" className="cb-link" onClick={props.close}>
          {trans.__('Close')}
        </button>
      </span>
    </div>
  );
}
