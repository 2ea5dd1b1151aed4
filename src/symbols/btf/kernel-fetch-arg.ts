/**
 * Fetch args for kprobes and fprobes from BTF prototypes, valid on kernels that cannot resolve names themselves:
 * `filename:string` of do_sys_openat2 is `filename=+0(%si):ustring`.
 */

import { type ArgumentForm, placeArguments, placeReturn } from '../c-types/argument-places.ts';
import type { CTypes, FunctionPrototype } from '../c-types/c-type.ts';
import { compileFetchArg, type ProbeScope, type ProbeVariable } from '../c-types/fetch-arg.ts';
import type { Place } from '../c-types/fetch-place.ts';
import { describeVariable } from '../c-types/type-text.ts';
import { isKnownUserPointer } from './user-pointers.ts';

export interface KernelProbePlace extends ArgumentForm {
  readonly types: CTypes;
  readonly prototype: FunctionPrototype;
  readonly isReturn: boolean;
  /** The kernel keeps the entry's arguments for the return; only with the form `numbered`. */
  readonly keepsArguments?: boolean | undefined;
  /** Type names that the kernel takes: `parseFetchArgSupport(...).types`. */
  readonly offered: ReadonlySet<string>;
}

/** What the entry (or return) of a kernel function offers to fetch args. */
export function kernelProbeScope(place: KernelProbePlace): ProbeScope {
  const { types, prototype, isReturn, offered, keepsArguments = false, ...form } = place;
  const { name: functionName, parameters, returns } = prototype;
  const places = placeArguments(types, parameters, returns, form);
  const variables = parameters.map(({ name, type }, index): ProbeVariable => {
    const isUser = isKnownUserPointer(functionName, name);
    const itsPlace = isReturn && isOnStack(places[index]!) ? goneFromStack : places[index]!;
    return { name, type, place: itsPlace, isUser, isArgument: true };
  });
  const returnPlace = placeReturn(types, returns, form.machine);
  return { types, functionName, isReturn, keepsArguments, isKernel: true, returns, returnPlace, variables, offered };
}

/** The kernel keeps registers only. */
const goneFromStack: Place = { kind: 'nowhere', why: 'it was passed on the stack, which is gone at the return' };

function isOnStack(place: Place): boolean {
  return place.kind === 'memory' && place.base === '%sp';
}

interface ListedVariable {
  readonly name: string;
  /** `const char* filename`. */
  readonly declaration: string;
  /** What `NAME` alone compiles to; undefined when it cannot be recorded as a whole or at all. */
  readonly fetchArg: string | undefined;
  /** Why there is no fetch arg. */
  readonly why: string | undefined;
}

/** Every variable of a scope with what it compiles to, for `vars FUNC`. */
export function listScopeVariables(scope: ProbeScope): ListedVariable[] {
  return scope.variables.map(({ name, type }) => {
    const declaration = describeVariable(scope.types, type, name);
    try {
      return { name, declaration, fetchArg: compileFetchArg(name, scope).text, why: undefined };
    } catch (cause) {
      const [why] = String((cause as { why?: unknown }).why ?? cause).split('\n');
      return { name, declaration, fetchArg: undefined, why };
    }
  });
}
