import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client as Channel, credentials, type Metadata as GrpcMetadata, Metadata, type ServiceError } from '@grpc/grpc-js';
import { AppError, type ErrorCode, isAppError } from '@sangha/errors';
import { Tokens } from '@sangha/protos';
import { generate } from 'selfsigned';
import { type DialOptions, dial, type Handlers, implement, local, type ServeOptions, serve } from '../src/index.ts';
import { context, signalling, signerAt, verifier } from './scene.ts';

const is = (code: ErrorCode) => (error: unknown) => isAppError(error) && error.code === code;
const signer = signerAt(Date.now);

const missing = async (): Promise<never> => {
  throw new AppError('not_found', 'Not in this test.');
};
const tokensWith = (createToken: Handlers<typeof Tokens>['createToken']) =>
  implement(Tokens, { createToken, listTokens: missing, updateToken: missing, deleteToken: missing });
const echo = tokensWith(async ({ name }) => ({ text: name }));

async function serving(t: TestContext, options: Partial<ServeOptions> = {}) {
  const server = await serve({ address: '127.0.0.1:0', services: [echo], verifier, ...options });
  t.after(() => server.close(0));
  return server;
}

function dialing(t: TestContext, address: string, options: Partial<DialOptions<'createToken'>> = {}) {
  const client = dial(Tokens, { address, audience: 'runner', signer, ...options });
  t.after(() => client.close());
  return client;
}

async function socketPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rpc-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 's');
}

test('closing lets running calls finish and takes no new ones', { timeout: 30_000 }, async (t) => {
  const [started, go] = [signalling(), signalling()];
  const slow = tokensWith(async () => {
    started.tell();
    await go.told;
    return { text: 'finished' };
  });
  const server = await serving(t, { services: [slow] });
  const answer = dialing(t, server.address).createToken({}, { context });
  await started.told;
  const closed = server.close(20_000);
  await assert.rejects(dialing(t, server.address, { audience: 'runner' }).createToken({}, { context, deadlineMs: 5_000 }));
  go.tell();
  assert.equal((await answer).text, 'finished');
  await closed;
});

test('a service that nobody runs is unavailable, with a hint when to try again', async (t) => {
  const server = await serving(t);
  await server.close(0);
  await assert.rejects(
    dialing(t, server.address).createToken({}, { context }),
    (error) => is('unavailable')(error) && (error as AppError).retryAfterSecs !== undefined,
  );
});

test('a client finds its service again after it was started anew', { timeout: 30_000 }, async (t) => {
  const address = `unix:${await socketPath(t)}`;
  const first = await serving(t, { address });
  const client = dialing(t, address);
  await client.createToken({}, { context });
  await first.close(0);
  await assert.rejects(client.createToken({}, { context }), is('unavailable'));
  await serving(t, { address });
  for (;;) {
    const answer = await client.createToken({ name: 'again' }, { context }).catch(() => undefined);
    if (answer?.text === 'again') break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test('an idempotent method is tried again while the service cannot be reached, another is not', {
  timeout: 30_000,
}, async (t) => {
  let calls = 0;
  const flaky = tokensWith(async () => {
    if (++calls % 2 === 1) throw new AppError('unavailable', 'Not yet.');
    return { text: 'now' };
  });
  const server = await serving(t, { services: [flaky] });
  await assert.rejects(dialing(t, server.address).createToken({}, { context }), is('unavailable'));
  assert.equal(calls, 1);
  calls = 0;
  assert.equal((await dialing(t, server.address, { idempotent: ['createToken'] }).createToken({}, { context })).text, 'now');
  assert.equal(calls, 2);
});

test('an address that is taken is refused by name', async (t) => {
  const server = await serving(t);
  await assert.rejects(serve({ address: server.address, services: [echo], verifier }), is('port_in_use'));
  const address = `unix:${await socketPath(t)}`;
  await serving(t, { address });
  await assert.rejects(serve({ address, services: [echo], verifier }), is('port_in_use'));
  assert.equal((await dialing(t, address).createToken({ name: 'still there' }, { context })).text, 'still there');
});

test('the socket of a killed process is no obstacle, and only its owner may use the new one', async (t) => {
  const path = await socketPath(t);
  spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  assert.ok((await stat(path)).isSocket());
  await serving(t, { address: `unix:${path}` });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await dialing(t, `unix:${path}`).createToken({ name: 'x' }, { context })).text, 'x');
});

test('with TLS only a client that shows a certificate of ours is heard', { timeout: 30_000 }, async (t) => {
  const ca = await generate([{ name: 'commonName', value: 'ca' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true }],
  });
  const signed = (name: string) =>
    generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: ca.private, cert: ca.cert },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
  const [service, caller, stranger] = [await signed('service'), await signed('caller'), await generate()];
  const trusted = Buffer.from(ca.cert);
  const pair = (one: { cert: string; private: string }) => ({
    certificate: Buffer.from(one.cert),
    key: Buffer.from(one.private),
  });
  const server = await serving(t, { address: 'localhost:0', tls: { ...pair(service), ca: trusted } });

  const call = (tls?: DialOptions['tls']) =>
    dialing(t, server.address, tls === undefined ? {} : { tls }).createToken({ name: 'x' }, { context, deadlineMs: 5_000 });
  assert.equal((await call({ ca: trusted, ...pair(caller) })).text, 'x');
  for (const tls of [undefined, { ca: trusted }, { ca: trusted, ...pair(stranger) }, pair(caller)]) {
    await assert.rejects(call(tls), (error) => is('unavailable')(error) || is('deadline_exceeded')(error));
  }
});

test('bytes that are no message, a second context and an unknown method are refused', async (t) => {
  const server = await serving(t);
  const channel = new Channel(server.address, credentials.createInsecure());
  t.after(() => channel.close());
  const text = await signer.sign(context, 'runner');
  const asIs = (bytes: Buffer) => bytes;
  const raw = (path: string, bytes: Buffer, contexts: string[]) =>
    new Promise<{ code: number | undefined; trailer: string; error: ServiceError | null }>((resolve) => {
      const metadata: GrpcMetadata = new Metadata();
      for (const one of contexts) metadata.add('sangha-context', one);
      channel.makeUnaryRequest(path, asIs, asIs, bytes, metadata, (error) =>
        resolve({ code: error?.code, trailer: String(error?.metadata.get('sangha-error')[0]), error }),
      );
    });
  const path = '/sangha.tenant.v1.Tokens/CreateToken';
  assert.equal((await raw(path, Buffer.alloc(0), [text])).error, null);
  assert.match((await raw(path, Buffer.from([0xff, 0xff]), [text])).trailer, /"invalid_request"/);
  assert.match((await raw(path, Buffer.from([0xff, 0xff]), [])).trailer, /"context_invalid"/);
  assert.match((await raw(path, Buffer.alloc(0), [text, text])).trailer, /"context_invalid"/);
  assert.match((await raw(path, Buffer.alloc(0), [`${text}x`])).trailer, /"context_invalid"/);
  assert.equal((await raw('/sangha.tenant.v1.Tokens/Nothing', Buffer.alloc(0), [text])).code, 12);
});

test('an error code that this side does not know yet falls back to its gRPC status', async (t) => {
  const unknown = tokensWith(async () => {
    throw Object.assign(new AppError('conflict', 'A newer rule.'), { code: 'newer_than_us' });
  });
  const server = await serving(t, { services: [unknown], onError: () => {} });
  await assert.rejects(dialing(t, server.address).createToken({}, { context }), is('internal'));
});

test('a service is not started with a method missing or implemented twice', async () => {
  const { createToken: _left, ...rest } = echo.handlers;
  await assert.rejects(
    serve({ address: '127.0.0.1:0', services: [{ ...echo, handlers: rest }], verifier }),
    /CreateToken has no handler/,
  );
  await assert.rejects(serve({ address: '127.0.0.1:0', services: [echo, echo], verifier }), /two implementations/);
  assert.throws(() => local(Tokens, { services: [], audience: 'runner', signer, verifier }), /not implemented/);
});
