import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import OpenAI from 'openai';
import { orLeaveOut } from '../src/left-out.ts';
import { type NodeProcess, removeHome, startNode } from '../src/node-process.ts';
import { packagedMinilm } from '../src/packaged-minilm.ts';

/**
 * Computed apart from the published files: the tokens by the model's own tokenizer (PyPI `tokenizers` 0.23.3), the first
 * numbers of the vector in double precision (numpy).
 */
const known = {
  example: {
    text: 'This is an example sentence',
    tokens: [101, 2023, 2003, 2019, 2742, 6251, 102],
    begins: [0.06766, 0.0635, 0.04871, 0.0793, 0.03745, 0.00265, 0.03937, -0.0071],
  },
  cat: {
    text: 'The cat sleeps on the sofa.',
    tokens: [101, 1996, 4937, 25126, 2006, 1996, 10682, 1012, 102],
    begins: [0.16257, -0.0738, -0.02986, 0.04016, 0.01938, 0.05078, -0.05812, -0.01977],
  },
  kitten: {
    text: 'A kitten naps on the couch.',
    tokens: [101, 1037, 18401, 18996, 2015, 2006, 1996, 6411, 1012, 102],
    begins: [0.05127, -0.02365, -0.04089, 0.07321, 0.02201, 0.03099, -0.02806, -0.03641],
  },
  markets: {
    text: 'Stock markets fell sharply after the announcement.',
    tokens: [101, 4518, 6089, 3062, 9249, 2044, 1996, 8874, 1012, 102],
    begins: [0.05099, -0.00203, 0.07928, 0.10053, 0.00487, 0.00164, -0.04121, 0.08473],
  },
  accents: {
    text: "Überraschend: naïve café-goers don't mind 3.14 €!",
    tokens: [
      101, 19169, 8180, 8661, 2094, 1024, 15743, 7668, 1011, 2175, 2545, 2123, 1005, 1056, 2568, 1017, 1012, 2403, 1574, 999, 102,
    ],
    begins: [0.02604, 0.02668, -0.00489, -0.01379, 0.03463, -0.00103, 0.07345, -0.06253],
  },
};
const all = Object.values(known);
const texts = all.map(({ text }) => text);
const tokenCount = all.reduce((sum, { tokens }) => sum + tokens.length, 0);
/** Half-precision weights moved no number of a vector by more than 0.0003. */
const tolerance = 0.001;

const minilm = await orLeaveOut('the packaged MiniLM', packagedMinilm);

suite('embeddings through the official OpenAI client, of a node that serves all-MiniLM-L6-v2', { skip: minilm.skip }, () => {
  let node: NodeProcess;
  let openai: OpenAI;
  const embed = (input: OpenAI.EmbeddingCreateParams['input'], encoding: 'float' | 'base64' = 'float') =>
    openai.embeddings.create({ model: node.model, input, encoding_format: encoding });

  before(async () => {
    node = await startNode({ args: ['--model', minilm.value ?? ''], env: { BODHI_MODEL_THREADS: '1' } });
    openai = new OpenAI({ baseURL: `${node.url}/v1`, apiKey: node.token, maxRetries: 0, timeout: 120_000 });
  });
  after(async () => {
    if (!node) return;
    await node.stop();
    removeHome(node.home);
  });

  test('are the numbers that others compute with the same model', async () => {
    const { data } = await embed(texts);
    for (const [index, { text, begins }] of all.entries()) {
      const { embedding = [] } = data[index] ?? {};
      assert.equal(embedding.length, 384);
      assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-5, `${text}: the length is 1`);
      for (const [place, number] of begins.entries()) near(embedding[place], number, `${text}: number ${place}`);
    }
  });

  test('tell how near two meanings are', async () => {
    const { data } = await embed([known.cat.text, known.kitten.text, known.markets.text]);
    const [cat = [], kitten = [], markets = []] = data.map(({ embedding }) => embedding);
    near(cosine(cat, kitten), 0.73797, 'cat and kitten');
    near(cosine(cat, markets), -0.04829, 'cat and markets');
    assert.ok(cosine(cat, kitten) > cosine(cat, markets));
  });

  test('come in the order of the inputs, each as it would alone', async () => {
    const { data } = await embed(texts.toReversed());
    assert.deepEqual(
      data.map(({ index }) => index),
      texts.map((_, index) => index),
    );
    for (const [index, text] of texts.toReversed().entries()) {
      const alone = await embed(text);
      assert.deepEqual(data[index]?.embedding, alone.data[0]?.embedding, text);
    }
  });

  test('are the same numbers as JSON and as base64', async () => {
    const floats = await embed(texts, 'float');
    const { data } = await embed(texts, 'base64');
    for (const [index, { embedding }] of data.entries()) {
      assert.equal(typeof embedding, 'string'); // asked for by name, the client leaves it as it came
      assert.deepEqual(decoded(String(embedding)), floats.data[index]?.embedding);
    }
    // Asked for nothing, the client itself asks for base64 and decodes.
    const { data: byDefault } = await openai.embeddings.create({ model: node.model, input: known.cat.text });
    assert.deepEqual(byDefault[0]?.embedding, floats.data[1]?.embedding);
  });

  test('are made of tokens as of the text that they spell, with and without the marks of its ends', async () => {
    const { data } = await embed(texts);
    const ofTokens = await embed(all.map(({ tokens }) => tokens));
    assert.deepEqual(ofTokens.data, data);
    assert.equal(ofTokens.usage.prompt_tokens, tokenCount);
    const bare = await embed(known.cat.tokens.slice(1, -1));
    assert.deepEqual(bare.data[0]?.embedding, data[1]?.embedding);
  });

  test('count every token that was read', async () => {
    const { usage } = await embed(texts);
    assert.deepEqual(usage, { prompt_tokens: tokenCount, total_tokens: tokenCount });
  });

  test('read an input as long as the model allows and refuse a longer one with both numbers', async () => {
    const reads = 511;
    const words = (count: number) => Array(count).fill('word').join(' ');
    assert.equal((await embed(words(reads - 2))).usage.prompt_tokens, reads);
    await assert.rejects(embed([known.cat.text, words(reads - 1)]), {
      status: 400,
      code: 'context_length_exceeded',
      param: 'input[1]',
      message: /\b511\b.*\b512\b/,
    });
  });

  test('refuse a token that the model does not have, an empty input and another size', async () => {
    await assert.rejects(embed([30_522]), { status: 400, param: /^input/ });
    await assert.rejects(embed(''), { status: 400, param: 'input' });
    await assert.rejects(openai.embeddings.create({ model: node.model, input: 'x', dimensions: 128 }), {
      status: 400,
      param: 'dimensions',
    });
  });

  test('are all that this model does: it does not chat', async () => {
    const turn = { role: 'user' as const, content: 'Hello' };
    await assert.rejects(openai.chat.completions.create({ model: node.model, messages: [turn] }), { status: 400 });
  });
});

function near(actual: number | undefined, wanted: number, what: string): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - wanted) < tolerance, `${what} is ${actual}, not ${wanted}`);
}

/** Of two vectors of length 1. */
const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

/** Little-endian 32-bit floats. */
function decoded(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
