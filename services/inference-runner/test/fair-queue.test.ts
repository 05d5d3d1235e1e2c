import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newUlid, type OrgId, parseOrgId } from '@sangha/identity';
import { createFairQueue, type FairQueue, type Waiting } from '../src/domain/fair-queue.ts';

const [A, B, C] = [org(), org(), org()];

test('a flood of 1,000 requests delays the single request of another by no more than what is running', () => {
  for (const seed of seeds(50)) {
    const random = randomFrom(seed);
    const queue = createFairQueue<string>({ perOrg: 10_000, total: 10_000 });
    const slots = 1 + random(8);
    const machine = run(queue, slots, random);
    for (let n = 0; n < 1_000; n++) machine.push(A, 1 + random(500));
    // Somewhere in the middle of the flood, with wrong estimates behind it.
    machine.finish(random(400));
    machine.push(B, 1 + random(5_000), 'single');
    const started = machine.started.length;
    machine.finish(slots);
    assert.ok(
      machine.started.slice(started, started + 1).some(({ value }) => value === 'single'),
      `seed ${seed}: another request of the flood was started first`,
    );
  }
});

test('organisations that always want more get the same number of tokens in the long run, whatever their requests look like', () => {
  for (const seed of seeds(20)) {
    const random = randomFrom(seed);
    const queue = createFairQueue<string>({ perOrg: 10_000, total: 30_000 });
    const machine = run(queue, 1 + random(6), random);
    for (let n = 0; n < 2_000; n++) machine.push(A, 1 + random(20));
    for (let n = 0; n < 2_000; n++) machine.push(B, 200 + random(200));
    for (let n = 0; n < 2_000; n++) machine.push(C, 1 + random(1_000));
    machine.finish(600);
    const served = machine.served();
    const values = [A, B, C].map((orgId) => served.get(orgId) ?? 0);
    // Apart by at most what each may have running.
    assert.ok(Math.max(...values) - Math.min(...values) <= 2 * 1_000 * 8, `seed ${seed}: ${values}`);
  }
});

test('a weight of 3 gets three times the tokens of a weight of 1', () => {
  const queue = createFairQueue<string>({ perOrg: 10_000, total: 10_000, weightOf: (orgId) => (orgId === A ? 3 : 1) });
  const machine = run(queue, 2, randomFrom(1));
  for (let n = 0; n < 3_000; n++) for (const orgId of [A, B]) machine.push(orgId, 100);
  machine.finish(2_000);
  const served = machine.served();
  const ratio = (served.get(A) ?? 0) / (served.get(B) ?? 1);
  assert.ok(ratio > 2.8 && ratio < 3.2, `${ratio}`);
});

test('requests of one organisation are started in the order in which they came', () => {
  for (const seed of seeds(20)) {
    const random = randomFrom(seed);
    const machine = run(createFairQueue<string>({ perOrg: 1_000, total: 1_000 }), 1 + random(4), random);
    for (let n = 0; n < 300; n++) machine.push([A, B, C][random(3)] ?? A, 1 + random(300), String(n));
    machine.finish(300);
    for (const orgId of [A, B, C]) {
      const order = machine.started.filter((item) => item.orgId === orgId).map(({ value }) => Number(value));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }
    assert.equal(machine.started.length, 300);
  }
});

test('whoever comes back after a pause has saved up nothing', () => {
  const machine = run(createFairQueue<string>({ perOrg: 10_000, total: 10_000 }), 1, () => 0);
  machine.push(B, 10);
  machine.finish(1);
  for (let n = 0; n < 500; n++) machine.push(A, 100);
  machine.finish(200);
  for (let n = 0; n < 500; n++) machine.push(B, 100);
  const before = machine.started.length;
  machine.finish(40);
  const turnsOfB = machine.started.slice(before).filter(({ orgId }) => orgId === B).length;
  assert.ok(turnsOfB >= 18 && turnsOfB <= 22, `${turnsOfB} of 40`);
});

test('capacity that nobody else wanted is not held against its user afterwards', () => {
  const machine = run(createFairQueue<string>({ perOrg: 10_000, total: 10_000 }), 1, () => 0);
  for (let n = 0; n < 200; n++) machine.push(A, 100);
  machine.finish(150);
  for (let n = 0; n < 100; n++) machine.push(B, 100);
  const before = machine.started.length;
  machine.finish(40);
  const turnsOfA = machine.started.slice(before).filter(({ orgId }) => orgId === A).length;
  assert.ok(turnsOfA >= 18 && turnsOfA <= 22, `${turnsOfA} of 40`);
});

test('a long request that still runs does not hold virtual time back for everyone who comes later', () => {
  const queue = createFairQueue<string>({ perOrg: 10_000, total: 10_000 });
  const long: Waiting<string> = { orgId: C, cost: 10, slots: 1, value: 'long' };
  queue.push(long);
  assert.equal(queue.take(2), long);
  for (let n = 0; n < 1_000; n++) queue.push({ orgId: A, cost: 100, slots: 1, value: 'a' });
  for (let n = 0; n < 500; n++) settleNext(queue);
  for (let n = 0; n < 500; n++) queue.push({ orgId: B, cost: 100, slots: 1, value: 'b' });
  const turns = Array.from({ length: 40 }, () => settleNext(queue));
  const turnsOfA = turns.filter((item) => item?.orgId === A).length;
  assert.ok(turnsOfA >= 18 && turnsOfA <= 22, `${turnsOfA} of 40`);
});

test('an estimate that was far too high costs nothing once the truth is known', () => {
  const queue = createFairQueue<string>({ perOrg: 1_000, total: 1_000 });
  for (let n = 0; n < 100; n++) queue.push({ orgId: A, cost: 10_000, slots: 1, value: 'a' });
  for (let n = 0; n < 100; n++) queue.push({ orgId: B, cost: 10, slots: 1, value: 'b' });
  const turns: (OrgId | undefined)[] = [];
  for (let n = 0; n < 40; n++) {
    const item = queue.take(1);
    if (item) queue.settle(item, 10);
    turns.push(item?.orgId);
  }
  assert.equal(turns.filter((orgId) => orgId === A).length, 20);
});

test('what is running counts by its estimate, so small requests are not held up by equal numbers of large ones', () => {
  const queue = createFairQueue<string>({ perOrg: 10, total: 20 });
  for (let n = 0; n < 4; n++) {
    queue.push({ orgId: A, cost: 1_000, slots: 1, value: '' });
    queue.push({ orgId: B, cost: 10, slots: 1, value: '' });
  }
  assert.deepEqual(
    Array.from({ length: 5 }, () => queue.take(1)?.orgId),
    [A, B, B, B, B],
  );
});

test('an organisation whose one long request was running meanwhile has saved up nothing either', () => {
  const queue = createFairQueue<string>({ perOrg: 10_000, total: 10_000 });
  queue.push({ orgId: C, cost: 10, slots: 1, value: 'long' });
  queue.take(1);
  for (let n = 0; n < 1_000; n++) queue.push({ orgId: A, cost: 100, slots: 1, value: 'a' });
  for (let n = 0; n < 500; n++) settleNext(queue);
  for (let n = 0; n < 500; n++) queue.push({ orgId: C, cost: 100, slots: 1, value: 'c' });
  const turnsOfC = Array.from({ length: 40 }, () => settleNext(queue)).filter((item) => item?.orgId === C).length;
  assert.ok(turnsOfC >= 18 && turnsOfC <= 22, `${turnsOfC} of 40`);
});

test('a request that needs many sequences is waited for and not overtaken', () => {
  const queue = createFairQueue<string>({ perOrg: 10, total: 10 });
  const first: Waiting<string> = { orgId: A, cost: 1, slots: 1, value: 'first' };
  const wide: Waiting<string> = { orgId: A, cost: 1, slots: 4, value: 'wide' };
  const narrow: Waiting<string> = { orgId: A, cost: 1, slots: 1, value: 'narrow' };
  for (const item of [first, wide, narrow]) queue.push(item);
  assert.equal(queue.take(4), first);
  assert.equal(queue.take(3), undefined);
  queue.settle(first, 1);
  assert.equal(queue.take(4), wide);
  assert.equal(queue.take(0), undefined);
  queue.settle(wide, 1);
  assert.equal(queue.take(4), narrow);
});

test('the line is bounded per organisation and altogether, and says which bound was hit', () => {
  const queue = createFairQueue<string>({ perOrg: 2, total: 3 });
  const push = (orgId: OrgId, unbounded?: boolean) => queue.push({ orgId, cost: 5, slots: 1, value: '' }, unbounded);
  assert.deepEqual([push(A), push(A), push(A)], ['waiting', 'waiting', 'organization_full']);
  assert.deepEqual([push(B), push(C)], ['waiting', 'full']);
  assert.equal(push(A, true), 'waiting');
  assert.deepEqual([queue.size, queue.sizeOf(A), queue.waitingCost(A), queue.waitingCost()], [4, 3, 15, 20]);
});

test('the order that is shown is the order in which requests are started', () => {
  for (const seed of seeds(20)) {
    const random = randomFrom(seed);
    const queue = createFairQueue<string>({ perOrg: 1_000, total: 1_000 });
    for (let n = 0; n < 100; n++)
      queue.push({ orgId: [A, B, C][random(3)] ?? A, cost: 1 + random(300), slots: 1, value: String(n) });
    const shown = queue.order();
    const started = Array.from({ length: 100 }, () => queue.take(1));
    assert.deepEqual(started, shown);
  }
});

test('who leaves the line leaves nothing behind', () => {
  const queue = createFairQueue<string>({ perOrg: 10, total: 10 });
  const item: Waiting<string> = { orgId: A, cost: 7, slots: 1, value: '' };
  queue.push(item);
  assert.equal(queue.remove(item), true);
  assert.equal(queue.remove(item), false);
  assert.deepEqual(
    [queue.size, queue.sizeOf(A), queue.waitingCost(), queue.organizations, queue.take(1)],
    [0, 0, 0, 0, undefined],
  );
});

/** A machine with so many slots; estimates are wrong by up to a factor of two either way. */
function run(queue: FairQueue<string>, slots: number, random: (below: number) => number) {
  const running: Waiting<string>[] = [];
  const started: Waiting<string>[] = [];
  const tokens = new Map<OrgId, number>();
  function fill(): void {
    for (let item = queue.take(slots - running.length); item; item = queue.take(slots - running.length)) {
      running.push(item);
      started.push(item);
    }
  }
  return {
    started,
    served: () => tokens,
    push(orgId: OrgId, cost: number, value = '') {
      queue.push({ orgId, cost, slots: 1, value });
      fill();
    },
    finish(times: number) {
      for (let n = 0; n < times && running.length > 0; n++) {
        const [item] = running.splice(random(running.length), 1);
        if (!item) return;
        const real = Math.ceil(item.cost * (0.5 + random(100) / 66));
        tokens.set(item.orgId, (tokens.get(item.orgId) ?? 0) + real);
        queue.settle(item, real);
        fill();
      }
    },
  };
}

function settleNext(queue: FairQueue<string>): Waiting<string> | undefined {
  const item = queue.take(1);
  if (item) queue.settle(item, item.cost);
  return item;
}

const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** A whole number below the bound; the same seed gives the same numbers. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function org(): OrgId {
  return parseOrgId(newUlid());
}
