/**
 * Probes in programs: functions, durations and static probes, in a program whose every call is known and in the
 * system's own.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fieldValues, readJsonOutput } from '../ftui-output.ts';
import { type Lab, scenario } from '../scenario.ts';

const shop = join(import.meta.dirname, '../programs/shop');
const everywhere = { live: true, needs: ['uprobe_events'] };
const names = ['apple', 'pear', 'plum', 'apple', 'pear', 'plum', 'apple', 'pear'];
const amounts = [1, 2, 3, 4, 5, 6, 7, 8];

async function runJson(lab: Lab, words: readonly string[]) {
  const result = await lab.run([...words.slice(0, 1), '--json', ...words.slice(1)]);
  assert.ok(result.status <= 1, result.stderr);
  return { ...readJsonOutput(result.stdout), stderr: result.stderr };
}

/** main sleeps eight times 20 ms. */
scenario('uprobe-arguments-and-durations', everywhere, async (lab) => {
  const before = lab.snapshotTracefs();
  const probes = [
    'sell',
    'amount',
    'name:string',
    'order->price',
    '-e',
    'sell%return $retval',
    '-e',
    'main argc',
    '-e',
    'main%return',
  ];
  const { events } = await runJson(lab, ['uprobe', shop, ...probes, '--', shop]);
  const of = (name: string) => events.filter(({ probe }) => probe === name);
  assert.deepEqual(
    of('sell').map(({ fields }) => [fields.amount, fields.name, fields.price]),
    amounts.map((amount, index) => [amount, names[index], 100 * index]),
  );
  assert.deepEqual(
    of('sell%return').map(({ fields }) => fields.ret),
    amounts.map((amount) => (amount % 2 === 1 ? amount : -amount)),
  );
  const [entry, exit] = [...of('main'), ...of('main%return')];
  assert.equal(entry!.fields.argc, 1);
  const tookMs = (exit!.time - entry!.time) / 1e6;
  assert.ok(tookMs >= 160 && tookMs < 10_000, `${tookMs} ms`);
  lab.expectSame(before);
});

scenario('usdt-with-semaphore', everywhere, async (lab) => {
  const before = lab.snapshotTracefs();
  const words = ['usdt', shop, 'shop:sold', 'amount=arg0', 'name=arg1:string', 'price=arg2', '--', shop];
  const { stderr, ...output } = await runJson(lab, words);
  assert.deepEqual(fieldValues(output, 'amount'), amounts);
  assert.deepEqual(fieldValues(output, 'name'), names);
  // With --json the command's words are on stderr.
  assert.match(stderr, /^8 on$/m);
  lab.expectSame(before);
  assert.equal((await lab.runAny(shop, [])).stdout, '0 on\n');
});

const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find((path) => existsSync(path));

/** CPython 3.11 counts only while `line` is armed as well; the programs of other versions have no static probes. */
scenario(
  'usdt-python-functions',
  { live: true, kernels: ['6.12'], needs: ['uprobe_events', 'program:python3'] },
  async (lab) => {
    const listed = await lab.run(['list', 'usdt', python ?? 'python3']);
    if (!listed.stdout.includes('python:function__entry')) {
      assert.match(
        (await lab.run(['usdt', python ?? 'python3', 'function__entry'])).stderr,
        /no static probes|no such static probe/,
      );
      return;
    }
    const program = 'def outer():\n  inner()\ndef inner():\n  pass\nouter()\n';
    const words = [
      'usdt',
      python!,
      'function__entry',
      '--filter',
      'file == "<string>"',
      '--',
      python!,
      '-S',
      '-c',
      program,
    ];
    const output = await runJson(lab, words);
    assert.deepEqual(fieldValues(output, 'function'), ['<module>', 'outer', 'inner']);
    assert.deepEqual(fieldValues(output, 'line').map(Number).slice(1), [1, 3]);
  },
);

scenario('vars-of-readline', { live: 'only' }, async (lab) => {
  const { stdout, stderr } = await lab.run(['vars', '/bin/bash', 'readline']);
  assert.match(stdout, /^const char\* prompt +prompt=\+0\(%di\):string$/m, stderr);
});

scenario('uprobe-filters-before-writing', { ...everywhere, live: 'only' }, async (lab) => {
  const output = await runJson(lab, [
    'uprobe',
    shop,
    'sell',
    'amount',
    'name:string',
    '--filter',
    'amount > 3 && name ~ "p*m"',
    '--',
    shop,
  ]);
  assert.deepEqual(fieldValues(output, 'amount'), [6]);
  const before = lab.snapshotTracefs();
  for (const [filter, why] of [
    ['amuont > 3', /has no field amuont\n.*\n {2}\^{6}\n\(did you mean amount\?\)/],
    ['name > 3', /name is a text/],
    ['name == plum', /did you mean "plum"\?/],
    ['amount == "3"', /amount is a number/],
    ['amount > 3 &&', /\^\n/],
  ] as const) {
    const refused = await lab.run(['uprobe', shop, 'sell', 'amount', 'name:string', '--filter', filter]);
    assert.equal(refused.status, 2, filter);
    assert.match(refused.stderr, why);
  }
  lab.expectSame(before);
});
