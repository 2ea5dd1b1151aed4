/** Triggers as the kernel reads them back: `traceoff:1` becomes `traceoff:count=1`, a histogram gets its defaults. */

import type { EventDefinition } from './event-catalog.ts';
import { refuse } from './file-nodes.ts';

/** `offered` are the words after `# Available triggers:`. EINVAL for anything else. */
export function normaliseTrigger(text: string, offered: readonly string[], event: EventDefinition): string {
  const [action = '', condition] = text.trim().split(/\s+if\s+/);
  const [name = '', ...parts] = action.split(':');
  if (!offered.includes(name)) refuse('EINVAL');
  const suffix = condition === undefined ? '' : ` if ${condition}`;
  if (name === 'hist') return `${normaliseHistogram(parts, event)}${suffix} [active]`;
  const isEvent = /^(enable|disable)_(event|hist)$/.test(name);
  const target = isEvent ? parts.splice(0, 2) : [];
  const count = parts[0] === undefined ? 'unlimited' : `count=${parts[0]}`;
  return [name, ...target, count].join(':') + suffix;
}

function normaliseHistogram(parts: readonly string[], event: EventDefinition): string {
  const textOf = (...names: string[]) =>
    parts.find((part) => names.some((name) => part.startsWith(`${name}=`)))?.replace(/^\w+=/, '');
  const keys = textOf('keys', 'key') ?? refuse('EINVAL');
  const builtIn = /^(common_\w+|stacktrace|hitcount|cpu|\$\w+)$/;
  for (const key of keys.split(',')) {
    const field = key.split('.')[0]!;
    if (!event.fields.has(field) && !builtIn.test(field)) refuse('EINVAL');
  }
  const known = /^(keys?|vals?|values|sort|size|clock)=/;
  const variables = parts.filter((part) => /^\w+=/.test(part) && !known.test(part));
  const actions = parts.filter((part) => /^on(match|max|change)\(|^(save|snapshot|trace)\(/.test(part));
  const values = (textOf('vals', 'val', 'values') ?? '')
    .split(',')
    .filter((value) => value !== '' && value !== 'hitcount');
  const clock = textOf('clock');
  return [
    'hist',
    `keys=${keys}`,
    `vals=${['hitcount', ...values].join(',')}`,
    ...variables,
    `sort=${textOf('sort') ?? 'hitcount'}`,
    `size=${textOf('size') ?? 2048}`,
    ...(clock === undefined ? [] : [`clock=${clock}`]),
    ...actions,
  ].join(':');
}
