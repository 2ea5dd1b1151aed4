/** What several screens ask for in the same words: filters, recording, stopping. */
import type { Effect, FilterChange } from '../state/effect.ts';
import type { Models } from '../state/models.ts';

/** The effects of an action that means the same on every screen with a stream; undefined for any other. */
export function streamEffects(action: string, models: Models): readonly Effect[] | undefined {
  switch (action) {
    case 'filters': {
      const rows = models.filterRows();
      if (rows.length === 0) return [{ kind: 'message', text: 'no filter is set; & adds one' }];
      return [{ kind: 'pick', title: 'Filters', rows, command: 'chip' }];
    }
    case 'pop-filter':
      return [{ kind: 'filters', change: { what: 'pop' } }];
    case 'stop':
      return [{ kind: 'trace', change: { what: models.isTracing || models.isArming ? 'stop' : 'start' } }];
    case 'record':
      // Ends the recording that runs; else the program asks for a name.
      return [{ kind: 'record' }];
    case 'reset':
      return [{ kind: 'reset' }];
    default:
      return undefined;
  }
}

/** What the list of filters sends back: `chip on|off|remove NAME`. */
export function chipEffects(words: readonly string[], models: Models): readonly Effect[] {
  const [, what = '', ...name] = words;
  const index = models.filterRows().findIndex((row) => row.name === name.join(' '));
  if (index < 0) return [];
  const change: FilterChange = { what: what === 'remove' ? 'remove' : 'toggle', index };
  return [{ kind: 'filters', change }];
}

export function addFilter(text: string): readonly Effect[] {
  return [{ kind: 'filters', change: { what: 'add', text } }];
}

/** A command that a screen does not know. */
export function unknownCommand(name: string): readonly Effect[] {
  return [{ kind: 'message', text: `there is no command ${name} on this screen`, isError: true }];
}
