import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import { orLeaveOut } from '../src/left-out.ts';
import { freshHome, removeHome, startNode } from '../src/node-process.ts';

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
import sys, openai
client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key=sys.argv[2], max_retries=0)
names = [model.id for model in client.models.list()]
assert names == ["tiny"], names
ask = dict(model="tiny", messages=[{"role": "user", "content": "the way of water"}], max_tokens=8, temperature=0)
whole = client.chat.completions.create(**ask)
parts = [chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**ask, stream=True) if chunk.choices]
assert "".join(parts) == whole.choices[0].message.content, (parts, whole)
assert whole.usage.completion_tokens <= 8
tool = {"type": "function", "function": {"name": "pick", "parameters": {"type": "object", "properties": {"side": {"enum": ["left", "right"]}}, "required": ["side"], "additionalProperties": False}}}
called = client.chat.completions.create(**{**ask, "max_tokens": 64}, tools=[tool], tool_choice="required")
assert called.choices[0].message.tool_calls[0].function.name == "pick", called
try:
    client.chat.completions.create(**{**ask, "model": "nobody"})
    raise SystemExit("an unknown model was answered")
except openai.NotFoundError as error:
    assert error.code == "model_not_found", error
print("ok")
`;

const python = await orLeaveOut('the Python client', pythonWithOpenai);

test('the official Python client lists, chats, streams, calls a tool, and understands a refusal', {
  skip: python.skip,
}, async () => {
  const home = freshHome();
  const file = join(home, 'tiny.gguf');
  await writeTinyGguf(file);
  const node = await startNode({ home, args: ['--model', file], env: { BODHI_MODEL_THREADS: '1' } });
  try {
    const { stdout } = await run(python.value ?? '', ['-c', script, node.url, node.token], { timeout: 120_000 });
    assert.equal(stdout.trim(), 'ok');
  } finally {
    await node.stop();
    removeHome(home);
  }
});
