import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { newUlid } from '@sangha/identity';
import { orgContext, twoOrganizations } from '@sangha/testkit/contexts';
import { addToOutbox, createOutboxRelay, type Message, openSqliteQueue } from '../src/index.ts';
import { collect, idsOf, message, until } from './contract.ts';
import { keepLog } from './fixture/log.ts';
import { engines } from './fixture/outbox-database.ts';
import { temporaryFolder } from './fixture/temporary-folder.ts';

for (const [engine, openDatabase] of Object.entries(engines)) {
  suite(`the outbox on ${engine}`, () => {
    const start = async (t: TestContext) => {
      const { log, logged } = keepLog();
      const database = await openDatabase(t);
      const queue = openSqliteQueue({ file: join(temporaryFolder(t), 'messages.db'), log });
      t.after(async () => {
        await queue.close();
        await database.close();
      });
      const context = orgContext();
      const write = (sent: Message) => database.withOrg({ ...context, orgId: sent.orgId }, (db) => addToOutbox(db, sent));
      const left = async () => {
        const rows = await database.asPlatform(
          'look at the outbox',
          async (db) => (await db.$queryRaw`select message_id as "messageId" from outbox`) as Message[],
        );
        return idsOf(rows);
      };
      return { database, queue, context, write, left, log, logged };
    };

    test('an event is published after its transaction, whole, and leaves the outbox', async (t) => {
      const { database, queue, write, left, log } = await start(t);
      const relay = createOutboxRelay({ database, messaging: queue, log });
      t.after(() => relay.close());
      const sent = message({ payload: new Uint8Array([0, 255, 7]) });
      await write(sent);
      relay.wake();
      const [delivery] = await collect(queue).got(1);
      assert.ok(delivery);
      const { subject, orgId, messageId, payload } = delivery;
      assert.deepEqual({ subject, orgId, messageId, payload }, sent);
      await until(async () => (await left()).length === 0);
    });

    test('an event whose transaction is rolled back was never there', async (t) => {
      const { database, queue, context, write, left, log } = await start(t);
      const relay = createOutboxRelay({ database, messaging: queue, log });
      t.after(() => relay.close());
      await assert.rejects(
        database.withOrg(context, async (db) => {
          await addToOutbox(db, message({ orgId: context.orgId }));
          throw new Error('changed my mind');
        }),
      );
      const sent = message();
      await write(sent);
      relay.wake();
      assert.deepEqual(idsOf(await collect(queue).got(1)), [sent.messageId]);
      await until(async () => (await left()).length === 0);
    });

    test('what a killed process left is relayed at the next start, in any number', async (t) => {
      const { database, queue, context, left, log } = await start(t);
      const sent = Array.from({ length: 250 }, () => message({ orgId: context.orgId }));
      await database.withOrg(context, async (db) => {
        for (const each of sent) await addToOutbox(db, each);
      });
      const relay = createOutboxRelay({ database, messaging: queue, log });
      t.after(() => relay.close());
      relay.start();
      assert.deepEqual(idsOf(await collect(queue).got(250)), idsOf(sent));
      await until(async () => (await left()).length === 0);
    });

    test('two relays at once, and a wake for every event, deliver each event once', async (t) => {
      const { database, queue, write, left, log } = await start(t);
      const relays = [0, 1].map(() => createOutboxRelay({ database, messaging: queue, log }));
      t.after(() => Promise.all(relays.map((relay) => relay.close())));
      const inbox = collect(queue);
      const sent = Array.from({ length: 40 }, () => message());
      for (const each of sent) {
        await write(each);
        for (const relay of relays) relay.wake();
      }
      await until(async () => (await left()).length === 0);
      await inbox.got(40);
      assert.deepEqual(idsOf(inbox.deliveries), idsOf(sent));
    });

    test('while the bus is down events stay, and go out when it is back', async (t) => {
      const { database, queue, write, left, log, logged } = await start(t);
      let down = true;
      const messaging = {
        publish: async (each: Message) => {
          if (down) throw new Error('no bus');
          await queue.publish(each);
        },
      };
      const relay = createOutboxRelay({ database, messaging, log });
      t.after(() => relay.close());
      const sent = message();
      await write(sent);
      relay.wake();
      await until(() => logged.length > 0);
      assert.deepEqual(await left(), [sent.messageId]);
      down = false;
      assert.deepEqual(idsOf(await collect(queue).got(1)), [sent.messageId], 'without another wake');
    });

    test('one event that fails holds up no other', async (t) => {
      const { database, queue, write, left, log } = await start(t);
      const [bad, good] = [message(), message()];
      const messaging = {
        publish: async (each: Message) => {
          if (each.messageId === bad.messageId) throw new Error('no');
          await queue.publish(each);
        },
      };
      const relay = createOutboxRelay({ database, messaging, log });
      t.after(() => relay.close());
      await write(bad);
      await write(good);
      relay.wake();
      assert.deepEqual(idsOf(await collect(queue).got(1)), [good.messageId]);
      await until(async () => (await left()).length === 1);
      assert.deepEqual(await left(), [bad.messageId]);
    });

    test('a sweep finds what another process left behind, but not what it is about to relay itself', async (t) => {
      const { database, queue, write, left, log } = await start(t);
      const time = { now: Date.now() };
      const relay = createOutboxRelay({ database, messaging: queue, log, clock: () => time.now, sweepMs: 10 });
      t.after(() => relay.close());
      const inbox = collect(queue);
      const first = message();
      await write(first);
      relay.start();
      await inbox.got(1);
      const second = message();
      await write(second);
      time.now -= 1000;
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(await left(), [second.messageId]);
      time.now += 60_000;
      await inbox.got(2);
    });

    test('an event that no bus would take is refused before it is written', async (t) => {
      const { context, database, left } = await start(t);
      const { victim } = twoOrganizations();
      for (const wrong of [
        { orgId: '*' as typeof victim.orgId },
        { messageId: 'a b' },
        { subject: 'nope' as 'usage.recorded' },
      ]) {
        await assert.rejects(
          database.withOrg(context, (db) => addToOutbox(db, message({ orgId: context.orgId, ...wrong }))),
          (error) => isAppError(error) && error.code === 'invalid_value',
        );
      }
      assert.deepEqual(await left(), []);
    });

    if (engine === 'postgres') {
      test('an organisation neither writes into the outbox of another nor reads its own', async (t) => {
        const { context, database, left } = await start(t);
        const { stranger } = twoOrganizations();
        await assert.rejects(
          database.withOrg(context, (db) => addToOutbox(db, message({ orgId: stranger.orgId }))),
          /row-level security/i,
        );
        await assert.rejects(
          database.withOrg(context, async (db) => await db.$queryRaw`select * from outbox`),
          /permission denied/i,
        );
        assert.deepEqual(await left(), []);
      });
    }

    test('a closed relay leaves the rest for the next one', async (t) => {
      const { database, queue, write, left, log } = await start(t);
      const relay = createOutboxRelay({ database, messaging: queue, log });
      await relay.close();
      const sent = message({ messageId: newUlid() });
      await write(sent);
      relay.wake();
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.deepEqual(await left(), [sent.messageId]);
    });
  });
}
