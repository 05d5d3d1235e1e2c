import { AppError } from '@sangha/errors';
import { alternatives, grammarLiteral, optional, repeat, sequence } from './gbnf.ts';
import { isSchema, resolvePointer, type Schema, schemaRefused } from './schema-parts.ts';
import { checkReadings } from './schema-readings.ts';

/**
 * GBNF for a JSON schema. Whatever the grammar lets through satisfies the schema's structure; a keyword that a grammar can't
 * hold is refused with its place (`schema_unsupported`, `param` is a JSON pointer), never ignored. Objects hold exactly their
 * declared properties, in the declared order: additional ones are allowed by a schema but never needed.
 */
export interface GrammarOptions {
  /** For tools that aren't `strict`: drop what can't be held instead of refusing. */
  lenient?: boolean;
}

const limits = { chars: 64 * 1024, depth: 24, properties: 512, rules: 4_000, literals: 1_024, repetitions: 2_000 };

/** Rules that every grammar may use; names are free of the generated `r1`, `r2`, …. */
const sharedRules: Record<string, string> = {
  // Bounded, so that a model can't fill its answer with layout.
  ws: '| " " | "\\n" [ \\t]{0,20}',
  // Named instead of excluded: a random byte sequence is a "character" to the native code, but not to a JSON parser.
  char: '[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E\\u0080-\\uD7FF\\uE000-\\U0010FFFF] | [\\\\] (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4})',
  string: '"\\"" char* "\\""',
  integer: '"-"? ("0" | [1-9] [0-9]{0,15})',
  natural: '"0" | [1-9] [0-9]{0,15}',
  number: 'integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?',
  positive: 'natural ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?',
  boolean: '"true" | "false"',
  null: '"null"',
  value: 'object | array | string | number | boolean | null',
  object: '"{" ws (string ":" ws value ("," ws string ":" ws value)*)? ws "}"',
  array: '"[" ws (value ("," ws value)*)? ws "]"',
  date: '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
  time: '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,3})? ("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])',
  uuid: '[0-9a-f]{8} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{12}',
};

/** Any JSON object. */
export const jsonObjectGrammar = (): string => writeGrammar('object', []);

/** A value of the schema in `text`. */
export function jsonSchemaGrammar(schema: unknown, options: GrammarOptions = {}): string {
  const compiler = createCompiler(schema, options);
  const root = compiler.compile(schema, '#', 0);
  checkReadings(schema);
  return writeGrammar(root, compiler.rules);
}

/** Text of a schema → its value, bounded. */
export function parseSchema(text: string): unknown {
  if (text.length > limits.chars) throw schemaRefused('#', `is larger than ${limits.chars} characters`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid_value', 'The JSON schema is not valid JSON.', { param: '#', cause: error });
  }
}

/** One call of one of `tools`, in exactly this layout so that its arguments can be streamed: {"name":"…","arguments":…}. */
export function toolCallGrammar(tools: readonly { name: string; parameters: unknown; strict: boolean }[]): string {
  const rules: string[] = [];
  const calls = tools.map(({ name, parameters, strict }) => {
    const compiler = createCompiler(parameters, { lenient: !strict }, rules);
    const args = compiler.compile(parameters, '#', 0);
    checkReadings(parameters);
    return sequence(grammarLiteral(`{"name":${JSON.stringify(name)},"arguments":`), args, grammarLiteral('}'));
  });
  return writeGrammar(alternatives(calls), rules);
}

function writeGrammar(root: string, rules: readonly string[]): string {
  const text = [`root ::= ${root}`, ...rules].join('\n');
  const used = new Set<string>();
  const visit = (body: string) => {
    for (const [name] of body.replaceAll(/"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]/g, ' ').matchAll(/[a-z]+\b/g)) {
      const rule = sharedRules[name];
      if (rule === undefined || used.has(name)) continue;
      used.add(name);
      visit(rule);
    }
  };
  visit(text);
  return [text, ...[...used].map((name) => `${name} ::= ${sharedRules[name]}`)].join('\n');
}

// Keywords that say nothing about validity.
const annotations = [
  '$schema',
  '$id',
  '$anchor',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
  'contentEncoding',
  'contentMediaType',
  'strict',
  'nullable',
];

const keywordsOf: Record<string, readonly string[]> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength'],
  integer: ['minimum', 'maximum'],
  number: ['minimum', 'maximum'],
  boolean: [],
  null: [],
};
const typeOfKeyword = new Map(
  Object.entries(keywordsOf).flatMap(([type, keywords]) => keywords.map((keyword) => [keyword, type] as const)),
);

interface Compiler {
  /** The body of a rule for a schema at `pointer`. */
  compile(schema: unknown, pointer: string, depth: number): string;
  readonly rules: string[];
}

function createCompiler(root: unknown, { lenient = false }: GrammarOptions, rules: string[] = []): Compiler {
  const references = new Map<string, string>();
  let properties = 0;
  let literals = 0;

  function addRule(body: string): string {
    if (rules.length >= limits.rules) throw schemaRefused('#', 'is too large');
    const name = `r${rules.length + 1}`;
    rules.push(`${name} ::= ${body}`);
    return name;
  }

  function refuse(pointer: string, problem: string): void {
    if (!lenient) throw schemaRefused(pointer, problem);
  }

  function compile(schema: unknown, pointer: string, depth: number): string {
    if (depth > limits.depth) throw schemaRefused(pointer, `is nested deeper than ${limits.depth} levels`);
    if (schema === true || schema === undefined) return 'value';
    if (schema === false) throw schemaRefused(pointer, 'allows no value');
    if (!isSchema(schema))
      throw new AppError('invalid_value', `The JSON schema is not an object at ${pointer}.`, { param: pointer });
    if (typeof schema.$ref === 'string') return compileReference(schema, schema.$ref, pointer, depth);
    if ('const' in schema) return literal(schema.const, `${pointer}/const`);
    if ('enum' in schema) return compileEnum(schema.enum, `${pointer}/enum`);
    for (const keyword of ['anyOf', 'oneOf']) if (keyword in schema) return compileUnion(schema, keyword, pointer, depth);
    if ('allOf' in schema) return compile(mergeAll(schema, pointer), `${pointer}/allOf`, depth + 1);
    return compileTyped(schema, pointer, depth);
  }

  function compileTyped(schema: Schema, pointer: string, depth: number): string {
    const types = typesOf(schema, pointer);
    checkKeywords(schema, types, pointer);
    if (types.length === 0) return 'value';
    const bodies = types.map((type) => compileType(type, schema, pointer, depth));
    return schema.nullable === true && !types.includes('null') ? alternatives([...bodies, 'null']) : alternatives(bodies);
  }

  function checkKeywords(schema: Schema, types: readonly string[], pointer: string): void {
    for (const keyword of Object.keys(schema)) {
      if (keyword === 'type' || annotations.includes(keyword)) continue;
      // A keyword of another type restricts nothing: `minLength` beside `"type": "integer"`.
      const type = typeOfKeyword.get(keyword) ?? '';
      if (types.some((each) => keywordsOf[each]?.includes(keyword)) || (type !== '' && !types.includes(type))) continue;
      if (keyword === 'uniqueItems' && schema[keyword] === false) continue;
      refuse(`${pointer}/${keyword}`, `uses "${keyword.slice(0, 40)}"`);
    }
  }

  function compileType(type: string, schema: Schema, pointer: string, depth: number): string {
    switch (type) {
      case 'object':
        return compileObject(schema, pointer, depth);
      case 'array':
        return compileArray(schema, pointer, depth);
      case 'string':
        return compileString(schema, pointer);
      case 'integer':
      case 'number':
        return compileNumber(type, schema, pointer);
      case 'boolean':
      case 'null':
        return type;
      default:
        throw schemaRefused(`${pointer}/type`, `has the unknown type "${type.slice(0, 40)}"`);
    }
  }

  function compileObject(schema: Schema, pointer: string, depth: number): string {
    const declared = schema.properties ?? {};
    if (!isSchema(declared)) throw schemaRefused(`${pointer}/properties`, 'has properties that are no object');
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const names = Object.keys(declared);
    properties += names.length;
    if (properties > limits.properties) throw schemaRefused(pointer, `has more than ${limits.properties} properties`);
    const undeclared = [...required].find((name) => typeof name !== 'string' || !Object.hasOwn(declared, name));
    if (undeclared !== undefined) refuse(`${pointer}/required`, 'requires a property that it does not declare');
    if (names.length === 0) return compileMap(schema, pointer, depth);

    const members = names.map((name) => {
      const value = addRule(compile(declared[name], `${pointer}/properties/${escapePointer(name)}`, depth + 1));
      return { member: sequence(grammarLiteral(`${JSON.stringify(name)}:`), 'ws', value), required: required.has(name) };
    });
    return sequence('"{"', 'ws', memberList(members), 'ws', '"}"');
  }

  /** Members in order, a comma between those that are there: a rule per place, with and without something before it. */
  function memberList(members: readonly { member: string; required: boolean }[]): string {
    let first = '';
    let following = '';
    for (const { member, required } of members.toReversed()) {
      const rest = following === '' ? '' : addRule(following);
      const after = sequence(member, rest);
      const skippedFirst = first;
      const skippedFollowing = rest;
      following = required ? sequence('","', 'ws', after) : alternatives([sequence('","', 'ws', after), skippedFollowing]);
      first = required ? after : alternatives([after, skippedFirst === '' ? '' : addRule(skippedFirst)]);
    }
    return first;
  }

  /** No declared properties: a map of any names to values of one schema. */
  function compileMap(schema: Schema, pointer: string, depth: number): string {
    const additional = schema.additionalProperties;
    if (additional === false) return sequence('"{"', 'ws', '"}"');
    if (additional === undefined || additional === true) return 'object';
    const value = addRule(compile(additional, `${pointer}/additionalProperties`, depth + 1));
    const member = sequence('string', '":"', 'ws', value);
    return sequence('"{"', 'ws', optional(sequence(member, `(${sequence('","', 'ws', member)})*`)), 'ws', '"}"');
  }

  function compileArray(schema: Schema, pointer: string, depth: number): string {
    const least = count(schema, 'minItems', pointer) ?? 0;
    const most = count(schema, 'maxItems', pointer);
    if (most !== undefined && most < least) throw schemaRefused(`${pointer}/maxItems`, 'has maxItems below minItems');
    const prefix = schema.prefixItems;
    if (prefix !== undefined) return compileTuple(schema, prefix, pointer, depth);
    if (most === 0) return sequence('"["', 'ws', '"]"');
    const item = addRule(compile(schema.items, `${pointer}/items`, depth + 1));
    const others = repeat(`(${sequence('","', 'ws', item)})`, Math.max(least - 1, 0), most === undefined ? undefined : most - 1);
    const list = sequence(item, others);
    return sequence('"["', 'ws', least > 0 ? list : optional(list), 'ws', '"]"');
  }

  /** Exactly the listed items. */
  function compileTuple(schema: Schema, prefix: unknown, pointer: string, depth: number): string {
    if (!Array.isArray(prefix)) throw schemaRefused(`${pointer}/prefixItems`, 'has prefixItems that are no list');
    for (const keyword of ['minItems', 'maxItems']) {
      if (schema[keyword] !== undefined && schema[keyword] !== prefix.length)
        refuse(`${pointer}/${keyword}`, `has another ${keyword} than items`);
    }
    const items = prefix.map((item, index) => addRule(compile(item, `${pointer}/prefixItems/${index}`, depth + 1)));
    return sequence('"["', 'ws', ...items.flatMap((item, index) => (index === 0 ? [item] : ['","', 'ws', item])), 'ws', '"]"');
  }

  function compileString(schema: Schema, pointer: string): string {
    const least = count(schema, 'minLength', pointer) ?? 0;
    const most = count(schema, 'maxLength', pointer);
    if (most !== undefined && most < least) throw schemaRefused(`${pointer}/maxLength`, 'has maxLength below minLength');
    if (least > 0 || most !== undefined) return sequence('"\\""', repeat('char', least, most), '"\\""');
    switch (schema.format) {
      case 'date':
      case 'time':
      case 'uuid':
        return sequence('"\\""', schema.format, '"\\""');
      case 'date-time':
        return sequence('"\\""', 'date', '"T"', 'time', '"\\""');
      default:
        return 'string';
    }
  }

  function compileNumber(type: 'integer' | 'number', schema: Schema, pointer: string): string {
    const { minimum, maximum } = schema;
    if (minimum === undefined && maximum === undefined) return type;
    if (type === 'integer' && Number.isSafeInteger(minimum) && Number.isSafeInteger(maximum)) {
      const [low, high] = [Number(minimum), Number(maximum)];
      if (high >= low && high - low < 256)
        return alternatives(Array.from({ length: high - low + 1 }, (_, index) => grammarLiteral(String(low + index))));
    }
    if (minimum === 0 && maximum === undefined) return type === 'integer' ? 'natural' : 'positive';
    refuse(
      `${pointer}/${minimum === undefined ? 'maximum' : 'minimum'}`,
      'bounds a number other than an integer within 256 values or from 0 up',
    );
    return type;
  }

  /** A whole number within what a repetition may hold; undefined when absent. */
  function count(schema: Schema, keyword: string, pointer: string): number | undefined {
    const value = schema[keyword];
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= limits.repetitions) return Number(value);
    refuse(`${pointer}/${keyword}`, `has a ${keyword} other than a whole number up to ${limits.repetitions}`);
    return undefined;
  }

  function compileEnum(values: unknown, pointer: string): string {
    if (!Array.isArray(values) || values.length === 0) throw schemaRefused(pointer, 'has an empty enum');
    return alternatives(values.map((value, index) => literal(value, `${pointer}/${index}`)));
  }

  function literal(value: unknown, pointer: string): string {
    literals += 1;
    if (literals > limits.literals) throw schemaRefused(pointer, `has more than ${limits.literals} constants`);
    return grammarLiteral(JSON.stringify(value));
  }

  function compileUnion(schema: Schema, keyword: string, pointer: string, depth: number): string {
    const options = schema[keyword];
    if (!Array.isArray(options) || options.length === 0) throw schemaRefused(`${pointer}/${keyword}`, `has an empty ${keyword}`);
    for (const sibling of Object.keys(schema)) {
      if (sibling !== keyword && !annotations.includes(sibling))
        refuse(`${pointer}/${sibling}`, `has "${sibling.slice(0, 40)}" beside ${keyword}`);
    }
    return alternatives(options.map((option, index) => addRule(compile(option, `${pointer}/${keyword}/${index}`, depth + 1))));
  }

  /** Objects that must all hold are one object with all properties; anything else can't be merged. */
  function mergeAll(schema: Schema, pointer: string): Schema {
    const { allOf, ...rest } = schema;
    if (!Array.isArray(allOf) || allOf.length === 0) throw schemaRefused(`${pointer}/allOf`, 'has an empty allOf');
    const meaningful = Object.keys(rest).filter((keyword) => !annotations.includes(keyword));
    if (allOf.length === 1 && meaningful.length === 0 && isSchema(allOf[0])) return allOf[0];
    const parts = [rest, ...allOf].map((part) =>
      isSchema(part) && typeof part.$ref === 'string' ? resolve(part.$ref, pointer) : part,
    );
    const merged: Schema = { type: 'object', properties: {}, required: [] };
    for (const part of parts) {
      if (!isSchema(part)) throw schemaRefused(`${pointer}/allOf`, 'has an allOf of other things than objects');
      const { properties: own = {}, required = [], type, additionalProperties: _, ...others } = part;
      const unmergeable = Object.keys(others).find((keyword) => !annotations.includes(keyword));
      if (unmergeable !== undefined || (type !== undefined && type !== 'object') || !isSchema(own) || !Array.isArray(required)) {
        throw schemaRefused(`${pointer}/allOf`, 'has an allOf of other things than plain objects');
      }
      const twice = Object.keys(own).find((name) => Object.hasOwn(merged.properties as Schema, name));
      if (twice !== undefined) throw schemaRefused(`${pointer}/allOf`, `declares "${twice.slice(0, 40)}" twice`);
      merged.properties = { ...(merged.properties as Schema), ...own };
      merged.required = [...(merged.required as unknown[]), ...required];
    }
    return merged;
  }

  function compileReference(schema: Schema, target: string, pointer: string, depth: number): string {
    for (const sibling of Object.keys(schema)) {
      if (sibling !== '$ref' && !annotations.includes(sibling))
        refuse(`${pointer}/${sibling}`, `has "${sibling.slice(0, 40)}" beside $ref`);
    }
    const known = references.get(target);
    if (known) return known;
    const resolved = resolve(target, `${pointer}/$ref`);
    // The name exists before the body: a schema may contain itself.
    const name = addRule('');
    references.set(target, name);
    rules[Number(name.slice(1)) - 1] = `${name} ::= ${compile(resolved, target, depth + 1)}`;
    return name;
  }

  function resolve(target: string, pointer: string): unknown {
    if (!target.startsWith('#')) throw schemaRefused(pointer, 'refers to another document');
    const found = resolvePointer(root, target);
    if (found === undefined) throw schemaRefused(pointer, 'refers to nothing');
    return found;
  }

  return { compile, rules };
}

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 80);

function typesOf(schema: Schema, pointer: string): string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type) && type.length > 0 && type.every((each) => typeof each === 'string')) return type;
  if (type !== undefined) throw schemaRefused(`${pointer}/type`, 'has a type that is neither a name nor a list of names');
  if ('properties' in schema || 'additionalProperties' in schema || 'required' in schema) return ['object'];
  if ('items' in schema || 'prefixItems' in schema) return ['array'];
  return [];
}
