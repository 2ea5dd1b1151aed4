/** What was typed behind `/`: text with smart case, `re:` a regular expression, `=` the whole name. */

let last: { readonly query: string; readonly test: (text: string) => boolean } = { query: '', test: () => false };

/** Whether `text` is found by `query`; a regular expression that is none finds nothing. */
export function matchesQuery(text: string, query: string): boolean {
  if (last.query !== query) last = { query, test: compileQuery(query) };
  return last.test(text);
}

function compileQuery(query: string): (text: string) => boolean {
  if (query.startsWith('=')) return (text) => text === query.slice(1);
  if (query.startsWith('re:')) {
    try {
      const pattern = new RegExp(query.slice(3), /[A-Z]/.test(query.slice(3)) ? '' : 'i');
      return (text) => pattern.test(text);
    } catch {
      return () => false;
    }
  }
  if (/[A-Z]/.test(query)) return (text) => text.includes(query);
  return (text) => text.toLowerCase().includes(query);
}
