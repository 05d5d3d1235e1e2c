import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isAppError } from '@sangha/errors';
import { newUlid, type OrgId } from '@sangha/identity';
import type { DeadLetters, Delivery, Message, Messaging } from '../src/index.ts';

export type Bus = Messaging & { readonly deadLetters: DeadLetters };
export interface Bench {
  /** Opens the bus of this test; after `close` it can be opened again with what it kept. */
  open(): Promise<Bus>;
  /** Messages that were logged. */
  logged: string[];
  /** Attempts after which a rest was asked for. Rests are of some milliseconds. */
  rests: number[];
}

export const acme = newUlid() as OrgId;
export const other = newUlid() as OrgId;

let made = 0;
export const message = (parts: Partial<Message> = {}): Message => {
  made += 1;
  return {
    subject: 'usage.recorded',
    orgId: acme,
    messageId: `m${made}`,
    payload: new TextEncoder().encode(`payload ${made}`),
    ...parts,
  };
};

/** What every bus promises. `start` makes an empty one for one test. */
export function messagingContract(name: string, start: (t: TestContext) => Promise<Bench>): void {
  const promise = (title: string, body: (bus: Bus, bench: Bench) => Promise<void>) =>
    test(`${name}: ${title}`, { timeout: 60_000 }, async (t) => {
      const bench = await start(t);
      const bus = await bench.open();
      try {
        await body(bus, bench);
      } finally {
        await bus.close();
      }
    });

  promise('a message arrives with all its parts', async (bus) => {
    const sent = message({ payload: new Uint8Array([0, 255, 7]) });
    const inbox = collect(bus);
    await bus.publish(sent);
    const [delivery] = await inbox.got(1);
    assert.ok(delivery);
    const { subject, orgId, messageId, payload, attempt } = delivery;
    assert.deepEqual({ subject, orgId, messageId, payload }, sent);
    assert.equal(attempt, 1);
  });

  promise('what was published before anyone listened waits', async (bus) => {
    const sent = message();
    await bus.publish(sent);
    assert.equal((await collect(bus).got(1))[0]?.messageId, sent.messageId);
  });

  promise('the sender may reuse its bytes', async (bus) => {
    const payload = new Uint8Array([1, 2, 3]);
    const published = bus.publish(message({ payload }));
    payload.fill(9);
    await published;
    assert.deepEqual((await collect(bus).got(1))[0]?.payload, new Uint8Array([1, 2, 3]));
  });

  promise('a durable gets its subjects and no others', async (bus) => {
    const usage = collect(bus, { durable: 'usage', subjects: ['usage.recorded'] });
    const both = collect(bus, { durable: 'both', subjects: ['usage.recorded', 'audit.recorded'] });
    await bus.publish(message({ subject: 'audit.recorded' }));
    await bus.publish(message({ subject: 'downloads.progress' }));
    await bus.publish(message({ subject: 'usage.recorded' }));
    assert.deepEqual((await both.got(2)).map(({ subject }) => subject).sort(), ['audit.recorded', 'usage.recorded']);
    assert.deepEqual(
      (await usage.got(1)).map(({ subject }) => subject),
      ['usage.recorded'],
    );
  });

  promise('two durables both get everything', async (bus) => {
    const sent = Array.from({ length: 50 }, () => message());
    const [one, two] = [collect(bus, { durable: 'one' }), collect(bus, { durable: 'two' })];
    await Promise.all(sent.map((each) => bus.publish(each)));
    for (const inbox of [one, two]) assert.deepEqual(idsOf(await inbox.got(50)), idsOf(sent));
  });

  promise('two consumers of one durable share the work', async (bus) => {
    const gate = Promise.withResolvers<void>();
    let [first, second] = [0, 0];
    const handled: Delivery[] = [];
    const handle = (count: () => number) => async (delivery: Delivery) => {
      if (count() === 1 && first > 0 && second > 0) gate.resolve();
      await gate.promise;
      handled.push(delivery);
    };
    bus.consume(
      { durable: 'd', subjects: ['usage.recorded'] },
      handle(() => ++first),
    );
    bus.consume(
      { durable: 'd', subjects: ['usage.recorded'] },
      handle(() => ++second),
    );
    const sent = Array.from({ length: 40 }, () => message());
    await Promise.all(sent.map((each) => bus.publish(each)));
    await until(() => handled.length >= 40);
    assert.deepEqual(idsOf(handled), idsOf(sent), 'each once');
    assert.equal(first + second, 40);
  });

  promise('a message id is stored once, also after it was handled', async (bus) => {
    const sent = message();
    const inbox = collect(bus);
    await Promise.all([bus.publish(sent), bus.publish(sent)]);
    await inbox.got(1);
    await bus.publish({ ...sent, payload: new Uint8Array() });
    const last = message();
    await bus.publish(last);
    assert.deepEqual(idsOf(await inbox.got(2)), idsOf([sent, last]));
  });

  promise("another organisation's message id is another message", async (bus) => {
    const sent = message();
    const inbox = collect(bus);
    await bus.publish(sent);
    await bus.publish({ ...sent, orgId: other });
    assert.deepEqual(new Set((await inbox.got(2)).map(({ orgId }) => orgId)), new Set([acme, other]));
  });

  promise('a handler that fails gets its message again, after a growing rest', async (bus, { rests, logged }) => {
    const attempts: number[] = [];
    bus.consume({ durable: 'd', subjects: ['usage.recorded'] }, async ({ attempt }) => {
      attempts.push(attempt);
      if (attempt < 4) throw new Error('not yet');
    });
    await bus.publish(message());
    await until(() => attempts.length === 4);
    assert.deepEqual(attempts, [1, 2, 3, 4]);
    assert.deepEqual(rests, [1, 2, 3]);
    assert.equal(logged.filter((line) => /handler failed/i.test(line)).length, 3);
    assert.equal(await bus.deadLetters.count(), 0);
  });

  promise('one that fails too often goes to the dead letters and not on', async (bus, { logged }) => {
    const sent = message();
    let deliveries = 0;
    let well = false;
    bus.consume({ durable: 'd', subjects: ['usage.recorded'], maxAttempts: 3 }, async ({ messageId }) => {
      if (messageId !== sent.messageId) return;
      deliveries += 1;
      if (!well) throw new Error('always, with hf_CANARYCANARY');
    });
    const healthy = collect(bus, { durable: 'healthy' });
    await bus.publish(sent);
    await until(async () => (await bus.deadLetters.count()) === 1);
    await delay(30);
    assert.equal(deliveries, 3);
    assert.ok(logged.some((line) => /dead letters/.test(line)));
    const [letter] = await bus.deadLetters.list();
    assert.ok(letter);
    assert.equal(letter.messageId, sent.messageId);
    assert.equal(letter.orgId, acme);
    assert.deepEqual(letter.payload, sent.payload);
    assert.equal(letter.durable, 'd');
    assert.equal(letter.attempts, 3);
    assert.match(letter.reason, /always/);
    assert.doesNotMatch(letter.reason, /CANARY/);
    assert.equal((await healthy.got(1)).length, 1, 'another durable is not concerned');

    well = true;
    await bus.deadLetters.retry(letter);
    await until(() => deliveries === 4);
    assert.equal(await bus.deadLetters.count(), 0);
  });

  promise('a handler that never ends loses its message to another', async (bus) => {
    const seen: number[] = [];
    const release = Promise.withResolvers<void>();
    const consume = () =>
      bus.consume({ durable: 'd', subjects: ['usage.recorded'], ackWaitMs: 40 }, async ({ attempt }) => {
        seen.push(attempt);
        if (attempt === 1) await release.promise;
      });
    consume();
    consume();
    await bus.publish(message());
    await until(() => seen.length === 2);
    assert.deepEqual(seen, [1, 2]);
    release.resolve();
  });

  promise('a handler that says it is working keeps its message', async (bus) => {
    const seen: number[] = [];
    let done = false;
    const consume = () =>
      bus.consume({ durable: 'd', subjects: ['usage.recorded'], ackWaitMs: 1000 }, async ({ attempt, working }) => {
        seen.push(attempt);
        for (let n = 0; n < 15; n += 1) {
          await delay(100);
          await working();
        }
        done = true;
      });
    consume();
    consume();
    await bus.publish(message());
    await until(() => done);
    assert.deepEqual(seen, [1]);
  });

  promise('a consumer runs as many handlers at once as it may', async (bus) => {
    let [now, most, total] = [0, 0, 0];
    const full = Promise.withResolvers<void>();
    bus.consume({ durable: 'd', subjects: ['usage.recorded'], concurrency: 4 }, async () => {
      now += 1;
      most = Math.max(most, now);
      if (now === 4) full.resolve();
      await full.promise;
      await delay(1);
      now -= 1;
      total += 1;
    });
    await Promise.all(Array.from({ length: 30 }, () => bus.publish(message())));
    await until(() => total === 30);
    assert.equal(most, 4);
  });

  promise('closing stops the running handlers, waits for them, and their messages come again uncounted', async (bus, bench) => {
    const sent = message();
    const started = Promise.withResolvers<void>();
    let ended = false;
    bus.consume({ durable: 'd', subjects: ['usage.recorded'] }, async ({ signal }) => {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await delay(20);
      ended = true;
      signal.throwIfAborted();
    });
    await bus.publish(sent);
    await started.promise;
    await bus.close();
    assert.ok(ended);

    const reopened = await bench.open();
    const [delivery] = await collect(reopened, { durable: 'd' }).got(1);
    assert.equal(delivery?.messageId, sent.messageId);
    assert.equal(delivery?.attempt, 1);
    await reopened.close();
  });

  promise('what a handler finishes while closing is finished, and it may publish what it did', async (bus, bench) => {
    const started = Promise.withResolvers<void>();
    const result = message({ subject: 'downloads.finished' });
    bus.consume({ durable: 'd', subjects: ['downloads.requested'] }, async ({ signal }) => {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await bus.publish(result);
    });
    await bus.publish(message({ subject: 'downloads.requested' }));
    await started.promise;
    await bus.close();

    const reopened = await bench.open();
    const inbox = collect(reopened, { durable: 'd', subjects: ['downloads.requested', 'downloads.finished'] });
    await inbox.got(1);
    await delay(30);
    assert.deepEqual(idsOf(inbox.deliveries), [result.messageId]);
    await reopened.close();
  });

  promise('a consumer that was closed gets nothing more, its neighbour does', async (bus) => {
    const closed = collect(bus, { durable: 'd' });
    await closed.close();
    const sent = message();
    await bus.publish(sent);
    assert.deepEqual(idsOf(await collect(bus, { durable: 'd' }).got(1)), [sent.messageId]);
    assert.equal(closed.deliveries.length, 0);
  });

  promise('a neighbour takes over what rests when a consumer closes', async (bus) => {
    const seen: string[] = [];
    const failing = bus.consume({ durable: 'd', subjects: ['usage.recorded'] }, async () => {
      seen.push('failed');
      throw new Error('no');
    });
    await bus.publish(message());
    await until(() => seen.length > 0);
    const neighbour = collect(bus, { durable: 'd' });
    await failing.close();
    assert.ok(((await neighbour.got(1))[0]?.attempt ?? 0) > 1);
  });

  promise('what waits stays over a restart, what is done does not come again', async (bus, bench) => {
    const [done, waiting] = [message(), message()];
    const inbox = collect(bus);
    await bus.publish(done);
    await inbox.got(1);
    await inbox.close();
    await bus.publish(waiting);
    await bus.close();

    const reopened = await bench.open();
    const again = collect(reopened);
    await again.got(1);
    await delay(30);
    assert.deepEqual(idsOf(again.deliveries), [waiting.messageId]);
    await reopened.close();
  });

  promise('what a bus would misread is refused, and nothing is stored', async (bus) => {
    const wrong: Record<string, unknown>[] = [
      ...['*', '>', 'a.b', '', `${acme}.x`, `${acme}.>`, acme.toLowerCase(), `${acme}\n`, undefined].map((orgId) => ({ orgId })),
      ...['downloads.*', '>', 'registry.changed', 'nope', '', undefined].map((subject) => ({ subject })),
      ...['', 'a b', 'a\r\nNats-Rollup: all', 'é', 'x'.repeat(201), undefined].map((messageId) => ({ messageId })),
      ...['text', undefined, new Uint8Array(1024 ** 2 + 1)].map((payload) => ({ payload })),
    ];
    for (const part of wrong) {
      await assert.rejects(
        bus.publish(message(part as Partial<Message>)),
        (error) => isAppError(error) && error.code === 'invalid_value' && Object.hasOwn(part, error.param ?? ''),
        JSON.stringify(part),
      );
    }
    for (const options of [
      { durable: 'a.b', subjects: ['usage.recorded'] },
      { durable: 'd', subjects: [] },
      { durable: 'd', subjects: ['>'] },
      { durable: 'd', subjects: ['usage.recorded'], concurrency: 0 },
      { durable: 'd', subjects: ['usage.recorded'], maxAttempts: Number.NaN },
    ]) {
      assert.throws(() => bus.consume(options as never, async () => undefined), /must be/);
    }
    const last = message();
    await bus.publish(last);
    assert.deepEqual(idsOf(await collect(bus).got(1)), [last.messageId]);
  });

  promise('a closed bus takes nothing more', async (bus) => {
    await bus.close();
    await bus.close();
    const refused = (error: unknown) => isAppError(error) && error.code === 'shutting_down';
    await assert.rejects(bus.publish(message()), refused);
    assert.throws(() => bus.consume({ durable: 'd', subjects: ['usage.recorded'] }, async () => undefined), refused);
    bus.broadcast('registry.changed', acme, new Uint8Array());
  });

  promise('a broadcast reaches everyone who listens to its subject now', async (bus) => {
    const heard: string[] = [];
    bus.broadcast('registry.changed', acme, new Uint8Array([0]));
    const one = bus.listen('registry.changed', (orgId, payload) => heard.push(`one ${orgId === acme} ${payload}`));
    bus.listen('registry.changed', (_, payload) => heard.push(`two ${payload}`));
    bus.listen('catalog.changed', () => heard.push('catalogue'));
    bus.broadcast('registry.changed', acme, new Uint8Array([1]));
    await until(() => heard.length === 2);
    one.close();
    bus.broadcast('registry.changed', acme, new Uint8Array([2]));
    await until(() => heard.length === 3);
    await delay(10);
    assert.deepEqual(heard.sort(), ['one true 1', 'two 1', 'two 2']);
  });

  promise('a listener that fails is logged and disturbs no one', async (bus, { logged }) => {
    let heard = 0;
    bus.listen('registry.changed', () => {
      throw new Error('at once');
    });
    bus.listen('registry.changed', (async () => {
      throw new Error('later');
    }) as () => void);
    bus.listen('registry.changed', (_, payload) => {
      payload.fill(0);
    });
    bus.listen('registry.changed', (_, payload) => {
      heard = payload[0] ?? -1;
    });
    bus.broadcast('registry.changed', acme, new Uint8Array([7]));
    await until(() => heard === 7 && logged.filter((line) => /listener failed/i.test(line)).length === 2);
  });

  promise('a broadcast to no organisation is dropped and logged, never thrown', async (bus, { logged }) => {
    const heard: string[] = [];
    bus.listen('registry.changed', (orgId) => heard.push(orgId));
    for (const orgId of ['>', '*', `${acme}.x`, '']) bus.broadcast('registry.changed', orgId as OrgId, new Uint8Array());
    bus.broadcast('registry.changed', acme, new Uint8Array());
    await until(() => heard.length > 0);
    assert.deepEqual(heard, [acme]);
    assert.equal(logged.filter((line) => /broadcast was dropped/i.test(line)).length, 4);
  });
}

/** A consumer that keeps what it gets. */
export function collect(
  bus: Messaging,
  { durable = 'inbox', subjects = ['usage.recorded'] }: { durable?: string; subjects?: readonly Message['subject'][] } = {},
) {
  const deliveries: Delivery[] = [];
  const consumer = bus.consume({ durable, subjects, concurrency: 10 }, async (delivery) => void deliveries.push(delivery));
  return {
    deliveries,
    got: async (count: number) => {
      await until(() => deliveries.length >= count);
      return deliveries;
    },
    close: () => consumer.close(),
  };
}

export const idsOf = (messages: readonly { messageId: string }[]): string[] => messages.map(({ messageId }) => messageId).sort();

/** Fails after a while that no machine needs. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 4000; n += 1) {
    if (await condition()) return;
    await delay(5);
  }
  assert.fail(`never became true: ${condition}`);
}
