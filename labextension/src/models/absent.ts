/**
 * Whether a list could not be had because nothing was ever recorded there: then it is empty, and
 * nothing has failed.
 */
export function isAbsent(error: unknown): boolean {
  return (error as { status?: unknown }).status === 404;
}
