/** The tab Models of the sidebar. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Empty, Marked } from './parts.tsx';

export function Models(props: { trans: TranslationBundle }): React.ReactElement {
  const { trans } = props;
  return (
    <Empty>
      <Marked text={trans.__('Registered models come with a later version of Cellbook.')} />
    </Empty>
  );
}
