/**
 * The rules of speedscope's file format: its published JSON Schema (speedscope-schema.json), and what the schema cannot say:
 * frames exist, calls open and close in pairs, time goes forward.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Schema = Readonly<Record<string, unknown>>;

const published = JSON.parse(readFileSync(join(import.meta.dirname, 'speedscope-schema.json'), 'utf8')) as Schema & {
  readonly definitions: Readonly<Record<string, Schema>>;
};

interface Evented {
  readonly type: 'evented';
  readonly name: string;
  readonly startValue: number;
  readonly endValue: number;
  readonly events: readonly { readonly type: 'O' | 'C'; readonly at: number; readonly frame: number }[];
}

interface Sampled {
  readonly type: 'sampled';
  readonly name: string;
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

export interface SpeedscopeFile {
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly (Evented | Sampled)[];
}

/** What is wrong, a sentence each; empty when nothing is. */
export function findSpeedscopeProblems(text: string): string[] {
  const file = JSON.parse(text) as SpeedscopeFile;
  const problems = check(file, { $ref: published.$ref }, 'file');
  const frames = file.shared.frames.length;
  for (const profile of file.profiles) {
    const found =
      profile.type === 'evented' ? findEventedProblems(profile, frames) : findSampledProblems(profile, frames);
    problems.push(...found.map((problem) => `profile ${profile.name}: ${problem}`));
  }
  return problems;
}

function findEventedProblems({ events, startValue, endValue }: Evented, frames: number): string[] {
  const problems: string[] = [];
  const open: number[] = [];
  let last = startValue;
  for (const { type, at, frame } of events) {
    if (at < last) problems.push(`time goes back at ${at}`);
    last = at;
    if (frame >= frames) problems.push(`there is no frame ${frame}`);
    if (type === 'O') open.push(frame);
    else if (open.pop() !== frame) problems.push(`frame ${frame} closes and is not the innermost`);
  }
  if (open.length > 0) problems.push(`${open.length} frames stay open`);
  if (last > endValue) problems.push('it goes on behind its end');
  return problems;
}

function findSampledProblems({ samples, weights }: Sampled, frames: number): string[] {
  const problems = samples.length === weights.length ? [] : ['not as many weights as samples'];
  if (samples.flat().some((frame) => frame >= frames)) problems.push('a frame that does not exist');
  return problems;
}

/** The keywords that the schema uses, and an error for any other, so that none is passed over in silence. */
function check(value: unknown, schema: Schema, at: string): string[] {
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    const rule = rules[keyword];
    if (rule === undefined) throw new Error(`the schema uses '${keyword}', which this checker does not know`);
    return rule(value, wanted as never, at);
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
};

const rules: Readonly<Record<string, (value: unknown, wanted: never, at: string) => string[]>> = {
  title: () => [],
  $ref: (value, wanted: string, at) => check(value, published.definitions[wanted.replace('#/definitions/', '')]!, at),
  type: (value, wanted: string, at) => (types[wanted]!(value) ? [] : [`${at} is no ${wanted}`]),
  const: (value, wanted: unknown, at) => (value === wanted ? [] : [`${at} is not ${wanted}`]),
  enum: (value, wanted: unknown[], at) => (wanted.includes(value) ? [] : [`${at} is none of ${wanted.join(', ')}`]),
  anyOf: (value, wanted: Schema[], at) =>
    wanted.some((schema) => check(value, schema, at).length === 0) ? [] : [`${at} fits no shape`],
  items: (value, wanted: Schema, at) =>
    Array.isArray(value) ? value.flatMap((item, index) => check(item, wanted, `${at}[${index}]`)) : [],
  required: (value, wanted: string[], at) =>
    isObject(value) ? wanted.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`) : [],
  properties: (value, wanted: Readonly<Record<string, Schema>>, at) =>
    isObject(value)
      ? Object.entries(wanted).flatMap(([name, schema]) =>
          name in value ? check(value[name], schema, `${at}.${name}`) : [],
        )
      : [],
};
