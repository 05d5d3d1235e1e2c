import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orgContext } from '@sangha/testkit/contexts';
import type { GenerateRequest } from '../../../protos/generated/sangha/inference/v1/GenerateRequest.ts';
import { completion, modelSpec, read, sha, startRunner } from './start-runner.ts';

const user = { role: 'user', content: 'hi' };
const chat = (differences: NonNullable<GenerateRequest['chat']>): Partial<GenerateRequest> => ({
  chat: { messages: [user], ...differences },
});
const tool = { name: 'f', description: '', parameters: '{}' };

const refused: [string, Partial<GenerateRequest>, string][] = [
  ['n of a billion', { n: 1_000_000_000 }, 'n'],
  ['17 choices', { n: 17 }, 'n'],
  ['17 stop sequences', { stop: Array.from({ length: 17 }, String) }, 'stop'],
  ['an empty stop sequence', { stop: [''] }, 'stop'],
  ['a stop sequence of 257 characters', { stop: ['x'.repeat(257)] }, 'stop'],
  [
    '1,025 biases',
    { sampling: { logitBias: Object.fromEntries(Array.from({ length: 1_025 }, (_, id) => [id, 1])) } },
    'logit_bias',
  ],
  ['a bias of 101', { sampling: { logitBias: { 1: 101 } } }, 'logit_bias'],
  ['a bias that is not a number', { sampling: { logitBias: { 1: Number.NaN } } }, 'logit_bias'],
  ['21 alternatives', { topLogprobs: 21 }, 'top_logprobs'],
  ['no tokens', { maxTokens: 0 }, 'max_tokens'],
  ['temperature above 2', { sampling: { temperature: 2.1 } }, 'temperature'],
  ['a temperature that is not a number', { sampling: { temperature: Number.NaN } }, 'temperature'],
  ['an endless top_p', { sampling: { topP: Number.POSITIVE_INFINITY } }, 'top_p'],
  ['a negative min_p', { sampling: { minP: -0.1 } }, 'min_p'],
  ['a top_k of four billion', { sampling: { topK: 4_000_000_000 } }, 'top_k'],
  ['a frequency penalty of 3', { sampling: { frequencyPenalty: 3 } }, 'frequency_penalty'],
  ['a presence penalty of −3', { sampling: { presencePenalty: -3 } }, 'presence_penalty'],
  ['a repeat penalty of 11', { sampling: { repeatPenalty: 11 } }, 'repeat_penalty'],
  ['no messages', chat({ messages: [] }), 'messages'],
  ['4,097 messages', chat({ messages: Array.from({ length: 4_097 }, () => user) }), 'messages'],
  ['an unknown role', chat({ messages: [user, { role: 'root' }] }), 'messages[1].role'],
  ['129 tools', chat({ tools: Array.from({ length: 129 }, (_, n) => ({ ...tool, name: `f${n}` })) }), 'tools'],
  ['two tools of one name', chat({ tools: [tool, tool] }), 'tools'],
  ['a tool without a name', chat({ tools: [{ ...tool, name: '' }] }), 'tools[0].function.name'],
  ['a tool whose parameters are no object', chat({ tools: [{ ...tool, parameters: '[1]' }] }), 'tools[0].function.parameters'],
  ['an unknown tool choice', chat({ toolChoice: 'sometimes' }), 'tool_choice'],
  ['a required tool where there is none', chat({ toolChoice: 'required' }), 'tool_choice'],
  ['a tool choice that is not among the tools', chat({ tools: [tool], toolChoice: 'function:g' }), 'tool_choice'],
  ['template arguments that are no object', chat({ templateKwargs: '"x"' }), 'chat_template_kwargs'],
  [
    '129 tool calls in a message',
    chat({ messages: [{ role: 'assistant', toolCalls: Array.from({ length: 129 }, () => ({ name: 'f' })) }] }),
    'messages[0].tool_calls',
  ],
  ['an empty prompt of tokens', { promptTokens: { ids: [] } }, 'prompt'],
  ['a schema that is no JSON', { constraint: { jsonSchema: '{' } }, 'response_format.json_schema.schema'],
  ['an empty grammar', { constraint: { gbnf: '' } }, 'grammar'],
  ['no model', { model: null }, 'model'],
  ['a path instead of a digest', { model: modelSpec({ sha256: '../../etc/passwd' }) }, 'model.sha256'],
  ['a digest in capitals', { model: modelSpec({ sha256: sha('A') }) }, 'model.sha256'],
  ['a context of four billion tokens', { model: modelSpec({ contextSize: 4_000_000_000 }) }, 'context_size'],
  ['65 sequences', { model: modelSpec({ sequences: 65 }) }, 'model.sequences'],
  ['no threads', { model: modelSpec({ threads: 0 }) }, 'model.threads'],
  ['a keep-alive of a year', { model: modelSpec({ keepAliveSecs: 31_536_000 }) }, 'keep_alive'],
  ['no request id', { requestId: '' }, 'request_id'],
  ['a request id with a line break', { requestId: 'a\nb' }, 'request_id'],
  ['no name of the model', { modelId: '' }, 'model'],
];

test('every number and list of a request is bounded before anything is done for it, and the field at fault is named', async (t) => {
  const { client, engines } = await startRunner(t);
  const context = orgContext();
  for (const [what, differences, param] of refused) {
    const input = 'chat' in differences || 'promptTokens' in differences ? { prompt: undefined } : {};
    const { prompt, ...rest } = { ...completion(), ...input, ...differences };
    const { error } = await read(client.generate(prompt === undefined ? rest : { ...rest, prompt }, { context }));
    assert.equal(error?.code, 'invalid_value', what);
    assert.equal(error?.param, param, what);
  }
  assert.equal(engines.attempts, 0);
});

test('everything wrong with a request is reported at once', async (t) => {
  const { client } = await startRunner(t);
  const { error } = await read(
    client.generate(completion({ n: 99, stop: [''], sampling: { temperature: 9, topP: 7 } }), { context: orgContext() }),
  );
  assert.equal(
    error?.message,
    'temperature must be a number between 0 and 2; top_p must be a number between 0 and 1; n must be a whole number between 0 and 16; stop must have entries of 1 to 256 characters.',
  );
});

test('a request without input is refused', async (t) => {
  const { client } = await startRunner(t);
  const { prompt: _, ...rest } = completion();
  assert.equal((await read(client.generate(rest, { context: orgContext() }))).error?.param, 'messages');
});

test('a request at every bound is served', async (t) => {
  const { client } = await startRunner(t);
  const { error, finished } = await read(
    client.generate(
      completion({
        n: 4,
        stop: Array.from({ length: 16 }, (_, index) => String.fromCharCode(65 + index).repeat(256)),
        topLogprobs: 20,
        maxTokens: 1,
        sampling: {
          temperature: 2,
          topP: 1,
          topK: 0,
          minP: 0,
          frequencyPenalty: -2,
          presencePenalty: 2,
          seed: 2 ** 32 - 1,
          logitBias: { 0: -100, 1: 100 },
        },
      }),
      { context: orgContext() },
    ),
  );
  assert.equal(error, undefined);
  assert.equal(finished?.choices.length, 4);
});

test('embeddings, loading and unloading are bounded too', async (t) => {
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: { kind: 'embedding' } } });
  const options = { context: orgContext() };
  const embed = (inputs: { text?: string; tokens?: { ids: number[] } }[]) =>
    client.embed({ requestId: 'e', modelId: 'm', model: modelSpec(), inputs }, options);
  await assert.rejects(embed([]), { code: 'invalid_value', param: 'input' });
  await assert.rejects(embed(Array.from({ length: 2_049 }, () => ({ text: 'x' }))), { param: 'input' });
  await assert.rejects(embed([{ text: 'x' }, { text: '' }]), { param: 'input[1]' });
  await assert.rejects(embed([{ tokens: { ids: [] } }]), { param: 'input[0]' });
  await assert.rejects(client.unloadModel({ sha256: '../x' }, options), { param: 'sha256' });
  await assert.rejects(
    async () => {
      for await (const _ of client.loadModel({ model: modelSpec({ sha256: 'x' }), modelId: 'm' }, options));
    },
    { param: 'model.sha256' },
  );
  assert.equal(engines.attempts, 0);
});
