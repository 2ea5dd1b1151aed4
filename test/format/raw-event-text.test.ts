/** What real recordings do not show often; test/recording/report/raw-report.test.ts has the rest. */
import { expect, it } from 'vitest';
import { parseEventFormat } from '../../src/format/event-format.ts';
import { compileRawEventText } from '../../src/format/raw-event-text.ts';
import { formatText } from './format-text.ts';
import { traceCmdContext, writeRecord } from './text-of-record.ts';

it('ends with a %c of 0, as trace-cmd 3.3.1 prints a probe that reads one', () => {
  const fields = ['field:u8 c;\toffset:8;\tsize:1;\tsigned:0;', 'field:u8 n;\toffset:9;\tsize:1;\tsigned:0;'];
  const text = formatText('probe', 7, fields, `"c='%c' n=%u", REC->c, REC->n`);
  const write = compileRawEventText(parseEventFormat('test', text), traceCmdContext);
  const raw = (bytes: readonly number[]): string => writeRecord({ write, failure: undefined }, bytes);
  expect(raw([65, 7])).toBe(' c=A n=7');
  expect(raw([0, 7])).toBe(' c=');
});
