/** What an execution put out, drawn by JupyterLab, which trusts none of it. */

import type * as nbformat from '@jupyterlab/nbformat';
import { OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { CellVersion } from '../_generated/types.ts';

/** Outputs that are drawn, at most. */
const DRAWN = 50;

/** What a widget shows is in a kernel that has ended, or has moved on since. */
const LIVE = 'application/vnd.jupyter.widget-view+json';

/** Whether all executions put out the same. */
export function sameOutputs(executions: readonly CellVersion[]): boolean {
  const texts = executions.map(({ outputs }) =>
    JSON.stringify(outputs, (key, value: unknown) => (key === 'execution_count' ? null : value))
  );
  return texts.every(text => text === texts[0]);
}

export function Outputs(props: {
  execution: CellVersion;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { execution, rendermime, trans } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const seen = useSeen(host);
  React.useEffect(() => {
    if (!seen || !host.current) {
      return undefined;
    }
    // Not trusted: HTML is sanitized, and what only a script could draw is not drawn.
    const model = new OutputAreaModel({ values: lasting(execution.outputs), trusted: false });
    const area = new SimplifiedOutputArea({ model, rendermime, maxNumberOutputs: DRAWN });
    Widget.attach(area, host.current);
    return () => {
      area.dispose();
      model.dispose();
    };
  }, [seen, execution.execution_id, rendermime]);
  if (execution.outputs.length === 0) {
    return <p className="cb-history-note">{trans.__('No output.')}</p>;
  }
  return (
    <div
      ref={host}
      className="cb-history-outputs"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Output of this version')}
    />
  );
}

/** Return whether an element has come into view: only then its outputs are worth the work. */
function useSeen(element: React.RefObject<Element>): boolean {
  const [seen, setSeen] = React.useState(false);
  React.useEffect(() => {
    if (!element.current || seen) {
      return undefined;
    }
    const observer = new IntersectionObserver(entries => {
      if (entries.some(entry => entry.isIntersecting)) {
        setSeen(true);
      }
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, seen]);
  return seen;
}

function lasting(outputs: CellVersion['outputs']): nbformat.IOutput[] {
  return outputs.map(output => {
    const { [LIVE]: live, ...data } = (output.data ?? {}) as Record<string, unknown>;
    return (live === undefined ? output : { ...output, data }) as nbformat.IOutput;
  });
}
