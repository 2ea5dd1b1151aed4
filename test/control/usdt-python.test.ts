/** Which static probes of Python need the counter of another one. */
import { describe, expect, it } from 'vitest';
import { buildLineCounter, needsLineCounter } from '../../src/control/usdt-python.ts';
import type { UsdtProbe } from '../../src/symbols/usdt-notes.ts';

const probe = (name: string, provider = 'python') => ({ provider, name, sites: [] }) as unknown as UsdtProbe;

describe('needsLineCounter', () => {
  it.each([
    ['/usr/bin/python3.11', ['function__entry'], true],
    ['/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0', ['function__return'], true],
    ['/proc/12/root/usr/bin/python3.11', ['gc__start', 'function__entry'], true],
    ['/usr/bin/python3.11', ['function__entry', 'line'], false],
    ['/usr/bin/python3.11', ['gc__start'], false],
    ['/usr/bin/python3.10', ['function__entry'], false],
  ])('%s %j: %s', (path, names, expected) => {
    const chosen = names.map((name) => probe(name));
    expect(needsLineCounter(chosen, path)).toBe(expected);
  });

  it('is about Python alone, and makes nothing where there is no counter', () => {
    expect(needsLineCounter([probe('function__entry', 'php')], '/opt/python3.11')).toBe(false);
    expect(buildLineCounter([probe('function__entry')], '/usr/bin/python3.11', 'ftui_7', new Set())).toBeUndefined();
  });
});
