/**
 * Dynamic probes: the kernel does not print them by their print fmt but by a function of its own, which shows addresses of
 * code by name and strings that could not be read as (fault) (kernel/trace/trace_kprobe.c, print_kprobe_event).
 */
import type { EventFormat } from '../event-format.ts';
import type { Piece } from './conversions.ts';
import type { Expression } from './expression.ts';

interface Parsed {
  readonly pieces: readonly Piece[];
  readonly args: readonly Expression[];
}

/** What `%lx` of these fields stands for. */
const codeAddresses: Readonly<Record<string, string>> = { __probe_ip: 'S', __probe_ret_ip: 'S', __probe_func: 's' };
const quote = 0x22;

export function isProbeFormat({ fields }: EventFormat): boolean {
  return fields[0] !== undefined && /^__probe_(?:ip|func)$/.test(fields[0].name);
}

/** The pieces as the kernel's own function prints a kernel probe; a user-space one has no symbols. */
export function probePieces({ pieces, args: given }: Parsed): Parsed {
  const args = swapReturn(given);
  const changed: Piece[] = [];
  let argument = 0;
  let skipsQuote = false;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'literal') {
      changed.push(skipsQuote ? { ...piece, bytes: piece.bytes.subarray(1) } : piece);
      skipsQuote = false;
      continue;
    }
    const { conversion } = piece;
    const used = args[argument];
    argument += 1;
    const suffix = used?.kind === 'field' && conversion.letter === 'x' ? codeAddresses[used.name] : undefined;
    const before = changed.at(-1);
    const after = pieces[index + 1];
    if (suffix !== undefined) changed.push({ kind: 'conversion', conversion: { ...conversion, letter: 'p', suffix } });
    else if (conversion.letter === 's' && endsWithQuote(before) && startsWithQuote(after)) {
      changed[changed.length - 1] = { ...before, bytes: before.bytes.subarray(0, -1) };
      changed.push({ kind: 'conversion', conversion: { ...conversion, isQuoted: true } });
      skipsQuote = true;
    } else changed.push(piece);
  }
  return { pieces: changed, args };
}

/** Of a return probe the kernel names the place that is returned to first. */
function swapReturn(args: readonly Expression[]): readonly Expression[] {
  const [first, second, ...rest] = args;
  const isReturn = first?.kind === 'field' && first.name === '__probe_func' && second !== undefined;
  return isReturn ? [second, first, ...rest] : args;
}

function endsWithQuote(piece: Piece | undefined): piece is Piece & { kind: 'literal' } {
  return piece?.kind === 'literal' && piece.bytes.at(-1) === quote;
}

function startsWithQuote(piece: Piece | undefined): boolean {
  return piece?.kind === 'literal' && piece.bytes[0] === quote;
}
