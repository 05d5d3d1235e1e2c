import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AppError } from '@sangha/errors';
import type { Engine } from '../src/engine.ts';
import { answer, chat, message, openTiny } from './llama-fixture.ts';

// Does to each message what the message says.
const chatTemplate = [
  "{% for message in messages %}{% if message.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% endfor %}",
  '{% set wish = messages[0].content %}',
  "{% if wish == 'refuse' %}{{ raise_exception('roles must alternate') }}{% endif %}",
  "{% if wish == 'loop' %}{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}{% endif %}",
  "{% if wish == 'eat' %}{% set ns = namespace(x='0123456789') %}{% for a in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}{% endif %}",
  "{% if wish == 'bos' %}{{ bos_token }}{% endif %}",
  "{% if wish == 'tools' %}{{ tools | tojson }}{% endif %}",
  '{% if mood %}{{ mood }}{% endif %}',
  '{% for message in messages %}{{ message.role[0] }}{{ message.content }}{% endfor %}',
].join('');

let engine: Engine;
let close: () => Promise<void>;
before(async () => ({ engine, close } = await openTiny({ spec: { chatTemplate } })));
after(() => close());

const promptTokens = async (...input: Parameters<typeof chat>): Promise<number> =>
  Number((await answer(engine, { maxTokens: 1, input: chat(...input) })).started?.promptTokens);

test('a template that knows no system role gets the text before the first user message', async () => {
  const folded = await promptTokens([message('user', 'a\n\nb')]);
  assert.equal(await promptTokens([message('system', 'a'), message('user', 'b')]), folded);
  assert.equal(await promptTokens([message('developer', 'a'), message('user', 'b')]), folded);
});

test('what a template refuses, is said with its own words', async () => {
  await assert.rejects(promptTokens([message('user', 'refuse')]), { code: 'template_failed', message: /roles must alternate/ });
});

test('a prompt begins with exactly one first token, whether the template writes it or not', async () => {
  assert.equal(await promptTokens([message('user', 'bos')]), await promptTokens([message('user', 'bot')]));
});

test('tools and template kwargs reach the template, and tool_choice none hides the tools', async () => {
  const tools = [
    { name: 'get_weather', description: 'tells the weather', parameters: '{"type":"object","properties":{}}', strict: false },
  ];
  const wish = [message('user', 'tools')];
  const without = await promptTokens(wish);
  assert.ok((await promptTokens(wish, { tools })) > without + 10);
  assert.equal(await promptTokens(wish, { tools, toolChoice: 'none' }), without);
  assert.ok((await promptTokens(wish, { templateKwargs: '{"mood":"xxxxxxxx"}' })) > without);
});

test('a template that never ends is cut off while a neighbour goes on, and the next chat is served', async () => {
  const looping = promptTokens([message('user', 'loop')]).catch((error: unknown) => error);
  const neighbour = await answer(engine, { maxTokens: 300, ignoreEos: true });
  assert.equal(neighbour.finished?.usage?.completionTokens, 300);
  const error = await looping;
  assert.ok(error instanceof AppError);
  assert.equal(error.code, 'template_failed');
  assert.match(error.message, /did not end within/);
  await promptTokens([message('user', 'fine')]);
});

test('a template that eats memory is cut off and the next chat is served', async () => {
  await assert.rejects(promptTokens([message('user', 'eat')]), { code: /^(template_failed|context_length_exceeded)$/ });
  await promptTokens([message('user', 'fine')]);
});

test('without a template a chat is refused and says how to set one; a plain prompt is served', async () => {
  const opened = await openTiny({ spec: { chatTemplate: '' } });
  try {
    await assert.rejects(answer(opened.engine, { input: chat([message('user', 'a')]) }), {
      code: 'no_chat_template',
      message: /chat_template on an alias/,
    });
    await answer(opened.engine, { maxTokens: 1 });
  } finally {
    await opened.close();
  }
});
