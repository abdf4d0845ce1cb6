/** The tab Checkpoints of the sidebar. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Empty, Marked } from './parts.tsx';

export function Checkpoints(props: { trans: TranslationBundle }): React.ReactElement {
  const { trans } = props;
  return (
    <Empty>
      <Marked text={trans.__('Checkpoints keep a notebook and its variables. `%checkpoint LABEL` saves one.')} />
    </Empty>
  );
}
