/** Names by which people are mentioned. */

/** Return the name that somebody is mentioned by, made of how they are called: `Ada L.` → `ada`. */
export function shortName(called: string): string {
  const first = called.trim().split(/\s+/)[0].toLowerCase();
  // As `check_author` has it: letters and digits, and some signs between them.
  return first.replace(/[^\p{L}\p{N}_.+@-]/gu, '').replace(/^[.+@-]+|[.+@-]+$/g, '');
}

/** Return the names in what somebody wrote to name people: `@lin, grace` → lin and grace. */
export function namesIn(text: string): string[] {
  const names = text.split(/[\s,;]+/).map(name => name.replace(/^@/, ''));
  return [...new Set(names.filter(Boolean))];
}
