/** The lines that guest.ts writes and run.ts reads: one JSON object for each scenario, and one at the end. */

export type Verdict = 'passed' | 'failed' | 'skipped';

export interface ScenarioResult {
  readonly name: string;
  readonly verdict: Verdict;
  readonly seconds: number;
  /** Why it failed or was skipped; of one passed at its second try, why the first failed. */
  readonly details?: string;
}

export interface EndOfResults {
  readonly end: true;
  readonly kernel: string;
}

export const resultMark = 'ftui-result: ';

/** The object of a result line; undefined for any other line. */
export function parseResultLine(line: string): ScenarioResult | EndOfResults | undefined {
  return line.startsWith(resultMark) ? JSON.parse(line.slice(resultMark.length)) : undefined;
}

export function formatResultLine(result: ScenarioResult | EndOfResults): string {
  return `${resultMark}${JSON.stringify(result)}\n`;
}
