import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openSqliteQueue } from '../src/index.ts';
import { idsOf, message } from './contract.ts';
import { keepLog } from './fixture/log.ts';
import { temporaryFolder } from './fixture/temporary-folder.ts';

const usage = { durable: 'd', subjects: ['usage.recorded'] } as const;

/** A queue whose timers stand still until they are told to go on. */
function openFrozen(t: TestContext) {
  const file = join(temporaryFolder(t), 'messages.db');
  const queue = openSqliteQueue({ file, log: keepLog().log });
  t.after(() => queue.close());
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return queue;
}

async function turns(count = 200): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

test('a consumer that lingers takes together what came meanwhile, and records the ends of all at once', async (t) => {
  const queue = openFrozen(t);
  const handled: string[] = [];
  queue.consume({ ...usage, concurrency: 100, lingerMs: 100 }, async ({ messageId }) => void handled.push(messageId));
  const sent = Array.from({ length: 5 }, () => message());
  for (const each of sent) await queue.publish(each);
  await turns();
  assert.deepEqual(handled, []);
  t.mock.timers.tick(100);
  await turns();
  assert.deepEqual(
    handled,
    sent.map(({ messageId }) => messageId),
  );
});

test('a backlog is worked off without lingering between its messages', async (t) => {
  const queue = openFrozen(t);
  const sent = Array.from({ length: 50 }, () => message());
  for (const each of sent) await queue.publish(each);
  const handled: { messageId: string }[] = [];
  queue.consume({ ...usage, concurrency: 2, lingerMs: 100 }, async (delivery) => void handled.push(delivery));
  t.mock.timers.tick(100);
  await turns(1_000);
  assert.deepEqual(idsOf(handled), idsOf(sent));
});

test('a consumer that lingers closes at once, leaves no timer, and loses nothing', async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const queue = openSqliteQueue({ file, log: keepLog().log });
  t.after(() => queue.close());
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const lingering = queue.consume({ ...usage, lingerMs: 25_000 }, async () => assert.fail('it was still waiting for more'));
  const sent = message();
  await queue.publish(sent);
  await nextTurn();
  assert.ok(timers() > before, 'it lingers');
  await lingering.close();
  assert.equal(timers(), before);
  const { promise, resolve } = Promise.withResolvers<string>();
  queue.consume(usage, async ({ messageId, attempt }) => resolve(`${messageId} ${attempt}`));
  assert.equal(await promise, `${sent.messageId} 1`);
});

test('ends that a closing consumer has not recorded yet are recorded before it is closed', async (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const { log } = keepLog();
  const first = openSqliteQueue({ file, log });
  await first.publish(message());
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let handled = 0;
  first.consume({ ...usage, concurrency: 10, lingerMs: 100 }, async () => void handled++);
  t.mock.timers.tick(100);
  await turns();
  assert.equal(handled, 1);
  await first.close();
  // Opening ends leases: what was not recorded would come again.
  const second = openSqliteQueue({ file, log });
  t.after(() => second.close());
  second.consume(usage, async () => void handled++);
  await turns();
  assert.equal(handled, 1);
});

test('a consumer may not linger for as long as its messages are leased, nor for no number', (t) => {
  const queue = openFrozen(t);
  for (const lingerMs of [30_000, -1, 0.5, Number.NaN])
    assert.throws(() => queue.consume({ ...usage, lingerMs }, async () => undefined), {
      code: 'invalid_value',
      param: 'lingerMs',
    });
  queue.consume({ ...usage, lingerMs: 29_999 }, async () => undefined);
});
