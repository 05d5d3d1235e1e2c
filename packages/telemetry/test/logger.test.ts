import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrgId } from '@sangha/identity';
import { createLogger, type Logger, withRequest } from '../src/index.ts';

const canary = 'sk-bodhiapp_CANARY00cAnArY11CANARY22cAnArY33CANARY44cAnAbcdefg.sangha-acme';
const orgId = '01JZZZZZZZZZZZZZZZZZZZZZZZ' as OrgId;

/** A log whose lines are kept; every line must be JSON. */
function openLog(): { log: Logger; text: () => string; lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const log = createLogger({ service: 'test', level: 'trace', destination: { write: (line: string) => written.push(line) } });
  return {
    log,
    text: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line)),
  };
}

const ways: Record<string, (log: Logger, secret: string) => void> = {
  'the message': (log, secret) => log.info(`refused ${secret}`),
  'a format argument': (log, secret) => log.info('refused %s %o', secret, { inner: secret }),
  'a field': (log, secret) => log.info({ text: secret }, 'x'),
  'a deep field': (log, secret) => log.info({ a: { b: { c: [{ d: secret }] } } }, 'x'),
  'the bindings of a child': (log, secret) => log.child({ given: secret }).info('x'),
  'bindings set later': (log, secret) => {
    const child = log.child({});
    child.setBindings({ given: secret });
    child.info('x');
  },
  "an error's message and stack": (log, secret) => log.error(new Error(`no token\n${secret}`)),
  'an error under err': (log, secret) => log.error({ err: new Error(secret) }, 'x'),
  'the cause of a cause': (log, secret) =>
    log.error({ err: new Error('a', { cause: new Error('b', { cause: new Error(secret) }) }) }),
  'one of several errors': (log, secret) => log.error({ err: new AggregateError([new Error(secret)]) }),
  'something thrown that is no error': (log, secret) => log.error({ err: { text: secret } }, 'x'),
  'JSON inside a string': (log, secret) => log.error(new Error(JSON.stringify({ sent: secret }))),
  'the name of a field': (log, secret) => log.info({ [secret]: 1 }),
  'a value with its own toJSON': (log, secret) => log.info({ one: { toJSON: () => ({ text: secret }) } }),
};

for (const [way, write] of Object.entries(ways)) {
  test(`a token in ${way} is not in the log`, () => {
    for (const secret of [
      canary,
      `hf_${'CANARYabcd'.repeat(3)}`,
      'Bearer CANARY.abcdefgh',
      'eyJCANARYhbGciOi.eyJCANARYzdWIi.CANARY',
    ]) {
      const { log, text, lines } = openLog();
      write(log, secret);
      assert.equal(lines().length, 1);
      assert.doesNotMatch(text(), /CANARY/i);
      assert.match(text(), /\[redacted\]/);
    }
  });
}

test('the values of secret names are not in the log, at any depth and however they were quoted', () => {
  const names = [
    'authorization',
    'Cookie',
    'set-cookie',
    'x-api-key',
    'X-Goog-Api-Key',
    'api_key',
    'apiKey',
    'password',
    'client_secret',
  ];
  for (const name of names) {
    for (const value of [
      'CANARY',
      'quote " and \\ CANARY',
      ['CANARY', 'CANARY'],
      { deep: ['CANARY', { a: 'CANARY' }] },
      'CANARY\nCANARY',
    ]) {
      const { log, text, lines } = openLog();
      const once = JSON.stringify({ before: 1, [name]: value, after: 'kept' });
      log.info({ headers: { before: 1, [name]: value, after: 'kept' } });
      log.child({ [name]: value }).info('x');
      log.info(once);
      log.info(JSON.stringify({ once, after: 'kept' }));
      assert.doesNotMatch(text(), /CANARY/);
      assert.equal(lines().length, 4);
      assert.equal(text().match(/kept/g)?.length, 4, 'what stands beside a secret is kept');
    }
  }
});

test('header lines, keys in addresses and passwords of connection texts are not in the log', () => {
  for (const secret of [
    'GET / HTTP/1.1\r\nAuthorization: Basic CANARY\r\nhost: a',
    "headers: { cookie: '__Host-bodhiapp_session_id=CANARY; b=CANARY' }",
    'https://example.test/v1beta/models?alt=sse&key=CANARY#x',
    'https://example.test/cb?code=CANARY&state=1',
    'postgres://sangha:CANARY@db.example.test:5432/sangha',
  ]) {
    const { log, text, lines } = openLog();
    log.warn(secret);
    log.error(new Error(secret));
    assert.equal(lines().length, 2);
    assert.doesNotMatch(text(), /CANARY/, secret);
  }
});

test('what only looks like a secret name is kept', () => {
  const { log, lines } = openLog();
  log.info(
    { tokens: 5, prompt_tokens: 7, tokenId: 't1', code: 'token_revoked', url: 'https://a.test/x?page=2' },
    'task-runner-started on disk',
  );
  const [line] = lines();
  assert.deepEqual(
    { ...line, time: undefined },
    {
      level: 'info',
      service: 'test',
      time: undefined,
      tokens: 5,
      prompt_tokens: 7,
      tokenId: 't1',
      code: 'token_revoked',
      url: 'https://a.test/x?page=2',
      msg: 'task-runner-started on disk',
    },
  );
});

test('an error is logged with code, stack and causes, without what a client hung onto it', () => {
  const { log, lines } = openLog();
  const error = Object.assign(new Error('upstream refused', { cause: new TypeError('socket') }), {
    code: 'ECONNRESET',
    request: { body: 'a prompt' },
  });
  log.error(error);
  const err = lines()[0]?.err as Record<string, unknown>;
  assert.equal(err.code, 'ECONNRESET');
  assert.match(String(err.stack), /logger\.test\.ts/);
  assert.equal((err.cause as { type: string }).type, 'TypeError');
  assert.equal(err.request, undefined);
});

test('an error that is its own cause is logged', () => {
  const { log, lines } = openLog();
  const error = new Error('loop');
  error.cause = error;
  log.error(error);
  assert.equal(lines().length, 1);
});

test("a request's log carries its organisation and its id", () => {
  const { log, lines } = openLog();
  withRequest(log, { orgId, requestId: 'r1' }).info('x');
  assert.equal(lines()[0]?.orgId, orgId);
  assert.equal(lines()[0]?.requestId, 'r1');
  assert.match(String(lines()[0]?.time), /^\d{4}-\d\d-\d\dT.*Z$/);
});

test('a long hostile text is redacted in linear time', () => {
  const { log, lines } = openLog();
  for (const piece of ['eyJaaaaaaaa-', '://a:', '"token":', '\\"token\\":[', 'Bearer ', 'cookie:'])
    log.info(piece.repeat(50_000));
  assert.equal(lines().length, 6);
});
