import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@sangha/errors';
import { orgContext, twoOrganizations } from '@sangha/testkit/contexts';
import { createScriptedEngines, type ScriptedModel } from '../src/engines/scripted.ts';
import { manualClock } from './manual-clock.ts';
import {
  generate,
  hasDelta,
  isLoading,
  modelSpec,
  read,
  readUntil,
  type StartedRunner,
  sha,
  startRunner,
  until,
} from './start-runner.ts';

const model = (digit: string, differences = {}) => modelSpec({ sha256: sha(digit), ...differences });
const long: ScriptedModel = { script: { reply: 'w '.repeat(100_000).trim(), tokenMs: 1 } };
const platform = { context: { kind: 'platform' } } as const;

async function states({ client }: Pick<StartedRunner, 'client'>): Promise<string[]> {
  const { engines } = await client.listEngines({}, platform);
  return engines.map(({ sha256, state }) => `${sha256[0]} ${state}`);
}

test('requests for a model that is loading share one load, and each hears of its progress', async (t) => {
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: { script: { loadMs: 40, reply: 'ok' } } } });
  const answers = await Promise.all(Array.from({ length: 8 }, () => read(generate(client, orgContext()))));
  assert.equal(engines.attempts, 1);
  for (const { finished, events } of answers) {
    assert.ok(finished);
    const fractions = events.filter(isLoading).map(({ loading }) => loading?.fraction ?? 0);
    assert.ok(
      fractions.length >= 2 && fractions.every((fraction, index) => index === 0 || fraction >= (fractions[index - 1] ?? 0)),
      `${fractions}`,
    );
  }
});

test('one file with another context is another engine; the same one said in another way is not', async (t) => {
  const { client, engines } = await startRunner(t, { config: { defaultContextSize: 1_024 } });
  for (const contextSize of [undefined, 1_024, 2_048, 1_000_000, 8_192])
    await read(generate(client, orgContext(), { model: model('a', contextSize === undefined ? {} : { contextSize }) }));
  assert.deepEqual(
    engines.opened.map(({ spec }) => spec.contextSize),
    [1_024, 2_048, 8_192],
  );
});

test('sequences that nobody asked for are halved until the model fits', async (t) => {
  const { client, engines } = await startRunner(t, {
    models: { [sha('a')]: { bytes: ({ sequences }) => 100 * sequences } },
    config: { memoryBudgetBytes: 250, defaultSequences: 4 },
  });
  await read(generate(client, orgContext()));
  assert.equal(engines.opened[0]?.spec.sequences, 2);
  const { error } = await read(generate(client, orgContext(), { model: model('a', { sequences: 4 }) }));
  assert.equal(error?.code, 'no_memory');
});

test('an engine gets no more threads than are free, whatever is asked for', async (t) => {
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: long }, config: { threads: 3 } });
  const stop = new AbortController();
  await readUntil(generate(client, orgContext(), {}, stop.signal), hasDelta).reached;
  await read(generate(client, orgContext(), { model: model('b') }));
  await read(generate(client, orgContext(), { model: model('c', { threads: 64 }) }));
  stop.abort();
  assert.deepEqual(
    engines.opened.map(({ spec }) => spec.threads),
    [3, 1, 3],
  );
});

test('a model that could not be loaded is an error for everyone who waited, and the next request tries again', async (t) => {
  let broken = true;
  const script = () =>
    broken ? { loadMs: 5, loadError: new AppError('model_load_failed', 'The engine could not load the model.') } : {};
  const { client, usage } = await startRunner(t, { models: { [sha('a')]: { script } } });
  const answers = await Promise.all([1, 2, 3].map(() => read(generate(client, orgContext()))));
  assert.deepEqual(
    answers.map(({ error }) => error?.code),
    ['model_load_failed', 'model_load_failed', 'model_load_failed'],
  );
  broken = false;
  assert.ok((await read(generate(client, orgContext(), { requestId: 'served' }))).finished);
  assert.deepEqual(
    (await usage(1)).map(({ requestId }) => requestId),
    ['served'],
  );
});

test('a load that nobody waits for any more is given up; with another waiter it goes on', async (t) => {
  const runner = await startRunner(t, {
    models: { [sha('a')]: { script: { loadMs: 60_000 } }, [sha('b')]: { script: { loadMs: 60 } } },
  });
  const leave = new AbortController();
  const alone = readUntil(generate(runner.client, orgContext(), { model: model('a') }, leave.signal), isLoading);
  const shared = [leave.signal, undefined].map((signal) =>
    readUntil(generate(runner.client, orgContext(), { model: model('b') }, signal), isLoading),
  );
  await Promise.all([alone, ...shared].map(({ reached }) => reached));
  leave.abort();
  assert.equal((await alone.answer).error?.code, 'cancelled');
  const [left, stayed] = await Promise.all(shared.map(({ answer }) => answer));
  assert.equal(left?.error?.code, 'cancelled');
  assert.ok(stayed?.finished);
  await until(async () => (await states(runner)).join() === 'b ready');
  assert.equal(runner.engines.opened.length, 1);
});

test('an engine that dies takes its own callers with it and nobody else; the next request starts it anew', async (t) => {
  const { victim, stranger } = twoOrganizations();
  const runner = await startRunner(t, { models: { [sha('a')]: long, [sha('b')]: long } });
  const stop = new AbortController();
  const hit = readUntil(generate(runner.client, victim, { requestId: 'hit' }), hasDelta);
  const spared = readUntil(generate(runner.client, stranger, { model: model('b') }, stop.signal), hasDelta);
  await Promise.all([hit.reached, spared.reached]);

  runner.engines.opened.find(({ spec }) => spec.sha256 === sha('a'))?.crash();
  const answer = await hit.answer;
  assert.equal(answer.error?.code, 'engine_crashed');
  const [record] = await runner.usage(1);
  assert.deepEqual([record?.requestId, record?.outcome, record?.promptTokens], ['hit', 'failed', 3]);
  assert.ok((record?.completionTokens ?? 0) >= 1);
  assert.equal(await runner.metric('sangha_runner_engine_crashes_total'), 1);

  const again = readUntil(generate(runner.client, victim, {}, stop.signal), hasDelta);
  await again.reached;
  stop.abort();
  assert.equal((await spared.answer).error?.code, 'cancelled');
  assert.equal(runner.engines.opened.length, 3);
});

test('who waited in the queue of an engine that died is served by the next one', async (t) => {
  const { victim, stranger } = twoOrganizations();
  const script = {
    reply: ({ requestId }: { requestId: string }) => (requestId === 'poison' ? 'w '.repeat(100_000).trim() : 'fine'),
  };
  const runner = await startRunner(t, { models: { [sha('a')]: { script } } });
  const one = model('a', { sequences: 1 });
  const poison = readUntil(generate(runner.client, stranger, { requestId: 'poison', model: one }), hasDelta);
  await poison.reached;
  const waiting = readUntil(generate(runner.client, victim, { model: one }), ({ event }) => event === 'queued');
  await waiting.reached;
  runner.engines.opened[0]?.crash();
  assert.equal((await poison.answer).error?.code, 'engine_crashed');
  assert.equal((await waiting.answer).text, 'fine');
});

test('an engine that dies again and again is left alone for a while, which is said, and then tried again', async (t) => {
  const clock = manualClock();
  let fatal = true;
  const script = () => (fatal ? { reply: 'a b c', crashAtToken: 1 } : { reply: 'a b c' });
  const { client, engines } = await startRunner(t, { models: { [sha('a')]: { script } }, clock });
  for (const _ of [1, 2]) assert.equal((await read(generate(client, orgContext()))).error?.code, 'engine_crashed');
  await until(() => engines.attempts === 2);

  const blocked = await read(generate(client, orgContext()));
  assert.equal(blocked.error?.code, 'engine_crashed');
  assert.match(blocked.error?.message ?? '', /failed 2 times/);
  assert.equal(blocked.error?.retryAfterSecs, 1);
  assert.ok((await read(generate(client, orgContext(), { model: model('b') }))).finished, 'another model is served meanwhile');
  assert.equal(engines.attempts, 3);

  fatal = false;
  clock.advance(1_000);
  assert.ok((await read(generate(client, orgContext()))).finished);
});

test('an engine that ignores an abort is ended, so that its sequence is not lost for ever', async (t) => {
  let stubborn = true;
  const script = () => (stubborn ? { reply: 'a b c', ignoresAbort: true, tokenMs: 2 } : { reply: 'a b c' });
  const { client, engines, usage } = await startRunner(t, { models: { [sha('a')]: { script } }, config: { engineStopMs: 30 } });
  const leave = new AbortController();
  const hanging = readUntil(generate(client, orgContext(), { model: model('a', { sequences: 1 }) }, leave.signal), hasDelta);
  await hanging.reached;
  leave.abort();
  assert.equal((await hanging.answer).error?.code, 'cancelled');
  stubborn = false;
  assert.ok((await read(generate(client, orgContext(), { model: model('a', { sequences: 1 }) }))).finished);
  assert.equal(engines.opened[0]?.state, 'closed');
  assert.equal((await usage(1))[0]?.outcome, 'aborted');
});

test('an engine that grows far beyond its estimate is ended before the machine suffers; others are spared', async (t) => {
  const gib = 1024 ** 3;
  const clock = manualClock();
  const growing = (memoryBytes: number): ScriptedModel => ({ bytes: gib, script: { ...long.script, memoryBytes } });
  const runner = await startRunner(t, {
    clock,
    models: { [sha('a')]: growing(2.1 * gib), [sha('b')]: growing(1.9 * gib) },
    config: { memoryBudgetBytes: 2 * gib },
  });
  const stop = new AbortController();
  const [grown, normal] = ['a', 'b'].map((digit) =>
    readUntil(generate(runner.client, orgContext(), { model: model(digit) }, stop.signal), hasDelta),
  );
  await Promise.all([grown?.reached, normal?.reached]);
  clock.advance(1_000);
  const answer = await grown?.answer;
  assert.equal(answer?.error?.code, 'engine_crashed');
  assert.match(answer?.error?.message ?? '', /memory/);
  clock.advance(1_000);
  assert.deepEqual(await states(runner), ['b ready']);
  assert.equal((await runner.usage(1))[0]?.outcome, 'failed');
  stop.abort();
});

test('an idle model is unloaded when its keep-alive is over, and not before', async (t) => {
  const clock = manualClock();
  const runner = await startRunner(t, { clock, config: { keepAliveSecs: 300 } });
  await read(generate(runner.client, orgContext()));
  clock.advance(200_000);
  await read(generate(runner.client, orgContext()));
  clock.advance(299_999);
  assert.deepEqual(await states(runner), ['a ready']);
  clock.advance(1);
  await until(() => runner.engines.opened[0]?.state === 'closed');
  assert.deepEqual(await states(runner), []);
});

test('keep-alive counts from the end of a load, however long that took', async (t) => {
  const clock = manualClock();
  const runner = await startRunner(t, { clock, models: { [sha('a')]: { script: { loadMs: 40 } } } });
  const load = runner.client
    .loadModel({ model: model('a', { keepAliveSecs: 10 }), modelId: 'm' }, { context: orgContext() })
    [Symbol.asyncIterator]();
  await load.next();
  clock.advance(60_000);
  while (!(await load.next()).done);
  clock.advance(9_999);
  assert.deepEqual(await states(runner), ['a ready']);
  clock.advance(1);
  await until(() => runner.engines.opened[0]?.state === 'closed');
});

test('a keep-alive of 0 unloads when the last request ends, and never under a running one', async (t) => {
  const clock = manualClock();
  const runner = await startRunner(t, { clock, models: { [sha('a')]: long } });
  const stop = new AbortController();
  const spec = model('a', { keepAliveSecs: 0 });
  const [one, two] = [1, 2].map(() => readUntil(generate(runner.client, orgContext(), { model: spec }, stop.signal), hasDelta));
  await Promise.all([one?.reached, two?.reached]);
  await read(generate(runner.client, orgContext(), { model: spec, maxTokens: 1 }));
  clock.advance(86_400_000);
  assert.deepEqual(await states(runner), ['a ready']);
  stop.abort();
  await until(() => runner.engines.opened[0]?.state === 'closed');
});

test("one organisation's keep-alive of 0 does not unload what another keeps", async (t) => {
  const clock = manualClock();
  const { victim, stranger } = twoOrganizations();
  const runner = await startRunner(t, { clock });
  await read(generate(runner.client, victim, { model: model('a', { keepAliveSecs: 60 }) }));
  await read(generate(runner.client, stranger, { model: model('a', { keepAliveSecs: 0 }) }));
  clock.advance(59_999);
  assert.deepEqual(await states(runner), ['a ready']);
  clock.advance(1);
  await until(() => runner.engines.opened[0]?.state === 'closed');
});

test('a model that does not fit beside the others takes the place of the idle one that was used least recently', async (t) => {
  const clock = manualClock();
  const third = { bytes: 100 };
  const runner = await startRunner(t, {
    clock,
    models: Object.fromEntries(['a', 'b', 'c', 'd'].map((digit) => [sha(digit), third])),
    config: { memoryBudgetBytes: 300 },
  });
  for (const digit of ['a', 'b', 'c', 'a', 'd']) {
    await read(generate(runner.client, orgContext(), { model: model(digit) }));
    clock.advance(1_000);
  }
  assert.deepEqual((await states(runner)).sort(), ['a ready', 'c ready', 'd ready']);
  assert.equal(runner.engines.opened[1]?.state, 'closed');
});

test('a model that is loading or in use is never unloaded for another, which is refused with the numbers', async (t) => {
  const gib = 1024 ** 3;
  const runner = await startRunner(t, {
    models: {
      [sha('a')]: { ...long, bytes: gib },
      [sha('b')]: { bytes: gib, script: { loadMs: 60_000 } },
      [sha('c')]: { bytes: 1.5 * gib },
      [sha('d')]: { bytes: 9 * gib },
    },
    config: { memoryBudgetBytes: 2 * gib },
  });
  const stop = new AbortController();
  const busy = readUntil(generate(runner.client, orgContext(), { model: model('a') }, stop.signal), hasDelta);
  const loading = readUntil(generate(runner.client, orgContext(), { model: model('b') }, stop.signal), isLoading);
  await Promise.all([busy.reached, loading.reached]);

  const refused = await read(generate(runner.client, orgContext(), { model: model('c') }));
  assert.equal(refused.error?.code, 'no_memory');
  assert.match(refused.error?.message ?? '', /needs about 1\.5 GiB; of the 2\.0 GiB .* 0\.00 GiB can be freed/);
  assert.ok((refused.error?.retryAfterSecs ?? 0) > 0);
  assert.deepEqual((await states(runner)).sort(), ['a ready', 'b loading']);

  const never = await read(generate(runner.client, orgContext(), { model: model('d') }));
  assert.match(never.error?.message ?? '', /needs about 9\.0 GiB, and 2\.0 GiB may be used/);
  assert.equal(never.error?.retryAfterSecs, undefined);

  stop.abort();
  await Promise.all([busy.answer, loading.answer]);
  assert.ok((await read(generate(runner.client, orgContext(), { model: model('c') }))).finished, 'idle now, so it goes');
});

test('the memory of a model is taken again only when its process is gone', async (t) => {
  const scripted = createScriptedEngines({ models: { [sha('a')]: { bytes: 100 }, [sha('b')]: { bytes: 100 } } });
  const { promise: exit, resolve: letGo } = Promise.withResolvers<void>();
  let openedWhileHeld = false;
  let held = false;
  const engines = {
    async open(spec: Parameters<typeof scripted.open>[0], options: Parameters<typeof scripted.open>[1]) {
      openedWhileHeld ||= held;
      const engine = await scripted.open(spec, options);
      return {
        ...engine,
        async close() {
          held = true;
          await exit;
          await engine.close();
          held = false;
        },
      };
    },
  };
  const { inspect, blobs } = scripted;
  const { client } = await startRunner(t, { config: { memoryBudgetBytes: 150 }, deps: { engines, inspect, blobs } });
  await read(generate(client, orgContext()));
  const next = readUntil(generate(client, orgContext(), { model: model('b') }), isLoading);
  await next.reached;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(scripted.attempts, 1);
  letGo();
  assert.ok((await next.answer).finished);
  assert.equal(openedWhileHeld, false);
});

test('LoadModel reports progress to ready; a load that fails is its error', async (t) => {
  const failing = { script: { loadError: new AppError('model_unusable', 'The engine can not use this file.') } };
  const runner = await startRunner(t, { models: { [sha('b')]: failing } });
  const context = orgContext();
  const load = async (digit: string) => {
    const progress = [];
    for await (const each of runner.client.loadModel({ model: model(digit), modelId: 'm' }, { context })) progress.push(each);
    return progress;
  };
  assert.deepEqual((await load('a')).at(-1), { fraction: 1, ready: true });
  assert.deepEqual(await load('a'), [{ fraction: 1, ready: true }]);
  await assert.rejects(load('b'), { code: 'model_unusable' });
  assert.deepEqual(await states(runner), ['a ready']);
});

test('an organisation sees only models that it uses, under its own name and with its own counts', async (t) => {
  const clock = manualClock();
  const { victim, stranger } = twoOrganizations();
  const runner = await startRunner(t, { clock, models: { [sha('a')]: long } });
  const stop = new AbortController();
  const secret = [1, 2].map(() =>
    readUntil(generate(runner.client, victim, { modelId: 'secret-project' }, stop.signal), hasDelta),
  );
  await Promise.all(secret.map(({ reached }) => reached));
  assert.deepEqual(await runner.client.listEngines({}, { context: stranger }), {
    engines: [],
    budgetBytes: 1024 ** 3,
    usedBytes: 0,
  });

  clock.advance(5_000);
  await read(generate(runner.client, stranger, { modelId: 'mine', maxTokens: 1, model: model('a', { keepAliveSecs: 7 }) }));
  const own = await runner.client.listEngines({}, { context: stranger });
  assert.doesNotMatch(JSON.stringify(own), /secret/);
  const [engine] = own.engines;
  assert.deepEqual([engine?.modelId, engine?.running, engine?.queued, engine?.state], ['mine', 0, 0, 'ready']);
  assert.equal(engine?.loadedAt, new Date(clock.now()).toISOString());
  assert.equal(engine?.expiresAt, new Date(clock.now() + 7_000).toISOString());

  const all = await runner.client.listEngines({}, platform);
  assert.deepEqual(
    all.engines.map(({ running }) => running),
    [2],
  );
  clock.advance(7_000);
  assert.deepEqual((await runner.client.listEngines({}, { context: stranger })).engines, []);
  stop.abort();
});

test('an organisation lets go of a model for itself alone; it is unloaded when nobody else keeps it', async (t) => {
  const { victim, stranger } = twoOrganizations();
  const runner = await startRunner(t);
  for (const context of [victim, stranger]) await read(generate(runner.client, context));
  const unload = (context: typeof victim) => runner.client.unloadModel({ sha256: sha('a') }, { context });
  assert.deepEqual(await unload(orgContext()), { unloaded: 0 });
  assert.deepEqual(await unload(stranger), { unloaded: 1 });
  assert.deepEqual(await unload(stranger), { unloaded: 0 });
  assert.deepEqual(await states(runner), ['a ready']);
  assert.deepEqual(await unload(victim), { unloaded: 1 });
  await until(() => runner.engines.opened[0]?.state === 'closed');
});

test('the platform unloads what is idle, and leaves alone what is in use', async (t) => {
  const runner = await startRunner(t, { models: { [sha('a')]: long } });
  const stop = new AbortController();
  await readUntil(generate(runner.client, orgContext(), {}, stop.signal), hasDelta).reached;
  assert.deepEqual(await runner.client.unloadModel({ sha256: sha('a') }, platform), { unloaded: 0 });
  stop.abort();
  await until(() => runner.engines.opened[0]?.busy === 0);
  await until(async () => (await runner.client.unloadModel({ sha256: sha('a') }, platform)).unloaded === 1);
  await until(() => runner.engines.opened[0]?.state === 'closed');
});

test('closing refuses what waits, lets what runs finish in the grace period, and ends every engine', async (t) => {
  const script = { reply: 'w '.repeat(30).trim(), tokenMs: 2 };
  const runner = await startRunner(t, { models: { [sha('a')]: { script } }, config: { closeGraceMs: 60_000 } });
  const spec = model('a', { sequences: 1 });
  const running = readUntil(generate(runner.client, orgContext(), { model: spec }), hasDelta);
  await running.reached;
  const waiting = readUntil(generate(runner.client, orgContext(), { model: spec }), ({ event }) => event === 'queued');
  await waiting.reached;
  const closed = runner.close();
  assert.equal((await waiting.answer).error?.code, 'shutting_down');
  assert.equal((await read(generate(runner.client, orgContext(), { model: spec }))).error?.code, 'shutting_down');
  assert.ok((await running.answer).finished);
  await closed;
  assert.equal(runner.engines.opened[0]?.state, 'closed');
});

test('what still runs after the grace period is stopped and metered', async (t) => {
  const runner = await startRunner(t, { models: { [sha('a')]: long }, config: { closeGraceMs: 0 } });
  const running = readUntil(generate(runner.client, orgContext()), hasDelta);
  await running.reached;
  await runner.close();
  assert.equal((await running.answer).error?.code, 'shutting_down');
  const [record] = await runner.usage(1);
  assert.equal(record?.outcome, 'failed');
  assert.ok((record?.completionTokens ?? 0) >= 1);
});
