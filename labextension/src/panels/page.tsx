/** Comparisons under one title, to be read rather than worked with. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ComparisonModel } from '../models/comparison.ts';
import type { IHost } from '../models/host.ts';
import { Compare } from './compare.tsx';
import { Empty, Guard } from './parts.tsx';

interface PageProps {
  title: string;
  panels: readonly { title: string; width: string; problem: string; model: ComparisonModel | null }[];
  host: IHost;
  trans: TranslationBundle;
}

export function Page(props: PageProps): React.ReactElement {
  const { title, panels, host, trans } = props;
  return (
    <main className="cb-dashboard">
      <h1>
        <bdi>{title}</bdi>
      </h1>
      <div className="cb-board">
        {panels.map((panel, place) => (
          <section
            key={place}
            className={panel.width === 'half' ? 'cb-placed cb-mod-half' : 'cb-placed'}
            aria-label={panel.title || undefined}
          >
            {panel.title && (
              <h2>
                <bdi>{panel.title}</bdi>
              </h2>
            )}
            {panel.model ? (
              <Guard trans={trans}>
                <Compare model={panel.model} host={host} trans={trans} />
              </Guard>
            ) : (
              <Empty>{panel.problem}</Empty>
            )}
          </section>
        ))}
      </div>
    </main>
  );
}
