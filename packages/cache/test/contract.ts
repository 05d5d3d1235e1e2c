import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrgId } from '@sangha/identity';
import { type Cache, platformKey } from '../src/index.ts';

export interface Thing {
  name: string;
  orgId?: OrgId;
}
export interface OpenOptions {
  max: number;
  ttlMs: number;
  negativeTtlMs: number;
  clock: () => number;
  orgOf: (value: Thing) => OrgId | undefined;
}

const acme = '01JACME0000000000000000000' as OrgId;
const other = '01J0THER000000000000000000' as OrgId;
const key = { orgId: acme, key: 'a' };

/** What every cache promises. `open` makes an empty one. */
export function cacheContract(name: string, open: (options: OpenOptions) => Cache<Thing>): void {
  const start = (options: Partial<OpenOptions> = {}) => {
    const time = { now: 1000 };
    const cache = open({
      max: 100,
      ttlMs: 30_000,
      negativeTtlMs: 1000,
      clock: () => time.now,
      orgOf: (thing) => thing.orgId,
      ...options,
    });
    return { cache, time };
  };
  const promise = (title: string, body: () => Promise<void>) => test(`${name}: ${title}`, body);

  promise('an organisation never gets what another put under the same key', async () => {
    const { cache } = start();
    cache.set(key, { name: 'of acme' });
    assert.equal(cache.get({ orgId: other, key: 'a' }), undefined);
    assert.deepEqual(await cache.load({ orgId: other, key: 'a' }, async () => ({ name: 'of the other' })), {
      name: 'of the other',
    });
    assert.deepEqual(cache.get(key), { name: 'of acme' });
  });

  promise("a platform key never reads an organisation's entry, however it is spelled", async () => {
    const { cache } = start();
    cache.set(key, { name: 'of acme' });
    for (const spelled of [`${acme}/a`, 'a', `*${acme}/a`, `/${acme}/a`])
      assert.equal(cache.get(platformKey(spelled)), undefined);
    cache.set(platformKey('x'), { name: 'platform' });
    assert.equal(cache.get({ orgId: '*x' as OrgId, key: '' }), undefined);
  });

  promise('a value is forgotten after its time', async () => {
    const { cache, time } = start();
    cache.set(key, { name: 'one' });
    time.now += 29_999;
    assert.deepEqual(cache.get(key), { name: 'one' });
    time.now += 1;
    assert.equal(cache.get(key), undefined);
  });

  promise('asking does not lengthen the time', async () => {
    const { cache, time } = start();
    cache.set(key, { name: 'one' });
    for (let n = 0; n < 4; n += 1) {
      time.now += 10_000;
      cache.get(key);
    }
    assert.equal(cache.get(key), undefined);
  });

  promise('it holds no more than it may, and keeps what is used', async () => {
    const { cache } = start({ max: 10 });
    cache.set(key, { name: 'used' });
    for (let n = 0; n < 100; n += 1) {
      cache.set({ orgId: acme, key: `k${n}` }, { name: 'filler' });
      cache.get(key);
    }
    assert.equal(cache.size, 10);
    assert.deepEqual(cache.get(key), { name: 'used' });
  });

  promise('twenty loads of one key at once are one', async () => {
    const { cache } = start();
    let loads = 0;
    const gate = Promise.withResolvers<void>();
    const loader = async () => {
      loads += 1;
      await gate.promise;
      return { name: 'one' };
    };
    const all = Promise.all(Array.from({ length: 20 }, () => cache.load(key, loader)));
    gate.resolve();
    assert.deepEqual(new Set((await all).map((thing) => thing?.name)), new Set(['one']));
    assert.equal(loads, 1);
    assert.deepEqual(await cache.load(key, loader), { name: 'one' });
    assert.equal(loads, 1);
  });

  promise('an error reaches everyone who waits and is not kept', async () => {
    const { cache } = start();
    let loads = 0;
    const failing = async () => {
      loads += 1;
      throw new Error('down');
    };
    const results = await Promise.allSettled([cache.load(key, failing), cache.load(key, failing)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(loads, 1);
    assert.deepEqual(await cache.load(key, async () => ({ name: 'up again' })), { name: 'up again' });
    const thrower = () => {
      throw new Error('at once');
    };
    await assert.rejects(cache.load({ orgId: acme, key: 'b' }, thrower), /at once/);
    assert.deepEqual(await cache.load({ orgId: acme, key: 'b' }, async () => ({ name: 'b' })), { name: 'b' });
  });

  promise('that there is no such thing is believed briefly, and guesses push nothing real out', async () => {
    const { cache, time } = start({ max: 20 });
    let loads = 0;
    const nothing = async () => {
      loads += 1;
      return undefined;
    };
    cache.set(key, { name: 'real' });
    for (let n = 0; n < 1000; n += 1) await cache.load(platformKey(`guess ${n}`), nothing);
    assert.equal(loads, 1000);
    assert.deepEqual(cache.get(key), { name: 'real' });
    await cache.load(platformKey('guess 999'), nothing);
    assert.equal(loads, 1000, 'believed');
    assert.equal(cache.get(platformKey('guess 999')), undefined);
    time.now += 1000;
    assert.deepEqual(await cache.load(platformKey('guess 999'), async () => ({ name: 'made since' })), { name: 'made since' });
  });

  promise('what is set or invalidated after an absence is seen at once', async () => {
    const { cache } = start();
    await cache.load(key, async () => undefined);
    cache.set(key, { name: 'made' });
    assert.deepEqual(await cache.load(key, async () => undefined), { name: 'made' });
    for (const forget of [() => cache.invalidate(platformKey('t')), () => cache.invalidateOrg(acme)]) {
      await cache.load(platformKey('t'), async () => undefined);
      forget();
      assert.deepEqual(await cache.load(platformKey('t'), async () => ({ name: 'issued' })), { name: 'issued' });
      cache.invalidate(platformKey('t'));
    }
  });

  promise('an invalidated key is forgotten, its neighbours are not', async () => {
    const { cache } = start();
    cache.set(key, { name: 'a' });
    cache.set({ orgId: acme, key: 'b' }, { name: 'b' });
    cache.invalidate(key);
    assert.equal(cache.get(key), undefined);
    assert.deepEqual(cache.get({ orgId: acme, key: 'b' }), { name: 'b' });
  });

  promise('an invalidated organisation is forgotten whole, under platform keys too, and no other is', async () => {
    const { cache } = start();
    for (let n = 0; n < 20; n += 1) cache.set({ orgId: acme, key: `k${n}` }, { name: 'x' });
    cache.set(platformKey('token of acme'), { name: 't', orgId: acme });
    cache.set(platformKey('token of the other'), { name: 't', orgId: other });
    cache.set({ orgId: other, key: 'k1' }, { name: 'kept' });
    cache.invalidateOrg(acme);
    assert.equal(cache.size, 2);
    assert.deepEqual(cache.get({ orgId: other, key: 'k1' }), { name: 'kept' });
    assert.equal(cache.get(platformKey('token of acme')), undefined);
    cache.set({ orgId: acme, key: 'k1' }, { name: 'new' });
    cache.invalidateOrg(acme);
    assert.equal(cache.get({ orgId: acme, key: 'k1' }), undefined, 'also the second time');
  });

  promise('a value that changed hands is forgotten with its new owner', async () => {
    const { cache } = start();
    cache.set(platformKey('host'), { name: 'x', orgId: acme });
    cache.set(platformKey('host'), { name: 'x', orgId: other });
    cache.invalidateOrg(acme);
    assert.deepEqual(cache.get(platformKey('host')), { name: 'x', orgId: other });
    cache.invalidateOrg(other);
    assert.equal(cache.get(platformKey('host')), undefined);
  });

  for (const [what, under, change] of [
    ['an invalidation', key, (cache: Cache<Thing>) => cache.invalidate(key)],
    ["an invalidation of the key's organisation", key, (cache: Cache<Thing>) => cache.invalidateOrg(acme)],
    ['an invalidation of the owner', platformKey('t'), (cache: Cache<Thing>) => cache.invalidateOrg(acme)],
  ] as const) {
    promise(`${what} while a load is under way keeps the stale result out`, async () => {
      const { cache } = start();
      const gate = Promise.withResolvers<void>();
      const stale = cache.load(under, async () => {
        await gate.promise;
        return { name: 'stale', orgId: acme };
      });
      await Promise.resolve();
      change(cache);
      const fresh = cache.load(under, async () => ({ name: 'fresh', orgId: acme }));
      gate.resolve();
      assert.equal((await stale)?.name, 'stale', 'who asked before is answered');
      assert.equal((await fresh)?.name, 'fresh');
      assert.equal(cache.get(under)?.name, 'fresh');
    });
  }

  promise('a load under way does not overwrite what was set meanwhile', async () => {
    const { cache } = start();
    const gate = Promise.withResolvers<void>();
    const slow = cache.load(key, async () => {
      await gate.promise;
      return { name: 'old' };
    });
    await Promise.resolve();
    cache.set(key, { name: 'new' });
    gate.resolve();
    await slow;
    assert.deepEqual(cache.get(key), { name: 'new' });
  });

  promise("another organisation's invalidation does not keep a result out", async () => {
    const { cache } = start();
    const gate = Promise.withResolvers<void>();
    const load = cache.load(key, async () => {
      await gate.promise;
      return { name: 'a' };
    });
    await Promise.resolve();
    cache.invalidateOrg(other);
    gate.resolve();
    await load;
    assert.deepEqual(cache.get(key), { name: 'a' });
  });
}
