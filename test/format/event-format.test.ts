import { describe, expect, it } from 'vitest';
import { FtuiError } from '../../src/base/errors.ts';
import { parseEventFormat } from '../../src/format/event-format.ts';
import { commonBlock, formatText } from './format-text.ts';

const fieldOf = (line: string, printFormat = '""') => {
  const format = parseEventFormat('test', formatText('probe', 7, [line], printFormat));
  return format.fields[0]!;
};

describe('parseEventFormat', () => {
  it('reads name, id, both blocks and the print format', () => {
    const text = formatText('open', 1287, ['field:int a;\toffset:8;\tsize:4;\tsigned:1;'], '"a=%d", REC->a');
    const format = parseEventFormat('ftui', text);
    expect(format).toMatchObject({ system: 'ftui', name: 'open', id: 1287, printFormat: '"a=%d", REC->a' });
    expect(format.commonFields.map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ['common_type', 0, 2],
      ['common_flags', 2, 1],
      ['common_preempt_count', 3, 1],
      ['common_pid', 4, 4],
    ]);
    expect(format.fields.map(({ name }) => name)).toEqual(['a']);
  });

  it.each([
    ['field:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:1;', { type: 'char[16]', isString: true, elements: 16 }],
    [
      'field:char comm[TASK_COMM_LEN];\toffset:8;\tsize:16;\tsigned:0;',
      { name: 'comm', isString: true, elements: 16, elementSize: 1 },
    ],
    ['field:u8 bytes[4];\toffset:36;\tsize:4;\tsigned:0;', { isString: false, elements: 4, elementSize: 1 }],
    ['field:u32 v[3];\toffset:36;\tsize:12;\tsigned:0;', { elements: 3, elementSize: 4 }],
    [
      'field:const char * filename;\toffset:24;\tsize:8;\tsigned:0;',
      { isPointer: true, isArray: false, isString: false },
    ],
    ['field:const char *const *argv;\toffset:24;\tsize:8;\tsigned:0;', { name: 'argv', type: 'const char *const *' }],
    ['field:__data_loc char[] name;\toffset:20;\tsize:4;\tsigned:1;', { location: 'data-loc', isString: true }],
    ['field:__data_loc char[][3] s;\toffset:20;\tsize:12;\tsigned:1;', { location: 'data-loc', elements: 3 }],
    ['field:__rel_loc char[] name;\toffset:20;\tsize:4;\tsigned:0;', { location: 'rel-loc', isString: true }],
    [
      'field:__data_loc u32[] v;\toffset:8;\tsize:4;\tsigned:0;',
      { elementSize: 4, elements: undefined, isArray: true },
    ],
    ['field:__data_loc cpumask_t[] m;\toffset:8;\tsize:4;\tsigned:0;', { elementSize: 'long' }],
    ['field:unsigned long args[];\toffset:24;\tsize:0;\tsigned:0;', { location: 'rest', elementSize: 'long' }],
    ['field:char buf[];\toffset:16;\tsize:0;\tsigned:0;', { location: 'rest', isString: true }],
    [
      'field:struct sockaddr a;\toffset:8;\tsize:28;\tsigned:0;',
      { type: 'struct sockaddr', isArray: true, elements: 28 },
    ],
    ['field special:char* x;\toffset:8;\tsize:8;\tsigned:1;', { name: 'x', isPointer: true }],
    ['field:int __attribute__((user)) *p;\toffset:8;\tsize:8;\tsigned:0;', { name: 'p', type: 'int *' }],
    ['field:struct a.b c;\toffset:8;\tsize:4;\tsigned:0;', { name: 'c', type: 'struct a.b' }],
  ])('understands %s', (line, expected) => expect(fieldOf(line)).toMatchObject(expected));

  it.each([
    ['int a', true],
    ['unsigned int a', false],
    ['u16 a', false],
    ['char a', true],
    ['pid_t a', true],
    ['size_t a', false],
  ])('%s of an old kernel has the sign of its type', (declaration, signed) => {
    expect(fieldOf(`field:${declaration};\toffset:8;\tsize:4;`).signed).toBe(signed);
  });

  it('says which fields the kernel prints as hexadecimal', () => {
    const lines = ['how', 'low', 'dev', 'ip', 'nr', 'width'].map(
      (name, index) => `field:u64 ${name};\toffset:${8 + index * 8};\tsize:8;\tsigned:0;`,
    );
    const printFormat =
      '"%*d 0x%Lx %u %d,%d %pS %% %08lx, %s", REC->width, 5, REC->how, REC->low, ' +
      '((unsigned int) ((REC->dev) >> 20)), REC->dev, (void *)REC->ip, ((unsigned long)(REC->nr)), ' +
      '__print_flags(REC->low, "|", { 1, "a,\\"(" })';
    const format = parseEventFormat('test', formatText('probe', 7, lines, printFormat));
    expect(format.fields.filter(({ shownInHex }) => shownInHex).map(({ name }) => name)).toEqual(['how', 'ip', 'nr']);
  });

  it.each([
    ['', 'test:?', 'line 1: there is no `name:` line'],
    ['name: x\nformat:\n', 'test:x', 'line 2: there is no valid `ID:` line'],
    ['name: x\nID: 70000000000\n', 'test:x', 'line 2: there is no valid `ID:` line'],
    [`name: x\nID: 7\nformat:\n${commonBlock}\n\n\tfield:int a;\toffset:;\tsize:4;`, 'test:x', 'line 9: `field:int a;'],
    ['name: x\nID: 7\nformat:\n\tfield:[3];\toffset:8;\tsize:4;', 'test:x', 'line 4: '],
  ])('refuses %j, naming event and line', (text, event, why) => {
    expect(() => parseEventFormat('test', text)).toThrow(FtuiError);
    expect(() => parseEventFormat('test', text)).toThrow(`reading the format of ${event}: ${why}`);
  });
});
