import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { orLeaveOut } from '../src/left-out.ts';
import { freshHome, removeHome, startNode } from '../src/node-process.ts';
import { packagedGemma } from '../src/packaged-gemma.ts';
import { packagedMinilm } from '../src/packaged-minilm.ts';

const run = promisify(execFile);
const version = '3.57.0';

/** A virtual environment with the official client, made once per machine. */
async function pythonWithOpenai(): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sangha', `python-openai-${version}`);
  const python = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'complete'))) {
    mkdirSync(folder, { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `openai==${version}`], {
      timeout: 240_000,
    });
    mkdirSync(join(folder, 'complete'));
  }
  return python;
}

const script = `
import json, sys, openai
url, key, chat, embed = sys.argv[1:]
client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
names = [model.id for model in client.models.list()]
assert sorted(names) == sorted([chat, embed]), names

ask = dict(model=chat, messages=[{"role": "user", "content": "Count: one two three"}], max_tokens=12, temperature=0)
whole = client.chat.completions.create(**ask)
parts = [chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**ask, stream=True) if chunk.choices]
assert "".join(parts) == whole.choices[0].message.content, (parts, whole)
assert 0 < whole.usage.completion_tokens <= 12

stream = client.chat.completions.create(**{**ask, "max_tokens": 3000}, stream=True)
for seen, _ in enumerate(stream):
    if seen == 4:
        stream.close()
        break
again = client.chat.completions.create(**{**ask, "max_tokens": 1})
assert again.usage.completion_tokens <= 1

tool = {"type": "function", "function": {"name": "pick", "parameters": {"type": "object", "properties": {"side": {"enum": ["left", "right"]}}, "required": ["side"], "additionalProperties": False}}}
called = client.chat.completions.create(**{**ask, "max_tokens": 64}, tools=[tool], tool_choice="required")
call = called.choices[0].message.tool_calls[0].function
assert call.name == "pick" and json.loads(call.arguments)["side"] in ("left", "right"), called

schema = {"type": "object", "properties": {"verdict": {"enum": ["yes", "no"]}}, "required": ["verdict"], "additionalProperties": False}
shaped = client.chat.completions.create(**{**ask, "max_tokens": 64}, response_format={"type": "json_schema", "json_schema": {"name": "verdict", "strict": True, "schema": schema}})
assert json.loads(shaped.choices[0].message.content)["verdict"] in ("yes", "no"), shaped

vectors = client.embeddings.create(model=embed, input=["The cat sleeps on the sofa.", "A kitten naps on the couch.", "Stock markets fell sharply."])
cat, kitten, markets = [row.embedding for row in vectors.data]
cosine = lambda a, b: sum(x * y for x, y in zip(a, b))
assert abs(cosine(cat, cat) - 1) < 1e-3 and cosine(cat, kitten) > cosine(cat, markets)

try:
    client.chat.completions.create(**{**ask, "model": "nobody"})
    raise SystemExit("an unknown model was answered")
except openai.NotFoundError as error:
    assert error.code == "model_not_found", error
print("ok")
`;

const needed = await orLeaveOut('Python with the real models', async () => ({
  python: await pythonWithOpenai(),
  gemma: await packagedGemma(),
  minilm: await packagedMinilm(),
}));

test('the official Python client lists, chats, streams, aborts, calls a tool, keeps a schema, embeds, and understands a refusal, on real models', {
  skip: needed.skip,
}, async () => {
  const { python, gemma, minilm } = needed.value ?? { python: '', gemma: '', minilm: '' };
  const home = freshHome();
  const env = { BODHI_MODEL_THREADS: '1' };
  // A node keeps what it was once started with.
  const first = await startNode({ home, args: ['--model', gemma], env });
  await first.stop();
  const node = await startNode({ home, args: ['--model', minilm], env });
  try {
    const { stdout } = await run(python, ['-c', script, node.url, node.token, first.model, node.model], { timeout: 200_000 });
    assert.equal(stdout.trim(), 'ok');
  } finally {
    await node.stop();
    removeHome(home);
  }
});
