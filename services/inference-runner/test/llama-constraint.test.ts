import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../src/engine.ts';
import { answer, chat, message, openTiny, type RequestParts } from './llama-fixture.ts';

let engine: Engine;
let close: () => Promise<void>;
before(async () => ({ engine, close } = await openTiny()));
after(() => close());

const bySchema = (schema: unknown): RequestParts => ({
  maxTokens: 600,
  constraint: { jsonSchema: JSON.stringify(schema), kind: 'jsonSchema' },
});
const byGrammar = (gbnf: string): RequestParts => ({ maxTokens: 60, constraint: { gbnf, kind: 'gbnf' } });
const jsonOf = async (schema: unknown, seed = 1): Promise<unknown> =>
  JSON.parse((await answer(engine, { ...bySchema(schema), sampling: { temperature: 5, seed } })).text);

test('an answer under a schema is JSON of that schema, whatever the model would say', async () => {
  const schema = {
    type: 'object',
    properties: {
      kind: { enum: ['cat', 'dog'] },
      age: { type: 'integer', minimum: 0, maximum: 20 },
      name: { anyOf: [{ type: 'string', maxLength: 4 }, { type: 'null' }] },
      tags: { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 2 },
      born: { type: 'string', format: 'date' },
    },
    required: ['kind', 'age', 'name', 'tags', 'born'],
    additionalProperties: false,
  };
  for (const seed of [1, 2, 3]) {
    const value = (await jsonOf(schema, seed)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(value), ['kind', 'age', 'name', 'tags', 'born']);
    assert.ok(value.kind === 'cat' || value.kind === 'dog');
    assert.ok(Number.isInteger(value.age) && Number(value.age) <= 20);
    assert.ok(value.name === null || (typeof value.name === 'string' && value.name.length <= 4));
    assert.ok(Array.isArray(value.tags) && value.tags.every((tag) => typeof tag === 'boolean'));
    assert.match(String(value.born), /^\d{4}-\d\d-\d\d$/);
  }
});

test('an answer under a schema ends by itself, with stop, and with nothing behind the JSON', async () => {
  const { text, finished } = await answer(engine, bySchema({ const: { a: [1, 'x'] } }));
  assert.equal(text, '{"a":[1,"x"]}');
  assert.equal(finished?.choices?.[0]?.finishReason, 'stop');
});

test('a schema may refer to itself', async () => {
  const tree = {
    $ref: '#/$defs/node',
    $defs: {
      node: { type: 'object', properties: { next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } }, required: ['next'] },
    },
  };
  for (let value: unknown = await jsonOf(tree); value !== null; value = (value as { next: unknown }).next)
    assert.ok(typeof value === 'object');
});

test('what a grammar cannot hold is refused with its place', async () => {
  const refusals: [string, unknown][] = [
    ['#/pattern', { type: 'string', pattern: '^a' }],
    ['#/properties/age/minimum', { type: 'object', properties: { age: { type: 'number', minimum: 3 } } }],
    ['#/items/multipleOf', { type: 'array', items: { type: 'integer', multipleOf: 5 } }],
    ['#/not', { not: { type: 'string' } }],
    ['#/uniqueItems', { type: 'array', uniqueItems: true }],
    ['#/$ref', { $ref: 'https://example.test/schema.json' }],
    ['#/$ref', { $ref: '#/$defs/missing' }],
    ['#/type', { type: 'decimal' }],
    ['#/enum', { enum: [] }],
    ['#/maxLength', { type: 'string', maxLength: 100_000 }],
  ];
  for (const [param, schema] of refusals)
    await assert.rejects(answer(engine, bySchema(schema)), { code: 'schema_unsupported', param });
  await assert.rejects(answer(engine, bySchema({ anyOf: [{ $ref: '#' }] })), { code: 'schema_unsupported' });
  await assert.rejects(answer(engine, { constraint: { jsonSchema: '{', kind: 'jsonSchema' } }), { code: 'invalid_value' });
});

test('a union may contain itself when its alternatives begin differently, and is refused when they begin alike', async () => {
  const union = (...options: unknown[]) => ({ $ref: '#/$defs/node', $defs: { node: { anyOf: options } } });
  const node = { $ref: '#/$defs/node' };
  const branch = (kind: unknown) => ({ type: 'object', properties: { kind, inner: node }, required: ['kind', 'inner'] });
  const leaf = { type: 'object', properties: { leaf: { type: 'null' } }, required: ['leaf'] };
  assert.equal(typeof (await jsonOf(union(branch({ const: 'a' }), branch({ const: 'b' }), leaf))), 'object');
  for (const refused of [
    union(branch({ const: 'a' }), branch({ enum: ['a', 'b'] }), leaf),
    union(branch({ type: 'string' }), branch({ type: 'string' }), leaf),
    union({ type: 'array', items: node }, { type: 'array', items: node, maxItems: 3 }),
  ]) {
    await assert.rejects(answer(engine, bySchema(refused)), { code: 'schema_unsupported', message: /begin alike/ });
  }
  const doubling = {
    $ref: '#/$defs/e0',
    $defs: Object.fromEntries(
      Array.from({ length: 8 }, (_, level) => [
        `e${level}`,
        level === 7
          ? { type: 'null' }
          : {
              anyOf: ['w', 'x', 'y', 'z'].map((end) => ({
                type: 'object',
                properties: { a: { $ref: `#/$defs/e${level + 1}` }, [end]: { type: 'null' } },
                required: ['a', end],
              })),
            },
      ]),
    ),
  };
  await assert.rejects(answer(engine, bySchema(doubling)), { code: 'schema_unsupported', message: /ways/ });
});

test('a schema that is too large or too deep is refused before it is compiled', async () => {
  let deep: unknown = { type: 'string' };
  for (let level = 0; level < 100; level += 1) deep = { type: 'array', items: deep };
  await assert.rejects(answer(engine, bySchema(deep)), { code: 'schema_unsupported', message: /deeper/ });
  const wide = {
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`p${index}`, { type: 'null' }])),
  };
  await assert.rejects(answer(engine, bySchema(wide)), { code: 'schema_unsupported', message: /properties/ });
  await assert.rejects(answer(engine, bySchema({ description: 'x'.repeat(70_000) })), {
    code: 'schema_unsupported',
    message: /larger/,
  });
});

test('json_object is any object', async () => {
  const { text, finished } = await answer(engine, {
    maxTokens: 900,
    constraint: { jsonObject: true, kind: 'jsonObject' },
    sampling: { temperature: 5, seed: 4 },
  });
  if (finished?.choices?.[0]?.finishReason === 'stop') assert.equal(typeof JSON.parse(text), 'object');
  assert.match(text, /^\{/);
});

test('a grammar binds the answer', async () => {
  assert.match(
    (await answer(engine, byGrammar('# a comment\nroot ::= answer "!"? # another\nanswer ::= ("yes" |\n  "no")\n'))).text,
    /^(yes|no)!?$/,
  );
  assert.match((await answer(engine, byGrammar('root ::= [a-c]{2,3} [^\\x00-\\x60] "\\u00e9"'))).text, /^[a-c]{2,3}.é$/u);
});

const wrongGrammars: [string, string][] = [
  ['is empty', ''],
  ['uses a missing rule', 'root ::= missing'],
  ['begins with itself', 'root ::= root "a"'],
  ['contains itself', 'root ::= "(" root ")" | "x"'],
  ['ends in a set', 'root ::= ['],
  ['is prose', 'hello'],
  ['has a rule twice', 'root ::= "a"\nroot ::= "b"'],
  ['is nested deeply', `root ::= ${'('.repeat(100)}"a"${')'.repeat(100)}`],
  // These four keep the native code busy for ever.
  ['counts down', 'root ::= "a"{5,2}'],
  [
    'doubles its readings',
    `root ::= e0\n${Array.from({ length: 40 }, (_, index) => `e${index} ::= e${index + 1} | e${index + 1} "a"`).join('\n')}\ne40 ::= "a"`,
  ],
  [
    'doubles its empty readings',
    `root ::= e0\n${Array.from({ length: 25 }, (_, index) => `e${index} ::= e${index + 1} e${index + 1}`).join('\n')}\ne25 ::= "a"?`,
  ],
  ['repeats the empty word', 'root ::= ("a"?)*'],
  ['repeats too often', 'root ::= "a"{0,100000}'],
  ['repeats repetitions', 'root ::= (("a"{0,100}){1,100}){1,100}'],
  ['names a token', 'root ::= <[999999999]>'],
  ['names no character', 'root ::= "\\U00110000"'],
  ['names the zero character', 'root ::= "\\x00"'],
  ['is too long', `root ::= "${'x'.repeat(40_000)}"`],
];
test('a grammar that is wrong or could keep the engine busy for ever is refused, and the engine lives', async () => {
  for (const [name, gbnf] of wrongGrammars)
    await assert.rejects(answer(engine, byGrammar(gbnf)), { code: 'grammar_invalid' }, name);
  assert.equal((await answer(engine, byGrammar('root ::= "alive"'))).text, 'alive');
});

const tools = [
  {
    name: 'get_weather',
    description: '',
    strict: true,
    parameters: JSON.stringify({ type: 'object', properties: { city: { type: 'string', maxLength: 5 } }, required: ['city'] }),
  },
  { name: 'stop_all', description: '', strict: false, parameters: '' },
];

test('tool_choice with a name streams one call of that tool: name first, then its arguments', async () => {
  const { chunks, text, finished } = await answer(engine, {
    maxTokens: 200,
    input: chat([message('user', 'hi')], { tools, toolChoice: 'function:get_weather' }),
  });
  const deltas = chunks.flatMap(({ toolCalls = [] }) => toolCalls);
  assert.equal(deltas[0]?.name, 'get_weather');
  assert.match(String(deltas[0]?.id), /^call_/);
  assert.ok(deltas.slice(1).every(({ name, id, index }) => name === undefined && id === undefined && index === 0));
  assert.ok(deltas.length > 3);
  const { city } = JSON.parse(deltas.map((delta) => delta.arguments ?? '').join(''));
  assert.ok(city.length <= 5);
  assert.equal(text, '');
  assert.equal(finished?.choices?.[0]?.finishReason, 'tool_calls');
});

test('tool_choice required lets the model choose among the tools', async () => {
  const { chunks, finished } = await answer(engine, {
    maxTokens: 200,
    input: chat([message('user', 'hi')], { tools, toolChoice: 'required' }),
  });
  const name = chunks.flatMap(({ toolCalls = [] }) => toolCalls)[0]?.name;
  assert.ok(name === 'get_weather' || name === 'stop_all');
  assert.equal(finished?.choices?.[0]?.finishReason, 'tool_calls');
});

test('a strict tool whose schema cannot be held is refused, a lax one is served', async () => {
  const parameters = JSON.stringify({
    type: 'object',
    properties: { code: { type: 'string', pattern: '^[A-Z]$', maxLength: 3 } },
    required: ['code'],
  });
  const asked = (strict: boolean) => ({
    maxTokens: 200,
    input: chat([message('user', 'hi')], {
      tools: [{ name: 'lookup', description: '', strict, parameters }],
      toolChoice: 'required',
    }),
  });
  await assert.rejects(answer(engine, asked(true)), { code: 'schema_unsupported', param: '#/properties/code/pattern' });
  assert.equal((await answer(engine, asked(false))).finished?.choices?.[0]?.finishReason, 'tool_calls');
});

test('a tool that does not exist cannot be chosen', async () => {
  await assert.rejects(answer(engine, { input: chat([message('user', 'hi')], { tools, toolChoice: 'function:other' }) }), {
    code: 'invalid_value',
    param: 'tool_choice',
  });
});

test('a grammar that no token continues fails its own request and no other', async () => {
  const neighbour = answer(engine, { maxTokens: 300, ignoreEos: true });
  // U+0000 is in no token that a grammar accepts.
  await assert.rejects(answer(engine, { ...byGrammar('root ::= "a" [\\x00] "b"'), n: 2 }), { code: 'grammar_invalid' });
  assert.equal((await neighbour).finished?.usage?.completionTokens, 300);
  await answer(engine, { n: 4, maxTokens: 2 });
});

test('logprobs come with a constraint too', async () => {
  const { chunks } = await answer(engine, { ...byGrammar('root ::= "yes" | "no"'), topLogprobs: 2 });
  const logprobs = chunks.flatMap((chunk) => chunk.logprobs ?? []);
  assert.ok(logprobs.length > 0);
  assert.ok(logprobs.every(({ logprob }) => Number(logprob) <= 1e-6));
});
