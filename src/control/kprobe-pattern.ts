/** `kprobe 'vfs_*'`: one probe for each function that a glob matches, within limits. */

import { UsageError } from '../base/errors.ts';
import { compileGlob, isGlob } from '../base/glob.ts';
import type { KernelFunctions } from './kprobe-target.ts';

/**
 * More probes than this take long to set up and to remove: each costs the kernel milliseconds, on large machines
 * more.
 */
export const mostKprobes = 512;
const shownNames = 3;

interface MatchedFunctions {
  /** SPECs with a function's own name each. */
  readonly specs: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The functions that SPEC means: itself, or where its name is a glob, all that can be probed and are meant by one name.
 * Throws UsageError where none matches, and for more than `mostKprobes` without `force`.
 */
export function listMatchedFunctions(
  functions: KernelFunctions,
  spec: string,
  { force }: { readonly force: boolean },
): MatchedFunctions {
  if (!isGlob(spec)) return { specs: [spec], notes: [] };
  const attempted = `probing ${spec}`;
  const [, module, glob = '', suffix = ''] = /^(?:([\w-]+):)?(.*?)(%return)?$/.exec(spec) ?? [];
  if (/[+%]/.test(glob)) {
    const why = 'a pattern of names takes no offset, only %return behind it';
    throw new UsageError({ attempted, why, remedy: `e.g. 'vfs_*%return'` });
  }
  const matches = compileGlob(glob);
  const isIn = (name: string) => module === undefined || functions.moduleOf(name) === module;
  const matched = [...functions.names()].filter((name) => matches(name) && isIn(name));
  if (matched.length === 0) {
    const remedy = `ftui list functions '${glob}' shows what can be traced`;
    throw new UsageError({ attempted, why: 'no function that can be probed matches', remedy });
  }
  const shared = matched.filter((name) => functions.isShared(name));
  const refused = new Set(matched.filter((name) => functions.isBlacklisted(name)));
  const ambiguous = new Set(shared);
  const chosen = matched.filter((name) => !ambiguous.has(name) && !refused.has(name));
  if (chosen.length > mostKprobes && !force) {
    const why = `it matches ${chosen.length} functions, more than ${mostKprobes}`;
    const remedy = `narrow the pattern, count them all with the function tracer (ftui function '${glob}'), or use --force`;
    throw new UsageError({ attempted, why, remedy });
  }
  const notes = [
    ...noteOf(shared, 'have a name that several functions share'),
    ...noteOf([...refused], 'are on the kprobes blacklist'),
  ];
  return { specs: chosen.map((name) => `${module === undefined ? '' : `${module}:`}${name}${suffix}`), notes };
}

function noteOf(names: readonly string[], why: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return [`left out, because they ${why}: ${names.slice(0, shownNames).join(', ')}${more}`];
}
