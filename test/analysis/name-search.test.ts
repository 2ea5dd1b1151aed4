/** Names found as somebody types. */

import { describe, expect, it } from 'vitest';
import { NameSearch } from '../../src/analysis/name-search.ts';

const names = ['do_sys_open', 'sys_open', 'sys_openat', 'SyS_old', 'vfs_read', '__sys_open_x', 'vfs_read_iter'];

function search(query: string, limit?: number): string[] {
  return new NameSearch(names).search(query, limit).rows.map((row) => names[row]!);
}

describe('a search', () => {
  it.each([
    ['sys_open', ['sys_open', 'sys_openat', 'do_sys_open', '__sys_open_x']],
    ['VFS', []],
    ['SyS', ['SyS_old']],
    ['sys_o', ['sys_open', 'sys_openat', 'SyS_old', 'do_sys_open', '__sys_open_x']],
    ['=vfs_read', ['vfs_read']],
    ['=vfs', []],
    ['re:^vfs_.*r$', ['vfs_read_iter']],
    ['re:^SYS', []],
    ['re:^sys', ['sys_open', 'sys_openat', 'SyS_old']],
    ['nothing', []],
  ])('for %s finds %j', (query, expected) => {
    expect(search(query)).toEqual(expected);
  });

  it('for nothing finds everything, in order', () => {
    expect(search('')).toEqual(names);
  });

  it('counts all and gives the first', () => {
    expect(new NameSearch(names).search('s', 2)).toMatchObject({ total: 7, rows: [1, 2] });
  });

  it('says what is wrong with an expression', () => {
    expect(new NameSearch(names).search('re:a(').problem).toMatch(/Unterminated group/);
    expect(new NameSearch(names).search(`re:${'a'.repeat(300)}`).problem).toBe('longer than 200 characters');
  });

  it('typed letter by letter, back and forth, finds what a new search finds', () => {
    const one = new NameSearch(names);
    for (const query of [
      's',
      'sy',
      'sys',
      'sys_',
      'sys',
      'Sy',
      'sys',
      'ys_o',
      '=sys_open',
      'sys_opena',
      '',
      'v',
      're:v',
    ]) {
      expect(one.search(query)).toEqual(new NameSearch(names).search(query));
    }
  });
});
