import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import SqliteConnection from 'better-sqlite3';
import { openSqliteStore, type PruneRequest } from '../src/sqlite-store.ts';
import { message } from './contract.ts';
import { temporaryFolder } from './fixture/temporary-folder.ts';

const hour = 3_600_000;
const day = 24 * hour;

function open(t: TestContext) {
  const file = join(temporaryFolder(t), 'messages.db');
  const store = openSqliteStore(file, 0);
  const reader = new SqliteConnection(file, { readonly: true });
  t.after(() => {
    reader.close();
    store.close();
  });
  const stored = () => reader.prepare('select message_id from message order by seq').pluck().all() as string[];
  const add = (messageId: string, at: number) => store.add([{ ...message({ messageId }), payload: Buffer.from('x') }], at);
  const take = (durable: string, now: number) =>
    store.take({ durable, subjects: ['usage.recorded'], limit: 100, now, ackWaitMs: 1000, maxAttempts: 5 }).taken;
  const prune = (request: Partial<PruneRequest> & { now: number }) => store.prune({ inUse: [], forget: true, ...request });
  return { store, stored, add, take, prune };
}

test('a message goes an hour after every durable has finished it, and not before', (t) => {
  const { store, stored, add, take, prune } = open(t);
  for (const durable of ['one', 'two']) store.join(durable, ['usage.recorded'], 0);
  add('m', 0);
  for (const taken of take('one', 0)) store.finish('one', [taken]);
  prune({ now: 2 * hour });
  assert.deepEqual(stored(), ['m'], 'the second durable has not taken it');
  const [taken] = take('two', 2 * hour);
  assert.ok(taken);
  prune({ now: 3 * hour });
  assert.deepEqual(stored(), ['m'], 'the second durable has not finished it');
  store.finish('two', [taken]);
  prune({ now: hour });
  assert.deepEqual(stored(), ['m'], 'an hour has not passed');
  prune({ now: hour + 1 });
  assert.deepEqual(stored(), []);
});

test('a message that no durable asked for goes after a day', (t) => {
  const { stored, add, prune } = open(t);
  add('m', 0);
  prune({ now: day });
  assert.deepEqual(stored(), ['m']);
  prune({ now: day + 1 });
  assert.deepEqual(stored(), []);
});

test('a dead letter keeps its message for thirty days', (t) => {
  const { store, stored, add, take, prune } = open(t);
  store.join('d', ['usage.recorded'], 0);
  add('m', 0);
  for (const taken of take('d', 0)) store.giveUp('d', taken, 'no', 0);
  prune({ now: 30 * day, inUse: ['d'] });
  assert.equal(store.countDeadLetters(), 1);
  assert.equal(store.deadLetters(10)[0]?.messageId, 'm');
  assert.equal(prune({ now: 30 * day + 1, inUse: ['d'] }).deadLetters, 1);
  assert.deepEqual(stored(), []);
});

test('a durable that nobody consumed for a week is forgotten, one in use never', (t) => {
  const { store, stored, add, take, prune } = open(t);
  for (const durable of ['gone', 'used']) store.join(durable, ['usage.recorded'], 0);
  add('m', 0);
  for (const taken of take('used', 0)) store.finish('used', [taken]);
  prune({ now: 8 * day, inUse: ['used'], forget: false });
  assert.deepEqual(stored(), ['m'], 'not while consumers may still be starting');
  assert.deepEqual(prune({ now: 8 * day, inUse: ['used'] }).durables, [{ durable: 'gone', unfinished: 1 }]);
  assert.deepEqual(stored(), []);
  add('n', 8 * day);
  assert.equal(take('used', 8 * day).length, 1);
});

test('an id is recognised for a day', (t) => {
  const { stored, add, prune } = open(t);
  add('m', 0);
  prune({ now: day });
  add('m', day);
  assert.deepEqual(stored(), ['m']);
  prune({ now: day + 1 });
  add('m', day + 1);
  assert.deepEqual(stored(), ['m'], 'the first one was pruned, the id is new again');
});

test('a number is not used again after pruning, so that nothing hides behind a position', (t) => {
  const { store, add, take, prune } = open(t);
  store.join('d', ['usage.recorded'], 0);
  add('m', 0);
  for (const taken of take('d', 0)) store.finish('d', [taken]);
  prune({ now: 2 * hour });
  add('n', 2 * hour);
  assert.deepEqual(
    take('d', 2 * hour).map((taken) => taken.message.messageId),
    ['n'],
  );
});

test('much is pruned in steps', (t) => {
  const { stored, add, prune } = open(t);
  for (let n = 0; n < 1500; n += 1) add(`m${n}`, 0);
  assert.equal(prune({ now: 2 * day }).more, true);
  assert.equal(prune({ now: 2 * day }).more, false);
  assert.deepEqual(stored(), []);
});

test('a restart ends leases and not rests', (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const first = openSqliteStore(file, 0);
  first.join('d', ['usage.recorded'], 0);
  first.add(
    [message({ messageId: 'leased' }), message({ messageId: 'resting' })].map((one) => ({ ...one, payload: Buffer.from('') })),
    0,
  );
  const request = { durable: 'd', subjects: ['usage.recorded'], limit: 9, now: 0, ackWaitMs: 1000, maxAttempts: 5 } as const;
  for (const taken of first.take(request).taken) if (taken.message.messageId === 'resting') first.retryAt('d', taken, 5000);
  first.close();
  const second = openSqliteStore(file, 10);
  t.after(() => second.close());
  assert.deepEqual(
    second.take({ ...request, now: 10 }).taken.map(({ message: { messageId }, attempt }) => [messageId, attempt]),
    [['leased', 2]],
  );
  assert.equal(second.take({ ...request, now: 5000 }).taken.length, 2);
});

test('a clock that was set back by a day does not make a message rest for a day', (t) => {
  const file = join(temporaryFolder(t), 'messages.db');
  const first = openSqliteStore(file, day);
  first.join('d', ['usage.recorded'], day);
  first.add([{ ...message(), payload: Buffer.from('') }], day);
  const request = { durable: 'd', subjects: ['usage.recorded'], limit: 9, now: day, ackWaitMs: 1000, maxAttempts: 5 } as const;
  for (const taken of first.take(request).taken) first.retryAt('d', taken, day + 5000);
  first.close();
  const second = openSqliteStore(file, 0);
  t.after(() => second.close());
  assert.equal(second.take({ ...request, now: 10 * 60_000 }).taken.length, 1);
});
