/**
 * The recipe's schema as a flat list of dotted keys, each saying in words what it must be. Errors, flags and
 * `--help` read this list.
 */
import { z } from 'zod';
import { recipeSchema } from './schema.ts';

export interface RecipeKey {
  /** Dotted, such as `train.learningRate`. */
  key: string;
  /** First part of the key; empty for `name` and `description`. */
  section: string;
  schema: z.ZodType;
  /** Meaning and unit. */
  help: string;
  /** What the value must be, such as `a number > 0`. */
  expects: string;
  /** Undefined where the key has none. */
  default: unknown;
  required: boolean;
}

interface JsonSchema {
  type?: string;
  description?: string;
  expects?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  minLength?: number;
  minItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;

/** The range of a number in words: ` > 0`, ` >= 1`, ` in [0, 0.5)`; empty where there is none. */
function rangeOf(json: JsonSchema): string {
  const bound = (value?: number) =>
    value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
  const [above, least] = [bound(json.exclusiveMinimum), bound(json.minimum)];
  const [below, most] = [bound(json.exclusiveMaximum), bound(json.maximum)];
  const low = above ?? least;
  const high = below ?? most;
  if (low !== undefined && high !== undefined) {
    return ` in ${above === undefined ? '[' : '('}${low}, ${high}${below === undefined ? ']' : ')'}`;
  }
  if (low !== undefined) return ` ${above === undefined ? '>=' : '>'} ${low}`;
  if (high !== undefined) return ` ${below === undefined ? '<=' : '<'} ${high}`;
  return '';
}

function inWords(json: JsonSchema): string {
  if (json.expects) return json.expects;
  if (json.anyOf) return json.anyOf.map(inWords).join(' or ');
  if (json.const !== undefined) return JSON.stringify(json.const);
  if (json.enum) return `one of ${json.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  if (json.type === 'integer') return `an integer${rangeOf(json)}`;
  if (json.type === 'number') return `a number${rangeOf(json)}`;
  if (json.type === 'boolean') return 'true or false';
  if (json.type === 'array') return `a list${json.items ? ` of which each is ${inWords(json.items)}` : ''}`;
  if (json.type === 'string') return json.minLength ? 'a non-empty string' : 'a string';
  return `an ${json.type ?? 'object'}`;
}

/** What a value of `schema` must be, in words. */
export const expectation = (schema: z.ZodType) => inWords(jsonSchema(schema));

/** `schema` without its default, prefault and optional wrappers. */
export function bare(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}

/** The schema of the value at `path` in a recipe, also inside tables such as `languages`; undefined where there is none. */
export function schemaAt(path: PropertyKey[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = recipeSchema;
  for (const part of path) {
    let inner: z.ZodType | undefined = schema && bare(schema);
    if (inner instanceof z.ZodPipe) inner = inner.in as z.ZodType;
    if (inner instanceof z.ZodRecord) schema = inner.valueType as z.ZodType;
    else
      schema =
        inner instanceof z.ZodObject ? (inner.shape as Record<PropertyKey, z.ZodType>)[part] : undefined;
  }
  return schema && bare(schema);
}

/** The object among the alternatives of `schema`, if there is one. */
function objectIn(schema: z.ZodType): z.ZodObject | undefined {
  const inner = bare(schema);
  const options = inner instanceof z.ZodUnion ? (inner.options as z.ZodType[]).map(bare) : [inner];
  return options.find((option) => option instanceof z.ZodObject);
}

/** Keys of `object`; those of one that may be left out (`optional`) are not required. */
function flatten(object: z.ZodObject, prefix: string, optional: boolean): RecipeKey[] {
  return Object.entries(object.shape as Record<string, z.ZodType>).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`;
    const inside = objectIn(schema);
    const section = bare(schema) === inside;
    const nested = inside ? flatten(inside, `${key}.`, optional || !section) : [];
    if (section) return nested;
    const json = jsonSchema(schema);
    const own: RecipeKey = {
      key,
      section: key.includes('.') ? key.slice(0, key.indexOf('.')) : '',
      schema,
      help: json.description ?? '',
      expects: inWords(json),
      default: json.default,
      required: !optional && !schema.safeParse(undefined).success,
    };
    return [own, ...nested];
  });
}

/** All keys of a recipe, in the order of the schema. */
export const recipeKeys: readonly RecipeKey[] = flatten(recipeSchema, '', false);

/** Headings of the sections, in the order of the schema: `{ method: 'What is learned', … }`. */
export const recipeSections: Record<string, string> = Object.fromEntries(
  Object.entries(recipeSchema.shape)
    .filter(([, schema]) => objectIn(schema))
    .map(([name, schema]) => [name, (schema as z.ZodType).description ?? '']),
);

/** The key called `key`, or undefined. */
export const findKey = (key: string) => recipeKeys.find((candidate) => candidate.key === key);
