/** What `ftui vars` prints, as text and as an object. */
import { describe, expect, it } from 'vitest';
import { formatVariables, formatVariablesJson, listVariableRows } from '../../src/cli/probe-variables.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { ProgramTypes, requireUprobeScope } from '../../src/control/uprobe-names.ts';
import { listUprobePlaces } from '../../src/control/uprobe-request.ts';
import { setUp } from '../control/tracefs-setup.ts';
import { findSchemaProblems } from '../journeys/json-schema.ts';
import { fixturePath } from '../symbols/fixture-files.ts';

function rowsOf(spec: string) {
  const binary = fixturePath('probed-o0-dwarf5.so');
  const [place] = listUprobePlaces(setUp().kernel, { binary, spec, force: false }).places;
  return listVariableRows(requireUprobeScope(new ProgramTypes(parseFetchArgSupport('').types), place!));
}

describe('ftui vars', () => {
  it('shows each variable with the word that records it, or why there is none', () => {
    const lines = formatVariables(rowsOf('handle'));
    expect(lines[1]).toMatch(/^const char\* name +name=\+0\(%si\):string$/);
    expect(lines.at(-1)).toMatch(/^int sum +\('sum' cannot be read here: it is a local variable/);
  });

  it.each(['handle', 'handle%return', 'by_value'])('%s: the object is as the schema says', (spec) => {
    const object = JSON.parse(formatVariablesJson(spec, rowsOf(spec)));
    expect(findSchemaProblems(object, 'vars')).toEqual([]);
    expect(object.function).toBe(spec);
    expect(object.variables.length).toBeGreaterThan(0);
  });
});
