import { describe, expect, it } from 'vitest';
import { x86InstructionLength } from '../../src/symbols/x86-instruction.ts';

/** Instructions as the GNU assembler writes them, one a line: bytes, then what they are. */
const in64 = `
c3 | ret
55 | push %rbp
41 54 | push %r12
f3 0f 1e fa | endbr64
48 89 e5 | mov %rsp,%rbp
48 83 ec 10 | sub $0x10,%rsp
48 81 ec 98 00 00 00 | sub $0x98,%rsp
66 81 c1 34 12 | add $0x1234,%cx
48 8d 3d 00 00 00 00 | lea 0x0(%rip),%rdi
8b 04 25 00 10 00 00 | mov 0x1000,%eax
8b 44 24 08 | mov 0x8(%rsp),%eax
8b 84 24 00 01 00 00 | mov 0x100(%rsp),%eax
42 8b 04 ad 00 00 00 00 | mov 0x0(,%r13,4),%eax
48 b8 11 22 33 44 55 66 77 88 | movabs
b8 01 00 00 00 | mov $1,%eax
66 b8 01 00 | mov $1,%ax
48 a1 11 22 33 44 55 66 77 88 | movabs moffs
67 a1 11 22 33 44 | mov moffs32
f6 c1 01 | test $1,%cl
f7 c1 01 00 00 00 | test $1,%ecx
66 f7 c1 01 00 | test $1,%cx
f7 d8 | neg %eax
f6 d1 | not %cl
e8 00 00 00 00 | call
66 66 48 e8 00 00 00 00 | call of the TLS sequence
66 e8 00 00 00 00 | call, prefix ignored
0f 84 00 00 00 00 | je
74 05 | je
c8 10 00 01 | enter
c2 08 00 | ret $8
66 2e 0f 1f 84 00 00 00 00 00 | nopw
f0 48 0f b1 0d 00 00 00 00 | lock cmpxchg
0f ba e0 05 | bt $5,%eax
0f a4 c2 05 | shld $5
0f 20 c0 | mov %cr0,%rax
66 0f 3a 0f c1 08 | palignr
66 0f 38 00 c1 | pshufb
66 0f 70 c0 1b | pshufd
66 0f 78 c0 01 02 | extrq
0f 78 c1 | vmread
c5 f8 77 | vzeroupper
c5 f9 ef c0 | vpxor
c5 f9 70 c0 1b | vpshufd
c4 e2 7d 58 05 00 00 00 00 | vpbroadcastd
c4 e3 7d 39 c1 01 | vextracti128
c4 e2 f8 f3 c9 | blsr
62 a1 fd 00 ef c0 | vpxorq %xmm16
62 f3 75 48 25 d0 03 | vpternlogd
62 f1 7c 48 10 47 01 | vmovups disp8
8f e8 78 c2 c1 01 | vprotd (XOP)
8f 00 | pop (%rax)
0f 05 | syscall
0f 0b | ud2
d9 7c 24 02 | fnstcw
9b | fwait
6b c0 0a | imul $10
69 c0 00 01 00 00 | imul $256
`;

const in32 = `
40 | inc %eax
c4 18 | les (%eax),%ebx
c5 48 04 | lds 4(%eax),%ecx
62 03 | bound
06 | push %es
60 | pusha
ea 78 56 34 12 10 00 | ljmp
a0 78 56 34 12 | mov moffs
67 a0 34 12 | mov moffs16
67 8b 00 | mov (%bx,%si)
67 8b 46 12 | mov 0x12(%bp)
67 8b 85 34 12 | mov 0x1234(%di)
67 8b 0e 34 12 | mov 0x1234
c5 f4 58 d0 | vaddps
62 f3 75 48 25 d0 03 | vpternlogd
a1 00 10 00 00 | mov moffs
66 e8 00 00 | callw
`;

const rowsOf = (text: string): [string, string][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(' | ') as [string, string]);

const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('x86InstructionLength', () => {
  it.each(rowsOf(in64))('64-bit: %s is %s', (text) => {
    const bytes = bytesOf(text);
    const followed = Buffer.concat([Buffer.from([0xcc]), bytes, Buffer.alloc(16, 0x90)]);
    expect(x86InstructionLength(followed, 1)).toBe(bytes.length);
  });

  it.each(rowsOf(in32))('32-bit: %s is %s', (text) => {
    const bytes = bytesOf(text);
    expect(x86InstructionLength(Buffer.concat([bytes, Buffer.alloc(16, 0x90)]), 0, 32)).toBe(bytes.length);
  });

  it.each(['06', '27', '60', '9a', 'ea', 'd6', 'ce', '0f 04', '0f ff'.slice(0, 2), '82 c0 01'])(
    '64-bit: %s is no instruction',
    (text) => {
      const isCut = text === '0f';
      const bytes = isCut ? bytesOf(text) : Buffer.concat([bytesOf(text), Buffer.alloc(16)]);
      expect(x86InstructionLength(bytes, 0)).toBe(0);
    },
  );

  it('gives 0 where the bytes end, and never reads beyond 15', () => {
    for (const [text] of rowsOf(in64)) {
      const bytes = bytesOf(text);
      for (let cut = 0; cut < bytes.length; cut += 1) expect(x86InstructionLength(bytes.subarray(0, cut), 0)).toBe(0);
    }
    expect(x86InstructionLength(Buffer.alloc(64, 0x66), 0)).toBe(0);
  });
});
