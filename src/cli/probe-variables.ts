/** The variables of a function as `ftui vars` prints them. */

import { jsonLine } from '../base/json-text.ts';
import { visibleText } from '../base/text.ts';
import { listScopeVariables } from '../symbols/btf/kernel-fetch-arg.ts';
import { compileFetchArg, type ProbeScope } from '../symbols/c-types/fetch-arg.ts';
import { describeType } from '../symbols/c-types/type-text.ts';

interface VariableRow {
  readonly name: string;
  /** `const char* filename`. */
  readonly declaration: string;
  /** What the kernel takes for it; null when it cannot be recorded. */
  readonly fetchArg: string | null;
  /** Why there is none. */
  readonly why: string | null;
}

/** One row for each variable, then one for the returned value, where the scope is of a return. */
export function listVariableRows(scope: ProbeScope): VariableRow[] {
  if (!scope.isReturn) {
    return listScopeVariables(scope).map(({ name, declaration, fetchArg = null, why = null }) => {
      return { name, declaration, fetchArg, why };
    });
  }
  const declaration = `${describeType(scope.types, scope.returns)} $retval`;
  try {
    return [{ name: '$retval', declaration, fetchArg: compileFetchArg('$retval', scope).text, why: null }];
  } catch (error) {
    const why = String((error as { why?: unknown }).why ?? error).split('\n')[0]!;
    return [{ name: '$retval', declaration, fetchArg: null, why }];
  }
}

/** Declarations in a column, and what each is recorded by. */
export function formatVariables(rows: readonly VariableRow[]): string[] {
  const width = Math.min(48, Math.max(0, ...rows.map(({ declaration }) => declaration.length)));
  return rows.map(({ declaration, fetchArg, why }) =>
    visibleText(`${declaration.padEnd(width)}  ${fetchArg ?? `(${why})`}`),
  );
}

export function formatVariablesJson(name: string, rows: readonly VariableRow[]): string {
  return jsonLine({ function: name, variables: rows });
}
