import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrgContext } from '@sangha/identity';
import { orgContext, twoOrganizations } from '@sangha/testkit/contexts';
import { manualClock } from './manual-clock.ts';
import {
  type Answer,
  generate,
  hasDelta,
  isQueued,
  modelSpec,
  read,
  readUntil,
  type StartedRunner,
  sha,
  startRunner,
  until,
} from './start-runner.ts';

const oneAtATime = modelSpec({ sequences: 1 });
const words = (count: number): string => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');

/** A runner whose only sequence is held by `holder` until `free` is called. */
async function occupied(
  t: Parameters<typeof startRunner>[0],
  holder: OrgContext,
  options: Parameters<typeof startRunner>[1] = {},
) {
  const runner = await startRunner(t, {
    models: {
      [sha('a')]: { script: { reply: ({ requestId }) => (requestId === 'holder' ? words(100_000) : 'a'), tokenMs: 1 } },
    },
    ...options,
  });
  const stop = new AbortController();
  const held = readUntil(generate(runner.client, holder, { requestId: 'holder', model: oneAtATime }, stop.signal), hasDelta);
  await held.reached;
  return { ...runner, free: () => stop.abort(), held: held.answer };
}

function ask(runner: Pick<StartedRunner, 'client'>, context: OrgContext, requestId: string, signal?: AbortSignal) {
  return readUntil(generate(runner.client, context, { requestId, model: oneAtATime }, signal), isQueued);
}

test('a flood of one organisation delays the single request of another by no more than what is running', async (t) => {
  const { victim, stranger } = twoOrganizations();
  const runner = await occupied(t, stranger, { config: { queuedPerOrg: 1_000, queuedPerModel: 2_000 } });
  const flood = Array.from({ length: 100 }, (_, index) => ask(runner, stranger, `flood ${index}`.replace(' ', '-')));
  await Promise.all(flood.map(({ reached }) => reached));
  const single = ask(runner, victim, 'single');
  await single.reached;

  runner.free();
  const answers = await Promise.all([single, ...flood].map(({ answer }) => answer));
  assert.ok(answers.every(({ finished }) => finished));
  assert.equal(runner.engines.opened[0]?.requests[1]?.requestId, 'single');
});

test('a request that waits hears its place, and again at most once a second', async (t) => {
  const clock = manualClock();
  const { victim, stranger } = twoOrganizations();
  const runner = await occupied(t, stranger, { clock });
  const leave = new AbortController();
  const [first, second] = [ask(runner, stranger, 'first', leave.signal), ask(runner, stranger, 'second')];
  await Promise.all([first.reached, second.reached]);
  const single = ask(runner, victim, 'single');
  await single.reached;

  clock.advance(999);
  leave.abort();
  await first.answer;
  clock.advance(1);
  clock.advance(5_000);
  runner.free();
  const places = ({ events }: Answer) => events.filter(isQueued).map(({ queued }) => queued?.position);
  assert.deepEqual(places(await single.answer), [1]);
  const heard = places(await second.answer);
  // 2 when it came, then 2 again behind the other organisation once the first had left: said once.
  assert.deepEqual(heard, [2]);
});

test('a caller that hangs up in the queue leaves it, is not metered, and the next one moves up', async (t) => {
  const { victim, stranger } = twoOrganizations();
  const runner = await occupied(t, stranger);
  const leave = new AbortController();
  const leaver = ask(runner, victim, 'leaver', leave.signal);
  await leaver.reached;
  const next = ask(runner, victim, 'next');
  await next.reached;
  assert.equal(await runner.metric('sangha_runner_queue_length'), 2);

  leave.abort();
  assert.equal((await leaver.answer).error?.code, 'cancelled');
  assert.equal(await runner.metric('sangha_runner_queue_length'), 1);
  runner.free();
  assert.ok((await next.answer).finished);
  assert.deepEqual(
    (await runner.usage(2)).map(({ requestId }) => requestId),
    ['holder', 'next'],
  );
  assert.deepEqual(
    runner.engines.opened[0]?.requests.map(({ requestId }) => requestId),
    ['holder', 'next'],
  );
});

test('an organisation whose line is full is told when to come back, and others are not', async (t) => {
  const { victim, stranger } = twoOrganizations();
  const runner = await occupied(t, stranger, { config: { queuedPerOrg: 2, queuedPerModel: 3 } });
  const waiting = [ask(runner, stranger, 'one'), ask(runner, stranger, 'two')];
  await Promise.all(waiting.map(({ reached }) => reached));

  const refused = await ask(runner, stranger, 'three').answer;
  assert.equal(refused.error?.code, 'queue_full');
  assert.match(refused.error?.message ?? '', /already has 2 requests waiting/);
  assert.ok((refused.error?.retryAfterSecs ?? 0) >= 1);
  const other = ask(runner, victim, 'other');
  await other.reached;
  const beyond = await ask(runner, orgContext(), 'beyond').answer;
  assert.equal(beyond.error?.code, 'queue_full');
  assert.doesNotMatch(beyond.error?.message ?? '', /organisation/);

  runner.free();
  await Promise.all([other, ...waiting].map(({ answer }) => answer));
  const records = await runner.usage(4);
  assert.deepEqual(records.map(({ requestId }) => requestId).sort(), ['holder', 'one', 'other', 'two']);
});

test('organisations that flood at the same time get the same number of tokens', async (t) => {
  const orgs = [orgContext(), orgContext(), orgContext()];
  const runner = await startRunner(t, {
    models: {
      [sha('a')]: {
        script: { reply: ({ requestId }) => words(requestId.startsWith('0') ? 40 : requestId.startsWith('1') ? 4 : 12) },
      },
    },
    config: { queuedPerOrg: 1_000 },
  });
  const counts = [20, 200, 66];
  const model = modelSpec({ sequences: 2 });
  const answers = orgs.map((context, index) =>
    Array.from({ length: counts[index] ?? 0 }, (_, each) =>
      read(generate(runner.client, context, { requestId: `${index}-${each}`, model, prompt: 'p' })),
    ),
  );
  // Look when half of all tokens are served.
  await until(async () => (await runner.metric('sangha_runner_tokens_total')) > 1_200);
  const records = await runner.usage(1);
  const served = orgs.map(({ orgId }) =>
    records.filter((each) => each.orgId === orgId).reduce((sum, each) => sum + each.completionTokens + 1, 0),
  );
  await Promise.all(answers.flat());
  assert.ok(Math.max(...served) - Math.min(...served) < 250, `${served}`);
  assert.equal(runner.engines.opened[0]?.mostBusy, 2);
});

test('n choices take n sequences, and more than there are is refused with both numbers', async (t) => {
  const runner = await startRunner(t, { models: { [sha('a')]: { script: { reply: words(10), tokenMs: 1 } } } });
  const context = orgContext();
  const model = modelSpec({ sequences: 3 });
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) => read(generate(runner.client, context, { model, n: 1 + (index % 3) }))),
  );
  assert.deepEqual(
    answers.map(({ finished }) => finished?.choices.length),
    [1, 2, 3, 1, 2, 3],
  );
  assert.equal(runner.engines.opened[0]?.mostBusy, 3);

  const { error } = await read(generate(runner.client, context, { model, n: 4 }));
  assert.deepEqual([error?.code, error?.param], ['invalid_value', 'n']);
  assert.match(error?.message ?? '', /n is 4.*at most 3/);
});

test('the time in the queue is part of the usage that the caller sees', async (t) => {
  const clock = manualClock();
  const runner = await occupied(t, orgContext(), { clock });
  const waiting = ask(runner, orgContext(), 'waiting');
  await waiting.reached;
  clock.advance(2_500);
  runner.free();
  assert.equal((await waiting.answer).finished?.usage?.queueMs, 2_500);
});
