/**
 * Checks a value against docs/json-output.schema.json: the keywords that the schema uses, and an error for any other, so
 * that none is passed over in silence.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Schema = Readonly<Record<string, unknown>>;
type Problems = readonly string[];
type Check = (value: unknown, wanted: never, at: string, schema: Schema) => Problems;

const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/json-output.schema.json'), 'utf8'),
) as Schema & { readonly $defs: Readonly<Record<string, Schema>> };

/** What is wrong with `value` as one of the definitions, `tree` for example; empty when nothing is. */
export function findSchemaProblems(value: unknown, definition: string): Problems {
  const schema = document.$defs[definition];
  return schema === undefined ? [`there is no definition '${definition}'`] : check(value, schema, definition);
}

function check(value: unknown, schema: Schema, at: string): Problems {
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    const checkKeyword = keywords[keyword];
    if (checkKeyword === undefined) throw new Error(`the schema uses '${keyword}', which this checker does not know`);
    return checkKeyword(value, wanted as never, at, schema);
  });
}

const typeChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const problemIf = (is: boolean, text: string): Problems => (is ? [text] : []);

const keywords: Readonly<Record<string, Check>> = {
  description: () => [],
  $ref: (value, wanted: string, at) => check(value, document.$defs[wanted.replace('#/$defs/', '')]!, at),
  type: (value, wanted: string | string[], at) =>
    problemIf(![wanted].flat().some((type) => typeChecks[type]!(value)), `${at} is no ${[wanted].flat().join(' or ')}`),
  const: (value, wanted: unknown, at) => problemIf(value !== wanted, `${at} is not ${JSON.stringify(wanted)}`),
  enum: (value, wanted: unknown[], at) => problemIf(!wanted.includes(value), `${at} is none of ${wanted.join(', ')}`),
  minimum: (value, wanted: number, at) =>
    problemIf(typeof value === 'number' && value < wanted, `${at} is below ${wanted}`),
  pattern: (value, wanted: string, at) =>
    problemIf(typeof value === 'string' && !new RegExp(wanted, 'u').test(value), `${at} does not match ${wanted}`),
  minItems: (value, wanted: number, at) =>
    problemIf(Array.isArray(value) && value.length < wanted, `${at} has fewer than ${wanted} items`),
  items: (value, wanted: Schema, at) =>
    Array.isArray(value) ? value.flatMap((item, index) => check(item, wanted, `${at}[${index}]`)) : [],
  oneOf: (value, wanted: Schema[], at) => {
    const fitting = wanted.filter((schema) => check(value, schema, at).length === 0);
    return problemIf(fitting.length !== 1, `${at} fits ${fitting.length} of ${wanted.length} shapes`);
  },
  required: (value, wanted: string[], at) =>
    isObject(value) ? wanted.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`) : [],
  properties: (value, wanted: Readonly<Record<string, Schema>>, at) =>
    isObject(value)
      ? Object.entries(wanted).flatMap(([name, schema]) =>
          name in value ? check(value[name], schema, `${at}.${name}`) : [],
        )
      : [],
  propertyNames: (value, wanted: Schema, at) =>
    isObject(value) ? Object.keys(value).flatMap((name) => check(name, wanted, `${at}, name ${name}`)) : [],
  additionalProperties: (value, wanted: Schema | false, at, { properties = {} }) => {
    if (!isObject(value)) return [];
    const others = Object.keys(value).filter((name) => !(name in (properties as object)));
    if (wanted === false) return others.map((name) => `${at}.${name} is not in the schema`);
    return others.flatMap((name) => check(value[name], wanted, `${at}.${name}`));
  },
};
