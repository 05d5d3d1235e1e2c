import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { orgContext } from '@sangha/testkit/contexts';
import type { FileFault } from '@sangha/testkit/fake-hub';
import { type TinyGgufDamage, tinyGguf } from '@sangha/testkit/tiny-gguf';
import { type Download, type Harness, type HarnessOptions, openWorker } from './harness.ts';

const repo = 'acme/tiny-GGUF';
const filename = 'tiny-Q8_0.gguf';
const model = tinyGguf({ weights: 'q8_0', feedForwardLength: 512 });
const context = orgContext();

/** Downloads with the hub misbehaving in this way, and waits until the job rests. */
async function download(
  t: TestContext,
  fault: FileFault | undefined,
  options: HarnessOptions & { bytes?: Buffer } = {},
): Promise<{ worker: Harness; end: Download; sha256: string }> {
  const worker = await openWorker(t, options);
  const { sha256 } = worker.hub.put(repo, filename, options.bytes ?? model);
  if (fault !== undefined) worker.hub.fault(repo, filename, fault);
  await worker.start();
  const { id } = await worker.downloads.requestDownload({ repo, filename: '', revision: '' }, { context });
  return { worker, sha256, end: await worker.until(context, id, 'completed', 'failed') };
}

const partsOf = (worker: Harness) => readdir(join(worker.folder, 'models', 'parts')).catch(() => []);
const blobsOf = (worker: Harness) => readdir(join(worker.folder, 'models', 'blobs')).catch(() => []);

const healed: [string, FileFault][] = [
  ['a connection that breaks again and again', { kind: 'drop', afterBytes: 50_000, times: 6 }],
  ['a broken connection before the first byte', { kind: 'drop', afterBytes: 0, times: 3 }],
  ['a hub with trouble of its own for a moment', { kind: 'status', status: 503, times: 3 }],
  ['a hub that is away for longer than a worker waits', { kind: 'status', status: 503, times: 7 }],
  ['a server that ignores ranges', { kind: 'ignore_range' }],
  ['a server that sends everything where the middle was asked for', { kind: 'ignore_range', middleOnly: true }],
  ['one corrupt answer', { kind: 'corrupt', times: 1 }],
  ['a moment of rate limiting', { kind: 'status', status: 429, retryAfter: '0', times: 2 }],
];
for (const [what, fault] of healed)
  test(`${what} costs time, not the download`, async (t) => {
    const { worker, end, sha256 } = await download(t, fault);
    assert.equal(end.status, 'completed');
    assert.equal(end.sha256, sha256);
    assert.deepEqual(await blobsOf(worker), [`sha256-${sha256}`]);
    assert.deepEqual(await partsOf(worker), []);
  });

test('bytes of another version of the file are not wanted: a changed ETag begins anew', async (t) => {
  const { worker, end, sha256 } = await download(t, { kind: 'changing_etag' });
  assert.equal(end.sha256, sha256);
  const asked = worker.hub.requests.filter(({ at }) => at === 'cdn');
  assert.deepEqual(
    asked.map(({ range, ifRange }) => [range?.startsWith('bytes=0-'), ifRange !== undefined]),
    [
      [true, false],
      [false, true],
    ],
    'the second request named the version of the first, and got the whole file instead of a part',
  );
});

const fatal: [string, FileFault, string, RegExp][] = [
  ['a hub that stays broken', { kind: 'status', status: 500 }, 'hub_unreachable', /Retry in a few minutes/],
  ['a hub that breaks every connection', { kind: 'drop', afterBytes: 0 }, 'hub_unreachable', /retry/],
  ['a file that is gone', { kind: 'status', status: 404, errorCode: 'EntryNotFound' }, 'hub_not_found', /no such file/],
  [
    'a rate limit that outlasts our patience',
    { kind: 'status', status: 429, retryAfter: '7200' },
    'hub_rate_limited',
    /another 7200 seconds/,
  ],
  ['content that stays corrupt', { kind: 'corrupt' }, 'hash_mismatch', /SHA-256 differs/],
  ['a list with another hash', { kind: 'wrong_hash', claimedSha256: 'ab'.repeat(32) }, 'hash_mismatch', /SHA-256 differs/],
  [
    'a list with another size',
    { kind: 'wrong_size', claimedBytes: 123_456 },
    'hash_mismatch',
    /lists the file with 123456 bytes/,
  ],
  ['compressed data', { kind: 'gzip_bomb', inflatedBytes: 64 * 1024 * 1024 }, 'upstream_failed', /compressed/],
  ['a body without an end', { kind: 'endless' }, 'upstream_failed', /sends more than/],
  ['a redirect into the machine', { kind: 'redirect', to: 'http://127.0.0.1:9/x' }, 'address_refused', /only https/],
  [
    'a redirect into the machine with TLS',
    { kind: 'redirect', to: 'https://127.0.0.1:9/x' },
    'address_refused',
    /not a public address/,
  ],
  [
    'a redirect to a name of the machine',
    { kind: 'redirect', to: 'https://localhost:9/x' },
    'address_refused',
    /not a public address/,
  ],
  [
    "a redirect to a cloud's metadata",
    { kind: 'redirect', to: 'https://169.254.169.254/latest/meta-data' },
    'address_refused',
    /not a public address/,
  ],
  ['a redirect to IPv6 loopback', { kind: 'redirect', to: 'https://[::1]:9/x' }, 'address_refused', /not a public address/],
  [
    'a redirect to IPv4 inside IPv6',
    { kind: 'redirect', to: 'https://[::ffff:10.0.0.1]/x' },
    'address_refused',
    /not a public address/,
  ],
  ['a redirect to another protocol', { kind: 'redirect', to: 'file:///etc/passwd' }, 'address_refused', /only https/],
];
for (const [what, fault, code, reason] of fatal)
  test(`${what} ends as ${code} with the next step`, async (t) => {
    const { worker, end } = await download(t, fault);
    assert.equal(end.status, 'failed');
    assert.equal(end.errorCode, code, end.errorMessage);
    assert.match(end.errorMessage, reason);
    assert.deepEqual(await blobsOf(worker), []);
    if (code === 'hash_mismatch') assert.deepEqual(await partsOf(worker), [], 'a wrong part is of no use');
    worker.hub.clearFaults();
    const { id } = await worker.downloads.retryDownload({ id: end.id }, { context });
    // A wrong list stays in the row: the retry asks for what was asked for.
    if (!fault.kind.startsWith('wrong_')) assert.equal((await worker.until(context, id, 'completed')).errorCode, '');
  });

test('a hub that never answers is given up, and a cancellation does not wait for it', async (t) => {
  const worker = await openWorker(t);
  worker.hub.put(repo, filename, model);
  worker.hub.fault(repo, filename, { kind: 'silent' });
  await worker.start();
  const { id } = await worker.downloads.requestDownload({ repo, filename: '', revision: '' }, { context });
  while (!worker.hub.requests.some(({ at }) => at === 'cdn')) await sleep(10);
  await worker.downloads.cancelDownload({ id }, { context });
  while (!worker.logged().includes('not ours any more')) await sleep(10);
  assert.equal((await worker.downloads.getDownload({ id }, { context })).status, 'cancelled');
});

test('memory stays small while a compressed bomb and an endless body are refused', async (t) => {
  const before = process.memoryUsage().rss;
  const { end } = await download(t, { kind: 'endless' });
  assert.equal(end.errorCode, 'upstream_failed');
  assert.ok(process.memoryUsage().rss - before < 256 * 1024 * 1024);
});

const damages: [TinyGgufDamage, string][] = [
  ['not_gguf', 'not_a_gguf'],
  ['zero_heads', 'model_unusable'],
  ['cut_weights', 'model_unusable'],
];
for (const [damage, code] of damages)
  test(`a file that is ${damage.replaceAll('_', ' ')} at the hub never becomes a blob`, async (t) => {
    const { worker, end } = await download(t, undefined, { bytes: tinyGguf({ damage }) });
    assert.equal(end.errorCode, code);
    assert.deepEqual(await blobsOf(worker), []);
    assert.deepEqual(await partsOf(worker), []);
    assert.equal(worker.finished.length, 0);
  });

test('a disk that is too full is said before the first byte, with the numbers', async (t) => {
  const { worker, end } = await download(t, undefined, { reserveBytes: 1e18 });
  assert.equal(end.errorCode, 'disk_full');
  assert.match(end.errorMessage, /GB free, and the download needs/);
  assert.equal(worker.hub.requests.filter(({ at }) => at === 'cdn').length, 0);
});

test('the hub token reaches the hub and nobody else, wherever the hub redirects', async (t) => {
  const worker = await openWorker(t);
  worker.hub.put(repo, filename, model);
  worker.hub.gate(repo, ['hf_secret-of-the-organisation']);
  worker.settings.set(context.orgId, { token: 'hf_secret-of-the-organisation', allowedHubs: [] });
  await worker.start();
  const { id } = await worker.downloads.requestDownload({ repo, filename: '', revision: '' }, { context });
  await worker.until(context, id, 'completed');
  const cdn = worker.hub.requests.filter(({ at }) => at === 'cdn');
  assert.ok(cdn.length > 0);
  assert.deepEqual(
    cdn.map(({ authorization, cookie }) => [authorization, cookie]),
    cdn.map(() => [undefined, undefined]),
  );
  assert.ok(
    worker.hub.requests
      .filter(({ at }) => at === 'hub')
      .every(({ authorization }) => authorization === 'Bearer hf_secret-of-the-organisation'),
  );
  assert.ok(!worker.logged().includes('hf_secret'));
});

test('a hub that the organisation named gets no token, and one that nobody named is not asked', async (t) => {
  const asked: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const worker = await openWorker(t, { trustedHosts: () => [new URL(origin).host] });
  const ask = { repo: `${origin}/acme/tiny`, filename: '', revision: '' };
  await assert.rejects(worker.downloads.requestDownload(ask, { context }), { code: 'hub_not_allowed' });
  assert.deepEqual(asked, []);
  worker.settings.set(context.orgId, { token: 'hf_secret', allowedHubs: [origin] });
  await assert.rejects(worker.downloads.requestDownload(ask, { context }), { code: 'hub_not_found' });
  assert.deepEqual(asked, [undefined]);
});

test('an organisation cannot name a private address as a hub of its own', async (t) => {
  const worker = await openWorker(t, { trustedHosts: () => [] });
  worker.settings.set(context.orgId, { token: undefined, allowedHubs: ['https://169.254.169.254', 'https://127.0.0.1:9'] });
  for (const origin of ['https://169.254.169.254', 'https://127.0.0.1:9'])
    await assert.rejects(
      worker.downloads.requestDownload({ repo: `${origin}/acme/tiny`, filename: '', revision: '' }, { context }),
      { code: 'address_refused' },
    );
});

test('refusals of the list reach the asker at once, as what they are', async (t) => {
  const worker = await openWorker(t);
  worker.hub.put(repo, filename, model);
  const ask = (differences: object) =>
    worker.downloads.requestDownload({ repo, filename: '', revision: '', ...differences }, { context });
  await assert.rejects(ask({ repo: 'acme/never-was' }), { code: 'hub_not_found', message: /or it is private/ });
  await assert.rejects(ask({ revision: 'no-such-branch' }), { code: 'hub_not_found', message: /no such revision/ });
  for (const wrong of [
    'acme',
    '../etc/passwd',
    'acme/../../x',
    'a/b/c',
    'acme/x?y=1',
    'https://user:pw@hub.example/a/b',
    '',
    'acme/a..b',
    'a--b/c',
  ])
    await assert.rejects(ask({ repo: wrong }), { code: 'invalid_value' }, wrong);
  for (const wrong of ['../main', 'a b', 'x\n', '-x'])
    await assert.rejects(ask({ revision: wrong }), { code: 'invalid_value' }, wrong);
  worker.hub.faultApi({ kind: 'status', status: 429, retryAfter: '17' });
  await assert.rejects(ask({}), { code: 'hub_rate_limited' });
  worker.hub.faultApi({ kind: 'status', status: 502 });
  await assert.rejects(ask({}), { code: 'hub_unreachable' });
  worker.hub.faultApi({ kind: 'status', status: 200 });
  await assert.rejects(ask({}), { code: 'upstream_failed' });
  assert.equal((await worker.downloads.listDownloads({}, { context })).total, 0);
});
