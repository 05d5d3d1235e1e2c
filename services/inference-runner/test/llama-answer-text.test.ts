import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chunk } from '../../../protos/generated/sangha/inference/v1/Chunk.ts';
import { createAnswerOutput, type Reading } from '../src/engines/llama/child/answer-output.ts';
import { pickToken, seededRandom } from '../src/engines/llama/child/pick-token.ts';
import { createReasoningSplitter, opensThought, reasoningTags } from '../src/engines/llama/child/reasoning.ts';
import { createStopStrings } from '../src/engines/llama/child/stop-strings.ts';
import {
  createToolCallParser,
  type ParsedCall,
  type ToolCallFormat,
  toolCallFormat,
} from '../src/engines/llama/child/tool-calls.ts';

/** Every way to cut a text in two, and all single characters: what is told apart must not depend on where tokens end. */
function* cuts(text: string): Generator<string[]> {
  yield [...text];
  for (let at = 1; at < text.length; at += 1) yield [text.slice(0, at), text.slice(at)];
}

function parse(format: ToolCallFormat, pieces: string[]): { text: string; calls: ParsedCall[] } {
  const result: { text: string; calls: ParsedCall[] } = { text: '', calls: [] };
  const parser = createToolCallParser(format, ['get_weather', 'stop_all'], {
    text: (text) => {
      result.text += text;
    },
    call: (call) => result.calls.push(call),
  });
  for (const piece of pieces) parser.push(piece);
  parser.end();
  return result;
}

const weather = { name: 'get_weather', arguments: '{"city":"Paris"}' };
const json = '{"name": "get_weather", "arguments": {"city":"Paris"}}';

const understood: [string, ToolCallFormat, string, string, ParsedCall[]][] = [
  ['Hermes', 'hermes', `<tool_call>\n${json}\n</tool_call>`, '', [weather]],
  [
    'Hermes with text before and two calls',
    'hermes',
    `Let me look.\n<tool_call>${json}</tool_call>\n<tool_call>${json}</tool_call>\n`,
    'Let me look.\n',
    [weather, weather],
  ],
  ['Hermes without its end', 'hermes', `<tool_call>\n${json}`, '', [weather]],
  ['Mistral', 'mistral', `[TOOL_CALLS][${json}, ${json}]`, '', [weather, weather]],
  ['Mistral of the newer kind', 'mistral', 'Sure. [TOOL_CALLS]get_weather[ARGS]{"city":"Paris"}', 'Sure. ', [weather]],
  ['Llama 3', 'llama3', '{"name": "get_weather", "parameters": {"city":"Paris"}}', '', [weather]],
  [
    'Llama 3 with its tag, two of them',
    'llama3',
    '<|python_tag|>{"name": "get_weather", "parameters": {"city":"Paris"}}; {"name": "stop_all", "parameters": {}}',
    '',
    [weather, { name: 'stop_all', arguments: '{}' }],
  ],
];
for (const [name, format, text, shown, calls] of understood) {
  test(`a call as ${name} writes it is read wherever tokens end`, () => {
    for (const pieces of cuts(text)) assert.deepEqual(parse(format, pieces), { text: shown, calls });
  });
}

const malformed: [ToolCallFormat, string][] = [
  ['hermes', 'plain words'],
  ['hermes', '<tool_call>{"name": "get_weather", "argu</tool_call>'],
  ['hermes', '<tool_call>{"name": "other", "arguments": {}}</tool_call>'],
  ['hermes', 'a < b and <tool'],
  ['mistral', '[TOOL_CALLS] nothing'],
  ['mistral', '[TOOL'],
  ['llama3', '{"name": "other", "parameters": {}}'],
  ['llama3', '{"answer": 42}'],
  ['llama3', 'hello {'],
];
for (const [format, text] of malformed) {
  test(`what is no call in the ${format} format is text: ${text}`, () => {
    for (const pieces of cuts(text)) assert.deepEqual(parse(format, pieces), { text, calls: [] });
  });
}

test('the format is the one that the template teaches', () => {
  assert.equal(toolCallFormat('… <tool_call>{"name": <function-name>} …'), 'hermes');
  assert.equal(toolCallFormat('… [TOOL_CALLS] …'), 'mistral');
  assert.equal(toolCallFormat('… <|python_tag|> …'), 'llama3');
  assert.equal(toolCallFormat('<start_of_turn>'), undefined);
});

function split(pieces: string[], startsInside = false): [string, string] {
  let [reasoning, text] = ['', ''];
  const splitter = createReasoningSplitter({ open: '<think>', close: '</think>' }, startsInside, {
    text: (part) => {
      text += part;
    },
    reasoning: (part) => {
      reasoning += part;
    },
  });
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return [reasoning, text];
}

test('a thought is told from the answer wherever tokens end', () => {
  for (const pieces of cuts('\n<think>hm < 3</think>\n\nYes.')) assert.deepEqual(split(pieces), ['hm < 3', 'Yes.']);
  for (const pieces of cuts('hm</think>\nYes.')) assert.deepEqual(split(pieces, true), ['hm', 'Yes.']);
  for (const pieces of cuts('Use <think> like this</think>'))
    assert.deepEqual(split(pieces), ['', 'Use <think> like this</think>']);
  for (const pieces of cuts('<think>never ends</thi')) assert.deepEqual(split(pieces), ['never ends</thi', '']);
  for (const pieces of cuts('<thi')) assert.deepEqual(split(pieces), ['', '<thi']);
});

test('a template that opens a thought is noticed', () => {
  const tags = reasoningTags("{{ '<think>\\n' }}");
  assert.ok(tags);
  assert.equal(opensThought('<|im_start|>assistant\n<think>\n', tags), true);
  assert.equal(opensThought('<|im_start|>assistant\n<think>\n\n</think>\n\n', tags), false);
  assert.equal(reasoningTags('plain'), undefined);
});

test('stop strings work wherever tokens end, the earliest wins, and nothing of it shows', () => {
  for (const pieces of cuts('one two three')) {
    const stops = createStopStrings(['three', 'two t']);
    let shown = '';
    for (const piece of pieces) {
      shown += stops.push(piece);
      assert.ok('one '.startsWith(shown));
    }
    assert.equal(shown, 'one ');
    assert.equal(stops.matched, 'two t');
  }
  const never = createStopStrings(['abc']);
  assert.equal(never.push('xab') + never.push('d') + never.push('ab') + never.end(), 'xabdab');
});

function read(
  reading: Partial<Reading>,
  pieces: string[],
): { chunks: Chunk[]; text: string; reasoning: string; calls: number; stop: string | undefined } {
  const chunks: Chunk[] = [];
  const output = createAnswerOutput(
    0,
    { stop: [], forcedCall: false, reasoning: undefined, tools: undefined, ...reading },
    (chunk) => chunks.push(chunk),
  );
  for (const piece of pieces) if (output.stopSequence === undefined) output.push(piece, 1);
  output.end();
  const all = (key: 'text' | 'reasoning') => chunks.map((chunk) => chunk[key] ?? '').join('');
  return { chunks, text: all('text'), reasoning: all('reasoning'), calls: output.calls, stop: output.stopSequence };
}

const thinking = { tags: { open: '<think>', close: '</think>' }, startsInside: false };
const hermes = { format: 'hermes' as const, names: ['get_weather'] };

test('an answer with a thought, words and a call comes as all three, and no token is lost', () => {
  const whole = `<think>Paris?</think>I look.<tool_call>${json}</tool_call>`;
  for (const pieces of cuts(whole)) {
    const { chunks, text, reasoning, calls } = read({ reasoning: thinking, tools: hermes }, pieces);
    assert.deepEqual([reasoning, text, calls], ['Paris?', 'I look.', 1]);
    const [call] = chunks.flatMap(({ toolCalls = [] }) => toolCalls);
    assert.deepEqual([call?.index, call?.name, call?.arguments], [0, weather.name, weather.arguments]);
    assert.equal(
      chunks.reduce((sum, { tokens = 0 }) => sum + tokens, 0),
      pieces.length,
    );
  }
});

test('a stop string counts in the answer and not in the thought', () => {
  for (const pieces of cuts('<think>a STOP b</think>one STOP two')) {
    const { text, reasoning, stop } = read({ reasoning: thinking, stop: ['STOP'] }, pieces);
    assert.deepEqual([reasoning, text, stop], ['a STOP b', 'one ', 'STOP']);
  }
});

test('a forced call streams its arguments without the brace that closes the call', () => {
  const { chunks, text, calls } = read({ forcedCall: true }, [...'{"name":"get \\"it\\"","arguments":{"a":"}"}}']);
  const deltas = chunks.flatMap(({ toolCalls = [] }) => toolCalls);
  assert.deepEqual([text, calls, deltas[0]?.name], ['', 1, 'get "it"']);
  assert.equal(deltas.map((delta) => delta.arguments ?? '').join(''), '{"a":"}"}');
});

test('choosing in JavaScript keeps to top_k, top_p, min_p and temperature', () => {
  const candidates: [number, number][] = [
    [1, Math.log(0.5)],
    [2, Math.log(0.3)],
    [3, Math.log(0.15)],
    [4, Math.log(0.05)],
  ];
  const chosen = (options: Partial<Parameters<typeof pickToken>[1]>) => {
    const random = seededRandom(1);
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 4_000; draw += 1) {
      const token = pickToken(candidates, { temperature: 1, topP: 1, topK: 0, minP: 0, ...options }, random);
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    return counts;
  };
  assert.deepEqual([...chosen({ temperature: 0 }).keys()], [1]);
  assert.deepEqual([...chosen({ topK: 2 }).keys()].sort(), [1, 2]);
  assert.deepEqual([...chosen({ topP: 0.7 }).keys()].sort(), [1, 2]);
  assert.deepEqual([...chosen({ minP: 0.2 }).keys()].sort(), [1, 2, 3]);
  const free = chosen({});
  assert.equal(free.size, 4);
  assert.ok(Math.abs((free.get(1) ?? 0) / 4_000 - 0.5) < 0.03);
});
