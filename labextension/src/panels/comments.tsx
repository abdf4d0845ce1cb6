/** The tab Comments of the sidebar. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Empty, Marked } from './parts.tsx';

export function Comments(props: { trans: TranslationBundle }): React.ReactElement {
  const { trans } = props;
  return (
    <Empty>
      <Marked text={trans.__('Comments on cells and runs come with a later version of Cellbook.')} />
    </Empty>
  );
}
