/** Recipes: each is a command that the parser takes, of events that real kernels have. */
import { describe, expect, it } from 'vitest';
import yargs from 'yargs';
import { protectFetchArgs } from '../../src/cli/arguments.ts';
import { loadCommands } from '../../src/cli/command-list.ts';
import { listRecipes } from '../../src/cli/list-rows.ts';
import { recipes } from '../../src/control/recipes.ts';
import { setUp } from './tracefs-setup.ts';

/** Parses as the program does, and runs nothing. */
async function parse(words: readonly string[]): Promise<void> {
  let isRun = false;
  const parser = yargs(protectFetchArgs(words))
    .parserConfiguration({
      'populate--': true,
      'parse-positional-numbers': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
    })
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    });
  for (const command of await loadCommands()) {
    const handler = () => {
      isRun = true;
    };
    parser.command({ ...command, handler });
  }
  await parser.parseAsync();
  if (!isRun) throw new Error('no command was found');
}

describe('recipes', () => {
  it('have names of their own, and answers', () => {
    expect(new Set(recipes.map(({ name }) => name)).size).toBe(recipes.length);
    for (const { answers, writes } of recipes) {
      expect(answers).toMatch(/\?/);
      expect(writes.length).toBeGreaterThan(0);
    }
  });

  it.each(recipes.map(({ name, command }) => [name, command] as const))('%s parses', async (_name, command) => {
    await parse(command);
    await expect(parse([...command.slice(0, 1), '--no-such-option', ...command.slice(1)])).rejects.toThrow();
  });

  const events = recipes.flatMap(({ command }) =>
    command[0] === 'event' ? command.filter((word) => /^\w+:\w+$/.test(word)) : [],
  );
  // Not among the captured events; the kernel tests look for them on the real ones.
  const elsewhere = ['syscalls:sys_enter_sync', 'sock:inet_sock_set_state', 'tcp:tcp_retransmit_skb', 'skb:kfree_skb'];
  it.each(['5.10', '6.1', '6.12', '7.2'] as const)('name events of %s', (version) => {
    const available = setUp(version).tracefs.top.read('available_events').split('\n');
    expect(events.filter((event) => !available.includes(event))).toEqual(elsewhere);
  });

  it('are listed with their command, and with what it writes', async () => {
    const [row] = await listRecipes({ glob: 'opensnoop', verbose: true });
    expect(row!.lines).toEqual(['ftui kprobe do_sys_openat2 filename:string']);
    expect(row!.details.join('\n')).toContain('p:GROUP/do_sys_openat2 do_sys_openat2 filename=+0(%si):ustring');
    expect(row!.json).toMatchObject({
      recipe: 'opensnoop',
      command: ['ftui', 'kprobe', 'do_sys_openat2', 'filename:string'],
    });
    await expect(listRecipes({ glob: 'opensnop', verbose: false })).rejects.toThrow(/none matches 'opensnop'/);
  });
});
