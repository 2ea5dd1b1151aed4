import { describe, expect, it } from 'vitest';
import { initialAppState, updateApp } from '../../../ui/state/app-state.ts';
import { makeContext } from '../drive-screen.ts';
import { fakeModels } from '../fake-models.ts';

const recordingContext = makeContext({ models: fakeModels({}, { recordingFile: 'trace.dat' }) });
const press = (state: ReturnType<typeof initialAppState>, key: string, context = recordingContext) =>
  updateApp(state, { kind: 'key', key }, context);

describe('quitting', () => {
  it('asks first while something is recorded: n stays, y quits', () => {
    const asked = press(initialAppState('graph'), 'q');
    expect(asked.effects).toEqual([]);
    expect(asked.state.overlay).toMatchObject({ kind: 'confirm', question: expect.stringContaining('trace.dat') });
    expect(press(asked.state, 'n')).toMatchObject({ state: { overlay: undefined }, effects: [] });
    expect(press(asked.state, 'y').effects).toEqual([{ kind: 'quit' }]);
  });

  it('happens at once when nothing is recorded, and by Ctrl-C always', () => {
    expect(press(initialAppState('graph'), 'q', makeContext()).effects).toEqual([{ kind: 'quit' }]);
    expect(press(initialAppState('graph'), 'Ctrl-C').effects).toEqual([{ kind: 'quit' }]);
  });
});
