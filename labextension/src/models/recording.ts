/** Begins to record in a kernel. */

import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Run `%load_ext cellbook` in a kernel.
 *
 * @param kernel - The kernel; null where a notebook has none.
 * @param trans - Says what is wrong; null where nobody wants to know.
 * @returns Why it does not record, with the mend; empty if it does, or nobody wants to know.
 */
export async function recordIn(
  kernel: Kernel.IKernelConnection | null,
  trans: TranslationBundle | null
): Promise<string> {
  if (!kernel) {
    return trans?.__('The notebook has no kernel. Choose one, then record.') ?? '';
  }
  const { language_info } = await kernel.info;
  if (language_info.name !== 'python') {
    return (
      trans?.__('Cellbook records Python kernels; this one speaks %1.', language_info.name) ?? ''
    );
  }
  const reply = await kernel.requestExecute({
    code: '%load_ext cellbook',
    silent: true,
    store_history: false,
    allow_stdin: false
  }).done;
  if (reply.content.status !== 'error' || !trans) {
    return '';
  }
  if (reply.content.ename === 'ModuleNotFoundError') {
    return trans.__(
      'The environment of this kernel has no Cellbook. Run `%pip install cellbook` in a cell, ' +
        'then record.'
    );
  }
  return trans.__('Recording did not begin: %1: %2', reply.content.ename, reply.content.evalue);
}
