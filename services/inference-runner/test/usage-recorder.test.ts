import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Messaging, openSqliteQueue } from '@sangha/messaging';
import { createLogger } from '@sangha/telemetry';
import { orgContext } from '@sangha/testkit/contexts';
import { createUsageRecorder } from '../src/usage-recorder.ts';
import { manualClock } from './manual-clock.ts';
import { generate, read, startRunner } from './start-runner.ts';

const usage = (requestId: string) => ({
  context: orgContext(),
  requestId,
  modelId: 'm',
  outcome: 'completed' as const,
  promptTokens: 1,
  completionTokens: 41,
  cachedTokens: 0,
});

/** A real queue whose first `failures` publications fail, and what was logged. */
async function flakyQueue(t: TestContext, failures: number) {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-usage-'));
  const lines: string[] = [];
  const log = createLogger({ service: 'runner', level: 'error', destination: { write: (line) => void lines.push(line) } });
  const queue = openSqliteQueue({ file: join(folder, 'bus.db'), log });
  t.after(async () => {
    await queue.close();
    await rm(folder, { recursive: true, force: true });
  });
  let left = failures;
  const messaging: Messaging = {
    ...queue,
    publish: (message) => (left-- > 0 ? Promise.reject(new Error('the bus is down')) : queue.publish(message)),
  };
  const stored = Promise.withResolvers<void>();
  const consumer = queue.consume({ durable: 'd', subjects: ['usage.recorded'] }, async () => stored.resolve());
  t.after(() => consumer.close());
  return { messaging, lines, log, stored: stored.promise };
}

/** Lets the promises of this tick settle, then rings the timers. */
async function pass(clock: ReturnType<typeof manualClock>, ms: number, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(ms);
  }
}

test('a record whose bus is down for a moment is stored when it is back, without holding up the answer', async (t) => {
  const clock = manualClock();
  const { messaging, log, stored } = await flakyQueue(t, 3);
  const recorder = createUsageRecorder({ messaging, clock, log });
  const recorded = recorder.record(usage('r'));
  await pass(clock, 1_000, 1);
  await recorded;
  await pass(clock, 1_000, 10);
  await stored;
  await recorder.close();
});

test('a record that can not be stored at all is written to the log with its numbers', async (t) => {
  const clock = manualClock();
  const { messaging, log, lines } = await flakyQueue(t, 1_000);
  const recorder = createUsageRecorder({ messaging, clock, log });
  const recorded = recorder.record(usage('lost'));
  await pass(clock, 15_000, 10);
  await recorded;
  await recorder.close();
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /"requestId":"lost".*"completionTokens":41/);
});

test('the caller has the whole answer before its record is stored, and a bus that hangs ends the stream a second later', async (t) => {
  const clock = manualClock();
  const { promise: back, resolve: comeBack } = Promise.withResolvers<void>();
  const { messaging } = await flakyQueue(t, 0);
  const hanging: Messaging = { ...messaging, publish: () => back };
  const { client } = await startRunner(t, { clock, deps: { messaging: hanging } });
  let ended = false;
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  const answer = read(generate(client, orgContext()), ({ event }) => event === 'finished' && resolve());
  void answer.then(() => {
    ended = true;
  });
  await finished;
  await pass(clock, 0, 5);
  assert.equal(ended, false);
  clock.advance(1_000);
  assert.ok((await answer).finished);
  comeBack();
});

test('closing does not wait for ever for a bus that hangs; what it holds goes to the log', async (t) => {
  const clock = manualClock();
  const { messaging, log, lines } = await flakyQueue(t, 0);
  const recorder = createUsageRecorder({ messaging: { ...messaging, publish: () => new Promise(() => {}) }, clock, log });
  void recorder.record(usage('held'));
  const closed = recorder.close();
  await pass(clock, 30_000, 2);
  await closed;
  assert.match(lines.join(), /"requestId":"held"/);
});
