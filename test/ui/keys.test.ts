/** The key table: no key means two things on one screen, and every key does something where it is said to. */
import { describe, expect, it } from 'vitest';
import { formatKeysPage } from '../../docs/generate/keys-page.ts';
import { findAction, isOnScreen, keyTable, type ScreenId, screenIds } from '../../ui/keys/key-table.ts';
import { type AppState, initialAppState, sendToScreen, updateApp } from '../../ui/state/app-state.ts';
import type { Models } from '../../ui/state/models.ts';
import { makeContext } from './drive-screen.ts';
import { emptyModels, fakeItems, fakeModels, lostItem } from './fake-models.ts';

describe('the key table', () => {
  it.each(screenIds)('has no key for two things on %s', (screen) => {
    const seen = new Map<string, string>();
    for (const row of keyTable) {
      if (!isOnScreen(row, screen)) continue;
      for (const key of row.keys) {
        expect(seen.get(key), `${key}: ${row.action}`).toBeUndefined();
        seen.set(key, row.action);
      }
    }
  });

  it('has no key of its own that also waits for a letter', () => {
    for (const screen of screenIds) {
      const keys = keyTable.filter((row) => isOnScreen(row, screen)).flatMap((row) => row.keys);
      for (const key of keys) if (key.endsWith(' *')) expect(keys).not.toContain(key.slice(0, -2));
    }
  });

  it('names each key as the decoder does', () => {
    const names =
      /^(?:.|[!-~] \*|Enter|Space|Esc|Tab|Backspace|Up|Down|Left|Right|Home|End|PageUp|PageDown|F\d+|(?:Ctrl|Shift)-(?:\w+|\]))$/;
    for (const { keys } of keyTable) for (const key of keys) expect(key).toMatch(names);
  });

  it('is all in docs/keys.md', () => {
    const page = formatKeysPage();
    for (const { action, help } of keyTable) {
      expect(page).toContain(` ${action} `);
      expect(page).toContain(help.replaceAll('|', '\\|'));
    }
  });
});

const longLog = [...fakeItems(), lostItem(2e9, 5), ...fakeItems().map((item) => ({ ...item, time: item.time + 3e9 }))];

const filledModels: Readonly<Record<string, () => Models>> = {
  live: () => fakeModels({ items: longLog }),
  replayed: () =>
    fakeModels(
      {},
      {
        status: { ...fakeModels().status, kind: 'recording' },
        transport: { atMs: 12_000, lengthMs: 100_000, isPlaying: true, speed: 0.5 },
      },
    ),
};

/** What was done before a key is pressed: enough for every key to have something to do in one of them. */
const beginnings: readonly (readonly string[])[] = [
  [],
  ['j', 'j'],
  ['G'],
  ['G', 'k', 'k', 'k'],
  ['G', 'Shift-Right'],
  ['g', 'PageDown', 'PageDown'],
  ['k', 'm', 'a', 'A', 'k', 'k', 'B', 'g', 'j'],
  // Graph: folded and unfolded, zoomed, in the list of calls, behind a jump.
  ['C', 'k', 'k', 'C'],
  ['E', 'j', 'j', 'l', 'j'],
  ['E', 'j', 'j', 'Z'],
  ['c', 'k', 'k'],
  ['c', 'g', 'PageDown'],
  ['c', 'g', ']', ']'],
];

/** The source line of a function is known to debug info alone, which these models have none of. */
const idle: Readonly<Partial<Record<ScreenId, readonly string[]>>> = { graph: ['O'] };

function begin(
  screen: ScreenId,
  models: Models,
  keys: readonly string[],
  width: number,
): { state: AppState; press: Press } {
  const context = makeContext({ models, width });
  const press: Press = (state, key) => updateApp(state, { kind: 'key', key }, context);
  const ticked = sendToScreen(
    { ...initialAppState(screen), behind: screen === 'home' ? [] : ['home'] },
    { kind: 'tick' },
    context,
  ).state;
  // Letters are text in the search box of Browse: the keys of the table begin behind it.
  const settled = screen === 'browse' ? press(ticked, 'Esc').state : ticked;
  const searched = sendToScreen(settled, { kind: 'search', query: 'n' }, context).state;
  const started = screen === 'events' || screen === 'log' || screen === 'graph' ? searched : settled;
  return { state: keys.reduce((state, key) => press(state, key).state, started), press };
}

type Press = (state: AppState, key: string) => ReturnType<typeof updateApp>;

/** Whether a key changes anything in any of the situations. */
function doesSomething(screen: ScreenId, key: string): boolean {
  return Object.values(filledModels).some((make) =>
    beginnings.some((keysBefore) => {
      const { state, press } = begin(screen, make(), keysBefore, 120);
      const waiting = key.endsWith(' *') ? press(state, key.slice(0, -2)).state : state;
      const update = press(waiting, key.endsWith(' *') ? 'a' : key);
      return (
        update.effects.length > 0 || JSON.stringify(visibleState(update.state)) !== JSON.stringify(visibleState(state))
      );
    }),
  );
}

function visibleState(state: AppState) {
  return [state.screen, state.overlay, state.message, serializable(state.screens[state.screen])];
}

function serializable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part) => {
      if (part instanceof Map || part instanceof Set) return [...part];
      return typeof part === 'bigint' ? String(part) : part;
    }),
  );
}

describe.each(screenIds)('every key on %s', (screen) => {
  const keys = keyTable.filter((row) => isOnScreen(row, screen)).flatMap((row) => row.keys);

  it.each(keys.filter((key) => findAction(key, screen) !== `screen-${screen}`))('%s does something', (key) => {
    // On the first screen there is nothing to go back to: `q` asks to quit, Esc leaves what is open only.
    if ((screen === 'home' && key === 'Esc') || idle[screen]?.includes(key)) return;
    expect(doesSomething(screen, key)).toBe(true);
  });

  it('can be pressed while there is nothing at all', () => {
    for (const key of keys) {
      const { state, press } = begin(screen, emptyModels(), [], 60);
      const waiting = key.endsWith(' *') ? press(state, key.slice(0, -2)).state : state;
      expect(() => press(waiting, key.endsWith(' *') ? 'a' : key), key).not.toThrow();
    }
  });
});
