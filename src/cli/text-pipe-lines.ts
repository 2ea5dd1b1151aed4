/** Lines of trace_pipe as JSON objects: events where the line is one, by the parsers of saved text traces. */

import { exactNumber, jsonLine } from '../base/json-text.ts';
import { decodeByteText, encodeByteText } from '../recording/text-trace/byte-text.ts';
import { parseEventBody } from '../recording/text-trace/event-body.ts';
import { parseTextLine } from '../recording/text-trace/parse-text-line.ts';
import { detectTextLayout, type TextLayout } from '../recording/text-trace/text-layout.ts';

export class TextPipeLines {
  #layout: TextLayout | undefined;

  /** One object a line; what is no event (stacks, call trees, the rest of a long text) is a `line`. */
  formatAll(lines: readonly string[]): string[] {
    // trace_pipe has no header: the first lines tell the layout.
    this.#layout ??= lines.length === 0 ? undefined : detectTextLayout([], lines.map(encodeByteText));
    return lines.map((line) => this.#format(line));
  }

  #format(text: string): string {
    const parsed = parseTextLine(encodeByteText(text), this.#layout!);
    if (parsed.kind !== 'event' || parsed.seconds < 0 || parsed.pid === undefined || parsed.cpu === undefined) {
      return jsonLine({ type: 'line', text });
    }
    const { name, system, text: words } = parseEventBody(parsed.body, undefined, false);
    return jsonLine({
      type: 'event',
      time: exactNumber(BigInt(parsed.seconds) * 1_000_000_000n + BigInt(parsed.rest)),
      cpu: parsed.cpu,
      pid: parsed.pid,
      comm: decodeByteText(parsed.comm),
      ...(system === undefined ? {} : { system }),
      event: decodeByteText(name),
      text: decodeByteText(words),
    });
  }
}
