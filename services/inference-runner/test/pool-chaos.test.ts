import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { orgContext } from '@sangha/testkit/contexts';
import { seededRandom } from '../src/engines/llama/child/pick-token.ts';
import type { ScriptedModel } from '../src/engines/scripted.ts';
import { generate, modelSpec, read, sha, startRunner, until } from './start-runner.ts';

const gib = 1024 ** 3;
const names = ['a', 'b', 'c', 'd'];
const quick: ScriptedModel = { bytes: gib, script: { reply: 'one two three four five six', loadMs: 6, promptMs: 1, tokenMs: 1 } };
const expected = new Set(['cancelled', 'engine_crashed', 'no_memory', 'unavailable', 'queue_full', 'shutting_down']);

for (const seed of [1, 2, 3]) {
  test(`loads, evictions, unloads, crashes and aborts in any order lose no request, place or memory (${seed})`, {
    timeout: 60_000,
  }, async (t) => {
    const random = seededRandom(seed);
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const { client, engines, usage } = await startRunner(t, {
      models: Object.fromEntries(names.map((name) => [sha(name), quick])),
      // Room for two of four, so that each new one evicts or is refused.
      config: { memoryBudgetBytes: 2 * gib, defaultSequences: 2, queuedPerOrg: 8 },
    });
    const orgs = Array.from({ length: 3 }, () => orgContext());
    const answers: { done: ReturnType<typeof read>; aborted: AbortSignal }[] = [];
    for (let step = 0; step < 300; step++) {
      const model = modelSpec({ sha256: sha(one(names)), keepAliveSecs: one([0, 60]) });
      const dice = random();
      if (dice < 0.45) {
        const leave = new AbortController();
        answers.push({ done: read(generate(client, one(orgs), { model, n: one([1, 2]) }, leave.signal)), aborted: leave.signal });
        if (random() < 0.4) setTimeout(() => leave.abort(), random() * 15);
      } else if (dice < 0.5) await client.unloadModel({ sha256: model.sha256 ?? '' }, { context: one(orgs) });
      else if (dice < 0.53) await client.unloadModel({ sha256: model.sha256 ?? '' }, { context: { kind: 'platform' } });
      else if (dice < 0.545) engines.opened.findLast(({ state }) => state === 'running')?.crash();
      else await sleep(random() * 8);
    }
    let served = 0;
    for (const { done, aborted } of answers) {
      const { finished, error } = await done;
      assert.ok(finished !== undefined || error !== undefined, 'every request has an end');
      if (error) assert.ok(expected.has(error.code), `${error.code}: ${error.message}`);
      if (error?.code === 'cancelled') assert.ok(aborted.aborted, 'only who left is told so');
      if (finished) served++;
    }
    assert.ok(served > 10, `${served} of ${answers.length} were served`);

    // Everybody lets go: nothing runs, waits or holds memory, and no engine is left.
    for (const context of orgs) for (const name of names) await client.unloadModel({ sha256: sha(name) }, { context });
    await until(() => engines.opened.every(({ busy, state }) => busy === 0 && state !== 'running'));
    await until(async () => (await client.listEngines({}, { context: { kind: 'platform' } })).engines.length === 0);
    assert.equal((await client.listEngines({}, { context: { kind: 'platform' } })).usedBytes, 0);
    const records = await usage(served);
    assert.equal(new Set(records.map(({ requestId }) => requestId)).size, records.length, 'each is metered once');
  });
}
