import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newUlid } from '@sangha/identity';
import { events } from '@sangha/protos';
import type { MeteredRequest } from '../src/domain/usage.ts';
import { createUsageLedger } from '../src/usage-ledger.ts';
import { engines, openRegistry } from './harness.ts';

const day = '2026-01-31';
const metered = (parts: Partial<MeteredRequest> = {}): MeteredRequest => ({
  requestId: newUlid(),
  userId: 'u',
  tokenId: '',
  model: 'm',
  source: 'local',
  promptTokens: 3,
  completionTokens: 5,
  cachedTokens: 1,
  outcome: 'completed',
  at: new Date(`${day}T12:00:00.250Z`),
  ...parts,
});
const wholeDay = { from: `${day}T00:00:00Z`, to: '2026-02-01T00:00:00Z' };

for (const engine of engines) {
  test(`${engine}: what is told many times at once is counted once, in the ledger and in the day`, async (t) => {
    const registry = await openRegistry(t, engine);
    const { orgId, admin } = await registry.organization('acme');
    const { orgId: strange } = await registry.organization('other');
    const ledger = createUsageLedger({ database: registry.database });
    const sent = Array.from({ length: 450 }, (_, index) => metered({ model: `m${index % 3}` }));
    const twice = sent.flatMap((request) => [request, request]);
    const added = await Promise.all(twice.map((request) => ledger.add(orgId, request)));
    assert.equal(added.filter(Boolean).length, 450);
    assert.deepEqual(
      await Promise.all(sent.slice(0, 10).map((request) => ledger.add(orgId, request))),
      Array(10).fill(false),
      'also later',
    );
    assert.equal(await ledger.add(strange, sent[0] ?? metered()), true, "another organisation's id is another request");
    // Whole days are answered by the sums, anything else by the single requests: both must say the same.
    for (const span of [wholeDay, { ...wholeDay, from: `${day}T12:00:00.250Z` }]) {
      const { rows } = await registry.usage.summarizeUsage(span, { context: admin });
      assert.deepEqual(
        rows.map(({ model, requests, promptTokens, completionTokens }) => [model, requests, promptTokens, completionTokens]),
        ['m0', 'm1', 'm2'].map((model) => [model, 150, 450, 750]),
      );
    }
    const later = await registry.usage.summarizeUsage({ ...wholeDay, from: `${day}T12:00:00.251Z` }, { context: admin });
    assert.deepEqual(later.rows, []);
  });

  test(`${engine}: a request that the database refuses takes none of its batch with it`, { timeout: 60_000 }, async (t) => {
    const registry = await openRegistry(t, engine);
    const { orgId, admin } = await registry.organization('acme');
    await registry.start();
    const tell = ({ at, ...request }: MeteredRequest) =>
      registry.messaging.publish({
        subject: 'usage.recorded',
        orgId,
        messageId: request.requestId,
        payload: events.usageRecorded.encode({ ...request, orgId, at: at.toISOString() }),
      });
    // Postgres takes no NUL in a text; SQLite takes everything, so it is told not to.
    const poison = metered({ model: 'poi\0son' });
    if (engine === 'sqlite')
      await registry.database.asPlatform(
        'make the database refuse a request',
        (db) =>
          db.$executeRaw`create trigger refuse before insert on usage_events when instr(new.model, char(0)) > 0 begin select raise(abort, 'refused'); end`,
      );
    const requests = [...Array.from({ length: 20 }, () => metered()), poison];
    await Promise.all(requests.map(tell));
    await until(async () => (await registry.deadLetters.count()) === 1);
    const [letter] = await registry.deadLetters.list();
    assert.equal(letter?.messageId, poison.requestId);
    const { rows } = await registry.usage.summarizeUsage(wholeDay, { context: admin });
    assert.deepEqual(
      rows.map(({ model, requests: count }) => [model, count]),
      [['m', 20]],
    );
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
