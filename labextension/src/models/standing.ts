/** What a run stands on, as marks and in numbers. */

import type { ReproductionVerdict } from '../_generated/types.ts';

/** What came of running a run again, as a shape beside its word. */
export const REPRODUCED: Record<ReproductionVerdict, string> = {
  identical: '✓',
  within: '≈',
  differs: '≠',
  failed: '✗',
  untried: '–'
};
