/** Definitions that can never work: each is refused before any write, says where the mistake is, and what to do. */
import { describe, expect, it } from 'vitest';
import { FtuiError } from '../../src/base/errors.ts';
import { ownMachine } from '../../src/symbols/files.ts';
import { openDefiner, type ProbeCommand } from './define-probe.ts';
import { errorFrom } from './tracefs-setup.ts';

/**
 * The command, its words (capitals stand for files, see define-probe.ts), the column of the caret (undefined where the
 * whole word is meant, which the message then names) and how the reason begins.
 */
type Row = readonly [command: ProbeCommand, words: readonly string[], caret: number | undefined, why: string];

const rows: readonly Row[] = [
  ['kprobe', [''], 0, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['9open'], 0, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs-open'], 3, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open+'], 9, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open+x'], 9, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open+4x'], 10, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open%retur'], 8, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open%return%return'], 8, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open arg'], 8, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['mod:'], 4, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['0xzz'], 0, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open+4%return'], undefined, 'a function returns as a whole, not from an offset'],
  ['kprobe', ['vfs_opne'], undefined, 'the kernel has no such function (it may be inlined or not loaded)'],
  ['kprobe', ['vfs_open;x'], 8, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open:3'], 9, 'it is no FUNC[+OFFSET][%return]'],
  ['kprobe', ['vfs_open', '%'], 0, 'a register such as %di is expected'],
  ['kprobe', ['vfs_open', 'a='], 2, 'the argument itself is missing'],
  ['kprobe', ['vfs_open', '=%di'], 0, "the name in front of '=' is missing"],
  ['kprobe', ['vfs_open', '1a=%di'], 0, "'1a' is no name for a field"],
  ['kprobe', ['vfs_open', 'a-b=%di'], 1, "'a-b' is no name for a field"],
  ['kprobe', ['vfs_open', '+8%di'], 2, "'(' is missing"],
  ['kprobe', ['vfs_open', '+8(%di'], 6, "')' is missing"],
  ['kprobe', ['vfs_open', '+(%di)'], 0, 'an offset such as +8 or -0x10 is expected'],
  ['kprobe', ['vfs_open', '+8(%di))'], 7, "')' is left over"],
  ['kprobe', ['vfs_open', '+x8(%di)'], 0, 'an offset such as +8 or -0x10 is expected'],
  ['kprobe', ['vfs_open', '$retval'], 0, '$retval exists only where the function returns'],
  ['kprobe', ['vfs_open%return', '$arg1:x64'], 0, 'arguments are gone when the function returns'],
  ['kprobe', ['vfs_open', '$foo'], 0, 'there is no such variable'],
  ['kprobe', ['vfs_open', '$stackx'], 6, "'x' is left over"],
  ['kprobe', ['vfs_open', '@'], 0, '@ADDRESS or @SYMBOL+OFFSET is expected'],
  ['kprobe', ['vfs_open', '\\x'], 0, 'a number, or a "text" without spaces, behind the backslash is expected'],
  ['kprobe', ['vfs_open', '%di:'], 4, "a type is missing behind ':'"],
  ['kprobe', ['vfs_open', '%di:int'], 4, "this kernel offers no type 'int'"],
  ['kprobe', ['vfs_open', '%di:s33'], 4, "this kernel offers no type 's33'"],
  ['kprobe', ['vfs_open', '%di:string'], 4, ':string needs an address'],
  ['kprobe', ['vfs_open', '+0(%di):u8[0]'], 10, 'the array size [0] does not fit'],
  ['kprobe', ['vfs_open', '+0(%di):u8[65]'], 10, 'the array size [65] does not fit'],
  ['kprobe', ['vfs_open', '+0(%di):u8[x]'], 10, "'[x]' is left over"],
  ['kprobe', ['vfs_open', '%di:b4@2'], 4, "this kernel offers no type 'b4@2'"],
  ['kprobe', ['vfs_open', '%di:b40@2/32'], 4, 'the bits lie outside of their container'],
  ['kprobe', ['vfs_open', 'a=%di', 'a=%si'], undefined, "two of its values are called 'a'"],
  [
    'kprobe',
    ['vfs_open', '+0(%di):string', 'arg1__first=%si'],
    undefined,
    "two of its values are called 'arg1__first'",
  ],
  ['kprobe', ['handle', 'cuont'], 0, "handle has no argument 'cuont'"],
  ['kprobe', ['handle', 'req->'], 5, "a member's name is missing behind '->'"],
  ['kprobe', ['handle', 'req->nosuch'], 5, "struct request has no 'nosuch'"],
  ['kprobe', ['handle', 'req..x'], 4, "a member's name is missing behind '.'"],
  ['kprobe', ['handle', 'req->parts['], 10, "the ']' of this '[' is missing"],
  ['kprobe', ['handle', 'req->parts[]'], 11, 'the number of the element is missing'],
  ['kprobe', ['handle', 'req->parts[x]'], 11, "'x' is no number"],
  ['kprobe', ['handle', 'req->parts[99999999999]'], 11, 'the number is too large'],
  ['kprobe', ['handle', '*req'], 0, "'*' is not offered"],
  ['kprobe', ['handle', 'req-flags'], 3, "a lone '-' means nothing here"],
  ['kprobe', ['handle', 'req->f()'], 6, 'functions are not called here'],
  ['kprobe', ['handle', 'count->x'], 5, 'count is no pointer, it is size_t'],
  ['kprobe', ['handle', 'count:strin'], 6, "'strin' is no type"],
  ['kprobe', ['handle', 'count:u8[0]'], 8, 'an array of 0 elements does not fit'],
  ['kprobe', ['handle', 'name name'], 4, 'an argument holds no blanks'],
  ['kprobe', ['handle', 'n='], 2, 'the argument itself is missing'],
  ['kprobe', ['handle', '9x'], 0, 'an argument cannot start with a digit'],
  ['kprobe', ['handle', 'req:string'], 4, 'req points to struct request, not to text'],
  ['kprobe', ['handle', '$arg9'], 0, 'handle has 8 arguments'],
  ['kprobe', ['handle%return', 'count'], 0, "'count' is gone when the function returns"],
  ['kprobe', ['handle+4', 'count'], 0, 'arguments have known places only where handle begins, not at +0x4'],
  ['kprobe', ['handle', 'a=b=count'], 3, "'=' is not expected here"],
  ['kprobe', ['handle', 'count@4'], 5, 'places in files are not part of an argument'],
  ['kprobe', ['handle', '->x'], 0, 'an offset such as +8 or -0x10 is expected'],
  ['kprobe', ['handle', 'count:b9@60/64'], 6, 'the bits lie outside of their container'],
  ['kprobe', ['handle', 'abcdefghijklmnopqrstuvwxyzabcdefghijk=count'], 31, 'the name is too long for the kernel'],
  ['uprobe', ['PLAIN', ''], 0, 'a symbol or an address is missing here'],
  ['uprobe', ['PLAIN', 'handle '], 6, 'a symbol or an address is missing here'],
  ['uprobe', ['PLAIN', 'handle%ret'], 6, 'only %return may follow here'],
  ['uprobe', ['PLAIN', '%return'], 0, 'a symbol or an address must come first'],
  ['uprobe', ['PLAIN', '+4'], 0, 'the symbol in front of the offset is missing'],
  ['uprobe', ['PLAIN', 'handle+'], 7, 'a number is missing here'],
  [
    'uprobe',
    ['PLAIN', 'handle+1f'],
    8,
    'this is no digit of a number, decimal (write 0x in front of a hexadecimal one)',
  ],
  ['uprobe', ['PLAIN', 'handle+0x'], 9, 'this is no digit of a number, hexadecimal'],
  [
    'uprobe',
    ['PLAIN', 'handle+2'],
    undefined,
    'no instruction starts at 0x3d2: a probe inside an instruction kills the traced process',
  ],
  ['uprobe', ['PLAIN', 'handle+99999'], undefined, 'the offset lies behind the function: handle has 132 bytes'],
  ['uprobe', ['PLAIN', '0xzz'], 2, 'this is no digit of a number, hexadecimal'],
  ['uprobe', ['PLAIN', '1234'], 0, 'an address starts with 0x'],
  ['uprobe', ['PLAIN', '@12'], 1, 'an address starts with 0x'],
  ['uprobe', ['PLAIN', '@'], 1, 'a number is missing here'],
  ['uprobe', ['PLAIN', '0xffffffff'], undefined, 'nothing of the file is loaded there'],
  ['uprobe', ['PLAIN', '@0xffffff'], undefined, 'nothing of the file is loaded there'],
  ['uprobe', ['PLAIN', 'hundle'], undefined, 'there is no such symbol'],
  ['uprobe', ['PLAIN', 'counter'], undefined, 'counter is data, not a function: a probe there never fires'],
  ['uprobe', ['PLAIN', 'nothing_*'], undefined, 'no function matches'],
  [
    'uprobe',
    ['PLAIN', 'handle+4%return'],
    undefined,
    "this is inside handle: only at a function's first instruction is the return address where ",
  ],
  ['uprobe', ['PLAIN', 'probed.c:'], 9, 'the number of the line is missing'],
  ['uprobe', ['PLAIN', ':3'], 0, 'the file or the function in front of the line is missing'],
  ['uprobe', ['PLAIN', 'probed.c:3x'], 10, 'this is no digit of a line'],
  ['uprobe', ['PLAIN', 'probed.c:2'], undefined, 'line 2 of probed.c has no code of its own'],
  ['uprobe', ['PLAIN', 'probed.c:40%return'], 11, 'a function returns as a whole, not from a line'],
  [
    'uprobe',
    ['PLAIN', 'nofile.c:3'],
    undefined,
    'its debug information has neither a source file nor a function called nofile.c',
  ],
  ['uprobe', ['PLAIN', 'handle:500'], undefined, 'line 500 of handle has no code of its own'],
  [
    'uprobe',
    ['OPTIMISED', 'twice'],
    undefined,
    'twice is inlined everywhere (into handle, entry): it has no code of its own',
  ],
  ['uprobe', ['PLAIN', 'handle', 'nosuch'], 0, "handle has no argument 'nosuch'"],
  ['uprobe', ['PLAIN', 'handle', 'request->nosuch'], 9, "struct request has no 'nosuch'"],
  ['uprobe', ['PLAIN', 'handle', 'sum'], 0, 'it is a local variable, which has no value yet where the function begins'],
  ['uprobe', ['PLAIN', 'handle', '$arg1:x64'], 0, '$arg1 is not offered for a uprobe by this kernel'],
  [
    'uprobe',
    ['PLAIN', 'handle', 'counter'],
    0,
    'it is in the memory of the program itself, which some kernels read at another place',
  ],
  ['uprobe', ['PLAIN', 'handle', '$retval'], 0, '$retval exists only where the function returns'],
  [
    'uprobe',
    ['PLAIN', 'by_value', 'ratio'],
    0,
    "'ratio' cannot be read here: it is passed in a floating point register, which probes canno",
  ],
  ['uprobe', ['PLAIN', 'handle', '@jiffies'], 0, '@0xADDRESS or @+FILEOFFSET is expected'],
  ['uprobe', ['', 'x'], undefined, 'the name is empty'],
  ['uprobe', ['/nonexistent/file', 'x'], undefined, '/nonexistent/file does not exist'],
  ['uprobe', ['/dev/null', 'x'], undefined, '/dev/null is not a regular file'],
  ['uprobe', ['TEXT', 'x'], undefined, 'probed.c is not an ELF file'],
  ['uprobe', ['no-such-program', 'x'], undefined, 'there is no such program in $PATH, nor a library of this name'],
  ['usdt', ['STATIC', 'nosuch'], undefined, 'it has no such static probe'],
  ['usdt', ['STATIC', 'no:such'], undefined, 'it has no such static probe'],
  ['usdt', ['PLAIN', '*'], undefined, 'it has no static probes (no .note.stapsdt)'],
  ['usdt', ['STATIC', '*', 'arg99'], 0, 'shop:sold has 6 arguments'],
  ['usdt', ['STATIC', '*', 'x'], 0, "shop:sold has no argument 'x'"],
  ['usdt', ['STATIC', '*', 'arg0:strin'], 5, "'strin' is no type"],
  ['usdt', ['STATIC', '*', 'a-b=arg0'], 1, "'a-b' is no name for a field"],
  ['usdt', ['STATIC', '*', 'arg0:'], 5, "the type behind ':' is missing"],
  ['vars', ['vfs_opne'], undefined, 'the kernel has no such function (it may be inlined or not loaded)'],
  ['vars', ['vfs_open+'], 9, 'it is no FUNC[+OFFSET][%return]'],
  ['vars', ['nomod:vfs_open'], undefined, 'vfs_open is in the kernel itself, not in nomod'],
  ['vars', ['0xffffffff81000000'], undefined, 'a bare address has no arguments with names'],
  ['vars', ['PLAIN', 'hundle'], undefined, 'there is no such symbol'],
  ['vars', ['PLAIN', 'probed.c:2'], undefined, 'line 2 of probed.c has no code of its own'],
  ['vars', ['STATIC', 'main'], undefined, 'there is no such symbol'],
  ['vars', ['PLAIN', 'handle%ret'], 6, 'only %return may follow here'],
];

describe.runIf(ownMachine() === 'x86-64')('a malformed definition', () => {
  it('comes in many kinds', () => expect(rows.length).toBeGreaterThan(100));

  it.each(rows)('%s %j: caret at %s: %s', (command, words, caret, why) => {
    const { define, writes } = openDefiner();
    const error = errorFrom(FtuiError, () => define(command, words));
    const [reason, shown, mark] = error.why.split('\n');
    expect(reason!.replace(/\/\S*fixtures\//, '')).toMatch(startOf(why));
    expect(error.remedy ?? '').not.toBe('');
    expect(writes).toEqual([]);
    if (caret === undefined) {
      // Without a caret the message names what is meant.
      expect(words.some((word) => error.message.includes(word.replace(/[=:].*/, '')))).toBe(true);
      return;
    }
    // The word itself with the caret below the mistake.
    expect(words.map((word) => `  ${word}`)).toContain(shown);
    expect(mark).toBe(`  ${' '.repeat(caret)}^`);
  });
});

describe.runIf(ownMachine() === 'x86-64')('a good definition', () => {
  it.each<[ProbeCommand, string[], number]>([
    ['kprobe', ['vfs_open', 'a=%di', 'b=+0(%si):string'], 1],
    ['kprobe', ['vfs_open%return'], 1],
    ['uprobe', ['PLAIN', 'handle', 'request->flags', 'name'], 1],
    ['uprobe', ['PLAIN', 'probed.c:40'], 1],
    ['usdt', ['STATIC', 'sold'], 1],
    ['vars', ['PLAIN', 'handle'], 0],
  ])('%s %j writes', (command, words, count) => {
    const { define, writes, top } = openDefiner();
    define(command, words);
    expect(writes.length).toBe(count);
    if (count > 0) expect(`${top.read('kprobe_events')}${top.read('uprobe_events')}`).toContain('ftui_7/');
  });
});

/** The reason begins so; the table holds its first 90 characters. */
function startOf(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
