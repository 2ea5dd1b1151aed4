/** A whole `print fmt` to a function that writes a record's text. */
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext, WriteEventText, WriteTextPart } from '../event-text.ts';
import { bindPieces } from './bind-pieces.ts';
import { type Piece, splitAsKernel, splitAsLibtraceevent } from './conversions.ts';
import { emitConversion } from './emit-conversion.ts';
import { Emitter } from './emitter.ts';
import type { Expression } from './expression.ts';
import { FunctionSource } from './function-source.ts';
import { ExpressionParser } from './parse-expression.ts';
import { isProbeFormat, probePieces } from './probe-text.ts';
import { RecordScope } from './record-scope.ts';
import { PrintFmtError, shown, splitTokens, TokenReader } from './tokens.ts';

interface PrintFmt {
  readonly pieces: readonly Piece[];
  readonly args: readonly Expression[];
}

const mostArguments = 1000;

export function parsePrintFmt(format: EventFormat, style: EventTextContext['style']): PrintFmt {
  const reader = new TokenReader(splitTokens(format.printFormat));
  const text = reader.take();
  if (text.kind !== 'string') throw new PrintFmtError('it begins with no text');
  const parser = new ExpressionParser(reader, style === 'kernel' ? 'c' : 'libtraceevent');
  const args: Expression[] = [];
  while (reader.takeMark(',')) {
    if (args.length === mostArguments) throw new PrintFmtError('it has too many arguments');
    args.push(parser.parse());
  }
  if (reader.next.kind !== 'end') throw new PrintFmtError(`there is ${shown(reader.next)} instead of a comma`);
  // The formats of old ftrace events had no arguments: the fields are meant, in their order.
  if (args.length === 0 && format.system === 'ftrace') {
    args.push(...format.fields.map(({ name }) => ({ kind: 'field' as const, name })));
  }
  if (style === 'trace-cmd') return { pieces: splitAsLibtraceevent(text.text), args };
  const parsed = { pieces: splitAsKernel(text.text), args };
  return isProbeFormat(format) ? probePieces(parsed) : parsed;
}

/** Throws PrintFmtError, or whatever the engine throws when it is too much for it. */
export function compilePrintFmt(format: EventFormat, context: EventTextContext): WriteEventText {
  const parsed = parsePrintFmt(format, context.style);
  return compileWriter(format, context, (emitter) => emitPieces(emitter, parsed));
}

/** The function that writes what `emit` emits: one variant for whole records, one made when the first is cut short. */
export function compileWriter(
  format: EventFormat,
  context: EventTextContext,
  emit: (emitter: Emitter) => void,
): WriteTextPart {
  const compile = (checked: boolean): { write: WriteTextPart; needed: number } => {
    const source = new FunctionSource(checked);
    const emitter = new Emitter(new RecordScope(format, context, source));
    emit(emitter);
    emitter.flush();
    return { write: source.compile(), needed: source.needed };
  };
  const { write, needed } = compile(false);
  let writeChecked: WriteTextPart | undefined;
  return (out, bytes, view, start, end) => {
    if (end - start >= needed) return write(out, bytes, view, start, end);
    writeChecked ??= compile(true).write;
    return writeChecked(out, bytes, view, start, end);
  };
}

function emitPieces(emitter: Emitter, parsed: PrintFmt): void {
  for (const piece of bindPieces(parsed)) {
    if (piece.kind === 'literal') emitter.literal(piece.bytes);
    else emitConversion(emitter, piece.conversion, piece, piece.argument);
  }
}
