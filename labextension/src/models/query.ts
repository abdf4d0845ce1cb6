/** Writes parts of queries, in the language of `cellbook.views.filters`. */

/** Return a condition that an attribute has a value. */
export function equals(field: string, value: string): string {
  return `${field} = '${value.replaceAll("'", "''")}'`;
}

/** Return a query with a further condition; one that it has already is not said twice. */
export function narrowed(query: string, condition: string): string {
  const asked = query.trim();
  if (!asked || asked === condition) {
    return condition;
  }
  if (asked.split(' and ').includes(condition)) {
    return asked;
  }
  if (!/[=<>]|\b(like|ilike|in|between|is)\b/i.test(asked)) {
    // A phrase stands alone: it is looked for in names.
    const phrase = asked.replaceAll("'", "''");
    return asked.startsWith('#') ? condition : `name ILIKE '%${phrase}%' and ${condition}`;
  }
  return /\bor\b/i.test(asked) ? `(${asked}) and ${condition}` : `${asked} and ${condition}`;
}

/** What is wrong with a query: in words, and where. */
export interface IQueryProblem {
  readonly message: string;
  /** The query as far as it is right. */
  readonly right: string;
  /** The rest, which begins with what is wrong; null where there is no place. */
  readonly wrong: string | null;
}

/** Read the server's words about a query: a message, the query, and a caret below the place. */
export function queryProblem(message: string): IQueryProblem {
  const lines = message.split('\n');
  const caret = lines[lines.length - 1];
  const text = lines[lines.length - 2];
  if (lines.length < 3 || !/^ *\^+ *$/.test(caret)) {
    return { message, right: '', wrong: null };
  }
  const place = caret.indexOf('^');
  return {
    message: lines.slice(0, -2).join('\n'),
    right: text.slice(0, place).trimStart(),
    wrong: text.slice(place) || ' '
  };
}
