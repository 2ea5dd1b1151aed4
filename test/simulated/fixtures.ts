/** The captured kernels of tracefs-fixtures/, for tests. */

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type FixtureFiles, type FixtureTree, loadFixture } from '../../src/simulated/fixture-tree.ts';

const home = fileURLToPath(new URL('../../tracefs-fixtures/', import.meta.url));

export type FixtureVersion = '5.10' | '6.1' | '6.12' | '6.18' | '7.2';

/** The files of a folder of tracefs-fixtures/. */
export function fixtureFiles(folder: string): FixtureFiles {
  return {
    list: () => fs.readdirSync(`${home}${folder}`),
    read: (name) => fs.readFileSync(`${home}${folder}/${name}`),
  };
}

export function readFixture(version: FixtureVersion): FixtureTree {
  return loadFixture(fixtureFiles(`${version}_x86-64`));
}
