import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusyError } from '../../src/base/errors.ts';
import { chooseJournalFolder, createJournal, findJournals, parseJournal } from '../../src/control/journal.ts';
import { recoverKilledSessions } from '../../src/control/recovery.ts';
import type { Undo } from '../../src/control/undo.ts';
import { errorFrom, setUp, statText } from './tracefs-setup.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-journal-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const bootId = '11111111-2222-3333-4444-555555555555';
const own = {
  [`/proc/${process.pid}/stat`]: statText(process.pid, '4711'),
  '/proc/sys/kernel/random/boot_id': `${bootId}\n`,
};
const undos: Undo[] = [{ kind: 'setting', file: 'tracing_on', value: '1', wrote: '0' }];
const content = { title: 'graph vfs_open', undos, topLevel: false };

/** A journal as a session of another process would have left it. */
function leaveJournal(name: string, parts: object): string {
  const entry = { version: 1, pid: 4242, startTime: '99', bootId, title: 'graph x', undos, ...parts };
  const file = path.join(folder, name);
  fs.writeFileSync(file, JSON.stringify(entry));
  return file;
}

describe('createJournal', () => {
  it('writes who, what and how to undo it, for the owner only, and takes it away', () => {
    const { kernel } = setUp('6.12', { files: own });
    const journal = createJournal(folder, kernel, content);
    expect(journal.file).toBe(path.join(folder, `${process.pid}.json`));
    expect(fs.statSync(journal.file).mode & 0o777).toBe(0o600);
    expect(parseJournal(fs.readFileSync(journal.file, 'utf8'))).toMatchObject({
      version: 1,
      pid: process.pid,
      startTime: '4711',
      bootId,
      title: 'graph vfs_open',
      undos,
    });
    expect(fs.readdirSync(folder)).toEqual([`${process.pid}.json`]);
    journal.remove();
    journal.remove();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('lets one session into the top level: the second gets BusyError, exit 5, with the owner', () => {
    const { kernel } = setUp('6.12', { files: own });
    const first = createJournal(folder, kernel, { ...content, topLevel: true });
    const error = errorFrom(BusyError, () =>
      createJournal(folder, kernel, { ...content, title: 'graph b', topLevel: true }),
    );
    expect(error.exitStatus).toBe(5);
    expect(error.message).toBe(
      `starting 'graph b': another ftui session uses the top level (pid ${process.pid}: graph vfs_open)`,
    );
    expect(fs.readdirSync(folder)).toEqual(['top-level.json']);
    first.remove();
    createJournal(folder, kernel, { ...content, topLevel: true }).remove();
  });

  it('lets a session of an own instance run beside one of the top level', () => {
    const { kernel } = setUp('6.12', { files: own });
    const top = createJournal(folder, kernel, { ...content, topLevel: true });
    const other = createJournal(folder, kernel, content);
    expect(findJournals([folder], kernel).map(({ owner }) => owner)).toEqual(['running', 'running']);
    top.remove();
    other.remove();
  });
});

describe('findJournals', () => {
  it('tells who still runs by pid, start time and boot', () => {
    leaveJournal('1.json', { pid: 50, startTime: '7' });
    leaveJournal('2.json', { pid: 50, startTime: '8' });
    leaveJournal('3.json', { pid: 51, startTime: '7' });
    leaveJournal('4.json', { pid: 50, startTime: '7', bootId: 'another' });
    const { kernel } = setUp('6.12', { files: { ...own, '/proc/50/stat': statText(50, '7') } });
    expect(findJournals([folder], kernel).map(({ owner }) => owner)).toEqual([
      'running',
      'killed',
      'killed',
      'earlier-boot',
    ]);
  });

  it('counts a zombie as killed: its undos are owed', () => {
    leaveJournal('1.json', { pid: 50, startTime: '7' });
    const { kernel } = setUp('6.12', { files: { ...own, '/proc/50/stat': statText(50, '7', 'Z') } });
    expect(findJournals([folder], kernel).map(({ owner }) => owner)).toEqual(['killed']);
  });

  it('leaves out what is no journal, and a folder that is not there', () => {
    fs.writeFileSync(path.join(folder, 'a.json'), '{"version":1,');
    fs.writeFileSync(path.join(folder, 'b.json'), '{"version":2,"undos":[]}');
    fs.writeFileSync(path.join(folder, 'c.json'), 'null');
    fs.writeFileSync(path.join(folder, '.9.draft'), '{}');
    leaveJournal('notes.txt', {});
    const { kernel } = setUp('6.12', { files: own });
    expect(findJournals([folder, folder, path.join(folder, 'none')], kernel)).toEqual([]);
  });

  it('looks into a folder once, however often it is named', () => {
    leaveJournal('1.json', {});
    const { kernel } = setUp('6.12', { files: own });
    expect(findJournals([folder, folder], kernel)).toHaveLength(1);
  });
});

describe('chooseJournalFolder', () => {
  const temporary = process.env.TMPDIR;
  afterEach(() => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  });

  it('takes the usual folder, private', () => {
    const usual = path.join(folder, 'run/ftui');
    const chosen = chooseJournalFolder(usual);
    expect(chosen).toMatchObject({ path: usual });
    expect(chosen.note).toBeUndefined();
    expect(fs.statSync(usual).mode & 0o777).toBe(0o700);
  });

  it('goes to the temporary folder where the usual one cannot be, and says so', () => {
    process.env.TMPDIR = folder;
    fs.writeFileSync(path.join(folder, 'run'), '');
    const chosen = chooseJournalFolder(path.join(folder, 'run/ftui'));
    expect(chosen.path).toBe(path.join(folder, `ftui-${process.getuid!()}`));
    expect(chosen.note).toMatch(/run\/ftui cannot be used \(E\w+\): the journal is in .*ftui-\d+$/);
    expect(chosen.searched).toContain(chosen.path);
    expect(fs.statSync(chosen.path).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.getuid!() === 0)("refuses a temporary folder that is another user's", () => {
    process.env.TMPDIR = folder;
    fs.writeFileSync(path.join(folder, 'run'), '');
    const theirs = path.join(folder, 'ftui-0');
    fs.mkdirSync(theirs);
    fs.chownSync(theirs, 65534, 65534);
    expect(() => chooseJournalFolder(path.join(folder, 'run/ftui'))).toThrow(/the folder belongs to another user/);
    leaveJournal('ftui-0/1.json', {});
    expect(findJournals([theirs], setUp().kernel)).toEqual([]);
  });
});

describe('recoverKilledSessions', () => {
  it('undoes what a killed session left, once', () => {
    const file = leaveJournal('4242.json', {});
    const { kernel, tracefs } = setUp('6.12', { files: own });
    tracefs.top.write('tracing_on', '0');
    expect(recoverKilledSessions(tracefs, [folder])).toEqual([
      { title: 'graph x', pid: 4242, report: { done: ["tracing_on restored to '1'"], failed: [], skipped: [] } },
    ]);
    expect(kernel.readText(`${tracefs.root}/tracing_on`)).toBe('1\n');
    expect(fs.existsSync(file)).toBe(false);
    expect(recoverKilledSessions(tracefs, [folder])).toEqual([]);
  });

  it('lets running sessions be', () => {
    const file = leaveJournal('50.json', { pid: 50, startTime: '7' });
    const { kernel, tracefs } = setUp('6.12', { files: { ...own, '/proc/50/stat': statText(50, '7') } });
    tracefs.top.write('tracing_on', '0');
    kernel.writes.length = 0;
    expect(recoverKilledSessions(tracefs, [folder])).toEqual([]);
    expect(kernel.writes).toEqual([]);
    expect(fs.existsSync(file)).toBe(true);
  });

  it('only takes away a journal of an earlier boot', () => {
    const file = leaveJournal('4242.json', { bootId: 'another' });
    const { kernel, tracefs } = setUp('6.12', { files: own });
    tracefs.top.write('tracing_on', '0');
    kernel.writes.length = 0;
    expect(recoverKilledSessions(tracefs, [folder])).toEqual([]);
    expect(kernel.writes).toEqual([]);
    expect(fs.existsSync(file)).toBe(false);
  });

  it('keeps the journal while something cannot be undone, and tries again', () => {
    const file = leaveJournal('4242.json', {});
    const { kernel, tracefs } = setUp('6.12', { files: own });
    tracefs.top.write('tracing_on', '0');
    kernel.failWrite((at) => at.endsWith('/tracing_on'), 'EIO');
    expect(recoverKilledSessions(tracefs, [folder])[0]?.report.failed).toHaveLength(1);
    expect(fs.existsSync(file)).toBe(true);
    kernel.clearFaults();
    expect(recoverKilledSessions(tracefs, [folder])[0]?.report.failed).toEqual([]);
    expect(fs.existsSync(file)).toBe(false);
  });

  it('says of a journal that could not be undone what it is: no running session is in the way', () => {
    leaveJournal('top-level.json', {});
    const { kernel, tracefs } = setUp('6.12', { files: own });
    tracefs.top.write('tracing_on', '0');
    kernel.failWrite((at) => at.endsWith('/tracing_on'), 'EIO');
    recoverKilledSessions(tracefs, [folder]);
    const error = errorFrom(BusyError, () => createJournal(folder, kernel, { ...content, topLevel: true }));
    expect(error.message).not.toContain('another ftui session uses the top level');
    expect(`${error.message} ${error.remedy}`).toMatch(/pid 4242: graph x/);
  });
});
