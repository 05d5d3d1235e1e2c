import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AppError, type ErrorCode, isAppError } from '@sangha/errors';
import { type OrgContext, parseGrants } from '@sangha/identity';
import type { Call } from '../src/index.ts';
import { context, delta, signalling, signerAt, stages, stopped } from './scene.ts';

const is = (code: ErrorCode) => (error: unknown) => isAppError(error) && error.code === code;
const reasonIs = (reason: unknown, ...codes: ErrorCode[]) =>
  assert.ok(isAppError(reason) && codes.includes(reason.code), `stopped because of ${reason}`);

async function texts(events: AsyncIterable<{ delta?: { chunks: { text: string }[] } | null }>): Promise<string[]> {
  const read: string[] = [];
  for await (const event of events) read.push(event.delta?.chunks[0]?.text ?? '?');
  return read;
}

for (const [transport, stage] of Object.entries(stages)) {
  const promise = (name: string, body: (t: TestContext) => Promise<void>) =>
    test(`${transport}: ${name}`, { timeout: 30_000 }, body);

  promise('a call is answered, and the handler knows who asks', async (t) => {
    let seen: Call | undefined;
    const { tokens } = await stage(t, {
      createToken: async (request, call) => {
        seen = call;
        return { text: request.name, token: { name: request.name } };
      },
    });
    const answer = await tokens.createToken({ name: 'ci ünï' }, { context, requestId: 'request-1' });
    assert.equal(answer.text, 'ci ünï');
    assert.equal(answer.token?.name, 'ci ünï');
    assert.deepEqual(seen?.context, context);
    assert.ok(Object.isFrozen(seen?.context));
    assert.equal(seen?.requestId, 'request-1');
    assert.equal(seen?.signal.aborted, false);
  });

  promise('the answer is a copy: nothing is shared between the two sides', async (t) => {
    const token = { name: 'before' };
    const { tokens } = await stage(t, { createToken: async () => ({ token }) });
    const answer = await tokens.createToken({}, { context });
    token.name = 'after';
    assert.equal(answer.token?.name, 'before');
    assert.equal(answer.token?.scope, '', 'absent fields have their defaults');
  });

  promise('a call without a usable request id gets one', async (t) => {
    const seen: string[] = [];
    const { tokens } = await stage(t, {
      createToken: async (_request, call) => {
        seen.push(call.requestId);
        return {};
      },
    });
    await tokens.createToken({}, { context });
    await tokens.createToken({}, { context, requestId: 'two\r\nlines' });
    await tokens.createToken({}, { context, requestId: 'x'.repeat(1_000) });
    for (const id of seen) assert.match(id, /^[0-9A-Z]{26}$/);
    assert.equal(new Set(seen).size, 3);
  });

  promise('a stream arrives whole and in order', async (t) => {
    const expected = Array.from({ length: 1_000 }, (_, at) => `token ${at}`);
    const { inference } = await stage(t, {
      generate: async function* () {
        for (const text of expected) yield delta(text);
      },
    });
    assert.deepEqual(await texts(inference.generate({}, { context })), expected);
  });

  promise('an empty stream simply ends, also when asked again', async (t) => {
    const { inference } = await stage(t, { generate: async function* () {} });
    const events = inference.generate({}, { context })[Symbol.asyncIterator]();
    assert.equal((await events.next()).done, true);
    assert.equal((await events.next()).done, true);
  });

  promise('several messages may be asked for at once', async (t) => {
    const { inference } = await stage(t, {
      generate: async function* () {
        yield delta('a');
        yield delta('b');
      },
    });
    const events = inference.generate({}, { context })[Symbol.asyncIterator]();
    const results = await Promise.all([events.next(), events.next(), events.next()]);
    assert.deepEqual(
      results.map(({ value }) => value?.delta?.chunks[0]?.text),
      ['a', 'b', undefined],
    );
  });

  promise('an error arrives with its code, sentence, field, facts and time to wait, and without its cause', async (t) => {
    const thrown = new AppError('queue_full', 'Zu viele Anfragen — später wieder. 100% "voll"', {
      cause: new Error('the-secret-cause'),
      param: 'messages[2].größe',
      params: { waiting: 12, model: 'q"\n' },
      retryAfterSecs: 7,
    });
    const { tokens, inference, logged } = await stage(t, {
      createToken: async () => {
        throw thrown;
      },
      // biome-ignore lint/correctness/useYield: fails before its first message
      generate: async function* () {
        throw thrown;
      },
    });
    for (const ask of [() => tokens.createToken({}, { context }), () => texts(inference.generate({}, { context }))]) {
      await assert.rejects(ask, (error) => {
        assert.ok(isAppError(error) && error !== thrown);
        assert.deepEqual(
          [error.code, error.message, error.param, error.params, error.retryAfterSecs],
          [thrown.code, thrown.message, thrown.param, thrown.params, thrown.retryAfterSecs],
        );
        assert.equal(error.cause, undefined);
        return true;
      });
    }
    assert.deepEqual(logged, []);
  });

  promise('an error of any size and any characters arrives with its code', async (t) => {
    const { tokens } = await stage(t, {
      createToken: async () => {
        throw new AppError('alias_taken', `\ud800${'é'.repeat(100_000)}`, { param: 'x'.repeat(100_000) });
      },
    });
    await assert.rejects(tokens.createToken({}, { context }), is('alias_taken'));
  });

  promise('an unknown error is logged whole and shown as internal', async (t) => {
    const thrown = new TypeError('password of the database: hunter2');
    const { tokens, inference, logged } = await stage(t, {
      createToken: async () => {
        throw thrown;
      },
      generate: async function* () {
        yield delta('a');
        throw thrown;
      },
    });
    for (const ask of [
      () => tokens.createToken({}, { context, requestId: 'r' }),
      () => texts(inference.generate({}, { context, requestId: 'r' })),
    ]) {
      await assert.rejects(ask, (error) => {
        assert.ok(isAppError(error) && error.code === 'internal');
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${error.cause}`, /hunter2/);
        return true;
      });
    }
    assert.deepEqual(logged, [
      { error: thrown, place: { method: 'sangha.tenant.v1.Tokens/CreateToken', requestId: 'r' } },
      { error: thrown, place: { method: 'sangha.inference.v1.Inference/Generate', requestId: 'r' } },
    ]);
  });

  promise('messages before an error are delivered before it', async (t) => {
    const { inference } = await stage(t, {
      generate: async function* () {
        yield delta('a');
        yield delta('b');
        throw new AppError('engine_crashed', 'The engine crashed. Try again.');
      },
    });
    const read: string[] = [];
    await assert.rejects(async () => {
      for await (const event of inference.generate({}, { context })) read.push(event.delta?.chunks[0]?.text ?? '?');
    }, is('engine_crashed'));
    assert.deepEqual(read, ['a', 'b']);
  });

  promise('a message that cannot be written is an internal error and the handler is told to clean up', async (t) => {
    const cleaned = signalling();
    const { tokens, inference, logged } = await stage(t, {
      createToken: async () => ({ token: 7 }) as never,
      generate: async function* () {
        try {
          yield { delta: 7 } as never;
        } finally {
          cleaned.tell();
        }
      },
    });
    await assert.rejects(tokens.createToken({}, { context }), is('internal'));
    await assert.rejects(texts(inference.generate({}, { context })), is('internal'));
    await cleaned.told;
    assert.equal(logged.length, 2);
  });

  promise('a unary call ends at its deadline, and its handler hears of it', async (t) => {
    const reason = signalling<unknown>();
    const { tokens } = await stage(t, {
      createToken: async (_request, call) => {
        reason.tell(await stopped(call));
        return {};
      },
    });
    await assert.rejects(tokens.createToken({}, { context, deadlineMs: 100 }), is('deadline_exceeded'));
    // Whose clock is first is open: the service's, or that of the caller, who hangs up.
    reasonIs(await reason.told, 'deadline_exceeded', 'cancelled');
  });

  promise('a stream ends at its deadline, also when its handler does not listen', async (t) => {
    const reason = signalling<unknown>();
    const { inference } = await stage(t, {
      generate: async function* (_request, call) {
        stopped(call).then(reason.tell);
        yield delta('a');
        await new Promise(() => {});
      },
    });
    const read: string[] = [];
    await assert.rejects(async () => {
      for await (const event of inference.generate({}, { context, deadlineMs: 300 }))
        read.push(event.delta?.chunks[0]?.text ?? '?');
    }, is('deadline_exceeded'));
    assert.deepEqual(read, ['a']);
    // Whose clock is first is open: the service's, or that of the caller, who hangs up.
    reasonIs(await reason.told, 'deadline_exceeded', 'cancelled');
  });

  promise('a deadline that has passed is an error, one in the far future is none', async (t) => {
    const { tokens } = await stage(t, { createToken: async () => new Promise((resolve) => setTimeout(resolve, 50, {})) });
    await assert.rejects(tokens.createToken({}, { context, deadlineMs: -1 }), is('deadline_exceeded'));
    await tokens.createToken({}, { context, deadlineMs: 40 * 24 * 3_600_000 });
  });

  promise('a caller that gives up frees a unary handler', async (t) => {
    const [started, reason] = [signalling(), signalling<unknown>()];
    const { tokens } = await stage(t, {
      createToken: async (_request, call) => {
        started.tell();
        reason.tell(await stopped(call));
        return {};
      },
    });
    const caller = new AbortController();
    const answer = tokens.createToken({}, { context, signal: caller.signal });
    started.told.then(() => caller.abort());
    await assert.rejects(answer, is('cancelled'));
    reasonIs(await reason.told, 'cancelled');
  });

  promise('a caller that gives up frees the handler of a stream, even one that is deaf', async (t) => {
    const [started, reason] = [signalling(), signalling<unknown>()];
    const { inference } = await stage(t, {
      generate: async function* (_request, call) {
        stopped(call).then(reason.tell);
        started.tell();
        await new Promise(() => {});
      },
    });
    const caller = new AbortController();
    started.told.then(() => caller.abort());
    await assert.rejects(texts(inference.generate({}, { context, signal: caller.signal })), is('cancelled'));
    reasonIs(await reason.told, 'cancelled');
  });

  promise('breaking out of a stream cancels it and runs the finally of its handler', async (t) => {
    const [reason, cleaned] = [signalling<unknown>(), signalling()];
    const { inference, logged } = await stage(t, {
      generate: async function* (_request, call) {
        stopped(call).then(reason.tell);
        try {
          for (let at = 0; ; at++) {
            yield delta(`${at}`);
            await new Promise(setImmediate);
          }
        } finally {
          cleaned.tell();
        }
      },
    });
    for await (const _event of inference.generate({}, { context })) break;
    reasonIs(await reason.told, 'cancelled');
    await cleaned.told;
    assert.deepEqual(logged, []);
  });

  promise('a signal that was already given up starts nothing', async (t) => {
    let called = false;
    const { tokens, inference } = await stage(t, {
      createToken: async () => {
        called = true;
        return {};
      },
      generate: async function* () {
        called = true;
        yield delta('a');
      },
    });
    const signal = AbortSignal.abort();
    await assert.rejects(tokens.createToken({}, { context, signal }), is('cancelled'));
    await assert.rejects(texts(inference.generate({}, { context, signal })), is('cancelled'));
    assert.equal(called, false);
  });

  promise('a finished call leaves nothing on the signal of its caller and aborts nothing at the handler', async (t) => {
    const calls: Call[] = [];
    const { tokens, inference } = await stage(t, {
      createToken: async (_request, call) => {
        calls.push(call);
        return {};
      },
      generate: async function* (_request, call) {
        calls.push(call);
        yield delta('a');
      },
    });
    const caller = new AbortController();
    await tokens.createToken({}, { context, signal: caller.signal });
    await texts(inference.generate({}, { context, signal: caller.signal }));
    caller.abort();
    await tokens.createToken({}, { context });
    assert.deepEqual(
      calls.slice(0, 2).map((call) => call.signal.aborted),
      [false, false],
    );
  });

  for (const [what, options] of [
    ['no context', { signer: { sign: () => '' } }],
    ['no real context', { signer: { sign: () => 'a.b.c' } }],
    ['a context for another service', { audience: 'tenant-registry' }],
    ['an expired context', { signer: signerAt(() => Date.now() - 120_000) }],
  ] as const) {
    promise(`${what} is refused before the handler runs`, async (t) => {
      let called = false;
      const { tokens, inference } = await stage(
        t,
        {
          createToken: async () => {
            called = true;
            return {};
          },
          generate: async function* () {
            called = true;
            yield delta('a');
          },
        },
        options,
      );
      await assert.rejects(tokens.createToken({}, { context }), is('context_invalid'));
      await assert.rejects(texts(inference.generate({}, { context })), is('context_invalid'));
      assert.equal(called, false);
    });
  }

  promise('the largest grants fit beside a call', async (t) => {
    const ids = Array.from({ length: 500 }, (_, at) => `"${String(at).padStart(24, 'x')}"`).join();
    const large: OrgContext = Object.freeze({
      ...context,
      kind: 'api_token',
      scope: 'scope_token_user',
      tokenId: 't',
      grants: parseGrants(`{"version":"1","models":{"type":"specific","ids":[${ids}]}}`),
    });
    const { tokens } = await stage(t, { createToken: async (_request, call) => ({ text: JSON.stringify(call.context) }) });
    const { text } = await tokens.createToken({}, { context: large });
    assert.deepEqual(JSON.parse(text), large);
  });

  promise('a request over the limit of the service is refused, one under it passes', async (t) => {
    let called = 0;
    const { tokens } = await stage(
      t,
      {
        createToken: async () => {
          called++;
          return {};
        },
      },
      { serverMaxBytes: 65_536 },
    );
    await assert.rejects(tokens.createToken({ name: 'x'.repeat(65_536) }, { context }), is('body_too_large'));
    assert.equal(called, 0);
    await tokens.createToken({ name: 'x'.repeat(65_000) }, { context });
    assert.equal(called, 1);
  });

  promise('a request over the limit of the client is not sent', async (t) => {
    const { tokens } = await stage(t, { createToken: async () => ({}) }, { clientMaxBytes: 65_536 });
    await assert.rejects(tokens.createToken({ name: 'x'.repeat(65_536) }, { context }), is('body_too_large'));
  });

  for (const [side, options] of [
    ['service', { serverMaxBytes: 65_536 }],
    ['client', { clientMaxBytes: 65_536 }],
  ] as const) {
    promise(`an answer over the limit of the ${side} is refused, and its stream is cleaned up`, async (t) => {
      const cleaned = signalling();
      const { tokens, inference } = await stage(
        t,
        {
          createToken: async () => ({ text: 'x'.repeat(65_536) }),
          generate: async function* () {
            try {
              yield delta('a');
              yield delta('x'.repeat(65_536));
              yield delta('never');
            } finally {
              cleaned.tell();
            }
          },
        },
        options,
      );
      await assert.rejects(tokens.createToken({}, { context }), is('body_too_large'));
      await assert.rejects(texts(inference.generate({}, { context })), is('body_too_large'));
      await cleaned.told;
    });
  }

  promise('large messages pass under the limit', async (t) => {
    const { tokens } = await stage(t, { createToken: async ({ name }) => ({ text: name }) });
    const name = 'x'.repeat(8_000_000);
    assert.equal((await tokens.createToken({ name }, { context })).text, name);
  });

  promise('a slow reader holds the handler back, and loses nothing', async (t) => {
    const size = 64 * 1024;
    const total = 400;
    let made = 0;
    const { inference } = await stage(t, {
      generate: async function* () {
        for (; made < total; made++) yield delta('x'.repeat(size));
      },
    });
    let read = 0;
    for await (const _event of inference.generate({}, { context })) {
      if (read === 0) await standsStill(() => made);
      if (read === 0) assert.ok(made < total / 2, `${made} of ${total} messages were made for a reader that took one`);
      read++;
    }
    assert.equal(read, total);
  });

  promise('the end of the service ends running calls with a reason and refuses new ones', async (t) => {
    const [reason, cleaned] = [signalling<unknown>(), signalling()];
    const { tokens, inference, close } = await stage(t, {
      createToken: async () => ({}),
      generate: async function* (_request, call) {
        const told = stopped(call);
        told.then(reason.tell);
        try {
          yield delta('a');
          await told;
          yield delta('too late');
        } finally {
          cleaned.tell();
        }
      },
    });
    const read: string[] = [];
    await assert.rejects(async () => {
      for await (const event of inference.generate({}, { context })) {
        read.push(event.delta?.chunks[0]?.text ?? '?');
        close();
      }
    }, is('shutting_down'));
    reasonIs(await reason.told, 'shutting_down');
    await cleaned.told;
    assert.deepEqual(read, ['a']);
    await close();
    await assert.rejects(tokens.createToken({}, { context }), (error) => is('unavailable')(error) || is('shutting_down')(error));
  });
}

/** Waits until a count has not changed for a while. */
async function standsStill(count: () => number): Promise<void> {
  for (let before = -1, quiet = 0; quiet < 10; quiet = count() === before ? quiet + 1 : 0) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
