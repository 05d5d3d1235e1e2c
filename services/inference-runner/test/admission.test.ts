import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@sangha/errors';
import { admit, type Holding } from '../src/domain/admission.ts';
import { createPace } from '../src/domain/pace.ts';
import { createRestartBackoff } from '../src/domain/restart-backoff.ts';
import { estimateGenerationCost } from '../src/domain/token-cost.ts';

const holding = (differences: Partial<Holding> = {}): Holding => ({
  bytes: 10,
  state: 'ready',
  inUse: false,
  lastUsedAt: 0,
  ...differences,
});

test('what fits beside the others is admitted and nothing goes', () => {
  assert.deepEqual(admit(10, 20, [holding()]), { kind: 'admitted', evict: [], awaitGone: [] });
});

test('the least recently used idle model goes first, and no more than needed', () => {
  const [old, young, oldest] = [holding({ lastUsedAt: 2 }), holding({ lastUsedAt: 3 }), holding({ lastUsedAt: 1 })];
  assert.deepEqual(admit(10, 30, [old, young, oldest]), { kind: 'admitted', evict: [oldest], awaitGone: [oldest] });
  assert.deepEqual(admit(20, 30, [old, young, oldest]), { kind: 'admitted', evict: [oldest, old], awaitGone: [oldest, old] });
});

test('what is loading and what is in use is never a victim', () => {
  const busy = [holding({ state: 'loading' }), holding({ inUse: true })];
  assert.deepEqual(admit(10, 20, busy), { kind: 'busy', needBytes: 10, budgetBytes: 20, freeableBytes: 0 });
});

test('what is being unloaded is waited for and counts as free soon', () => {
  const leaving = holding({ state: 'unloading' });
  assert.deepEqual(admit(10, 20, [leaving, holding({ inUse: true })]), { kind: 'admitted', evict: [], awaitGone: [leaving] });
});

test('what is larger than the budget is refused even when nothing is loaded', () => {
  assert.deepEqual(admit(21, 20, []), { kind: 'too_large', needBytes: 21, budgetBytes: 20 });
});

test('admission never plans beyond the budget and never takes more victims than needed', () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const random = (below: number, salt: number) => ((seed * 7_919 + salt * 104_729) % 1_009) % below;
    const holdings = Array.from({ length: random(6, 1) }, (_, index) =>
      holding({
        bytes: 1 + random(9, index + 2),
        state: (['loading', 'ready', 'ready', 'unloading'] as const)[random(4, index + 20)] ?? 'ready',
        inUse: random(2, index + 40) === 0,
        lastUsedAt: random(100, index + 60),
      }),
    );
    const budget = Math.max(
      30,
      holdings.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    const need = 1 + random(budget, 99);
    const plan = admit(need, budget, holdings);
    if (plan.kind !== 'admitted') continue;
    const gone = new Set(plan.awaitGone);
    const left = holdings.filter((each) => !gone.has(each)).reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(left + need <= budget);
    assert.ok(plan.evict.every(({ state, inUse }) => state === 'ready' && !inUse));
    const last = plan.evict.at(-1);
    if (last) assert.ok(left + last.bytes + need > budget, 'the last victim was not needed');
  }
});

test('the first failure is tried again at once, then each wait is twice as long, to a minute', () => {
  const backoff = createRestartBackoff();
  const error = new AppError('engine_crashed', 'x');
  const waits: number[] = [];
  for (let failures = 1; failures <= 10; failures++) {
    backoff.failed('m', error, 0);
    waits.push(backoff.blocked('m', 0)?.remainingMs ?? 0);
  }
  assert.deepEqual(waits, [0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  assert.equal(backoff.blocked('m', 60_000), undefined);
  assert.equal(backoff.blocked('other', 0), undefined);
});

test('five quiet minutes forgive an engine, and old failures are not kept for ever', () => {
  const backoff = createRestartBackoff();
  const error = new AppError('engine_crashed', 'x');
  backoff.failed('m', error, 0);
  backoff.failed('m', error, 300_000);
  assert.equal(backoff.blocked('m', 300_000), undefined);
  backoff.failed('m', error, 300_001);
  assert.ok(backoff.blocked('m', 300_001));
  for (let n = 0; n < 1_000; n++) backoff.failed(`other ${n}`, error, 300_001);
  assert.equal(backoff.blocked('m', 300_001), undefined);
});

test('the cost of a request is its prompt and all its choices, never beyond the context', () => {
  const asked = { promptCharacters: 400, promptTokens: 0, maxTokens: 50, n: 3, contextSize: 4_096 };
  assert.equal(estimateGenerationCost(asked), 250);
  assert.equal(estimateGenerationCost({ ...asked, maxTokens: undefined }), 100 + 3 * 512);
  assert.equal(estimateGenerationCost({ ...asked, promptCharacters: 10 ** 6, maxTokens: 10 ** 6, n: 1 }), 2 * 4_096);
});

test('the pace of a model is measured over its recent work', () => {
  const pace = createPace();
  pace.record(1_000, 10_000);
  assert.equal(pace.tokensPerSec, 100);
  for (let n = 0; n < 50; n++) pace.record(100, 10_000);
  assert.ok(Math.abs(pace.tokensPerSec - 10) < 1);
});
