/** Every screen in every state at every size: nothing outside of it, no control byte of the traced system, no crash. */
import { describe, expect, it } from 'vitest';
import { screenIds } from '../../ui/keys/key-table.ts';
import { type AnyScreen, screens } from '../../ui/screens/screens.ts';
import type { Models } from '../../ui/state/models.ts';
import { expectSound, looks, makeContext, ScreenDriver, sizes, stripLooks } from './drive-screen.ts';
import { blockedDiagnosis, emptyModels, fakeModels, hostile, notRoot } from './fake-models.ts';

const failed = { state: 'failed', why: `no functions ${hostile}` } as const;
const loading = { state: 'loading', share: 0.4 } as const;

const situations: Readonly<Record<string, () => Models>> = {
  filled: () => fakeModels(),
  empty: () => emptyModels(),
  'nothing can be traced': () => emptyModels({ diagnosis: blockedDiagnosis, problem: notRoot }),
  'hostile names everywhere': () =>
    fakeModels(
      { chips: [{ name: hostile, on: true }] },
      {
        status: { ...fakeModels().status, title: hostile },
        wanted: { ...fakeModels().wanted, events: [{ system: hostile, event: hostile }] },
        diagnosis: { ...blockedDiagnosis, kernel: hostile, problem: null },
      },
    ),
  'loading names': () => fakeModels({ lists: { functions: loading, events: loading } }),
  'failed names': () => fakeModels({ lists: { functions: failed, events: failed, probes: failed, symbols: failed } }),
  replay: () =>
    fakeModels(
      {},
      {
        status: { ...fakeModels().status, kind: 'recording', badge: 'REPLAY', share: 0.4, showing: 8 },
        transport: { atMs: 12_000, lengthMs: 100_000, isPlaying: true, speed: 0.1 },
      },
    ),
  recording: () =>
    fakeModels(
      {},
      { recording: { path: `/tmp/${hostile}`, bytes: 1e7, events: 5e6, ms: 72_000, lost: 3 }, recordingFile: '/tmp/x' },
    ),
};

describe.each(screenIds.filter((id) => id !== 'graph'))('the screen %s', (id) => {
  const screen: AnyScreen = screens[id];

  describe.each(Object.entries(situations))('%s', (_, make) => {
    it.each(sizes)('fits into $width x $height', (size) => {
      for (const look of looks) {
        const models = make();
        const driver = new ScreenDriver(screen, makeContext({ models, ...size, ...look }));
        expectSound(driver.view, driver.context);
        driver.action('last');
        expectSound(driver.view, driver.context);
        for (let step = 0; step < 4; step += 1) {
          driver.action('next-pane');
          expectSound(driver.view, driver.context);
        }
      }
    });

    it('draws the same after it has had another size', () => {
      const models = make();
      const fresh = new ScreenDriver(screen, makeContext({ models })).view;
      const resized = new ScreenDriver(screen, makeContext({ models, width: 160, height: 48 }));
      resized.with({ width: 60, height: 10 });
      expect(resized.with({ width: 80, height: 22 }).view).toEqual(fresh);
    });

    it('has no escape sequence without colour but those of bold, underline and inverse', () => {
      const { view } = new ScreenDriver(screen, makeContext({ models: make(), color: false }));
      const all = [...view.head, ...view.body, ...view.detail].join('');
      expect(all.replace(/\u001b\[(?:[147]|2[247])m/g, '')).not.toContain('\u001b');
      expect(stripLooks(all)).not.toContain('\u001b');
    });
  });
});
