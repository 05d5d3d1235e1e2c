import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLife, type Life } from '../src/index.ts';

function scene(closeTimeoutMs = 10_000) {
  const reported: { what: string; error: unknown }[] = [];
  const closed: string[] = [];
  const life = createLife({ closeTimeoutMs, report: (what, error) => reported.push({ what, error }) });
  const closing = (name: string, error?: unknown) => async () => {
    closed.push(name);
    if (error !== undefined) throw error;
  };
  return { life, reported, closed, closing };
}

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('health goes from starting over ready and draining to closed', async () => {
  const { life } = scene();
  const seen: string[] = [life.health.state];
  life.defer('x', () => {
    seen.push(life.health.state);
  });
  const lived = life.live(async () => {
    seen.push(life.health.state);
  });
  await settle();
  seen.push(life.health.state);
  assert.equal(life.signal.aborted, false);
  life.stop();
  seen.push(life.health.state);
  await lived;
  seen.push(life.health.state);
  assert.deepEqual(seen, ['starting', 'starting', 'ready', 'draining', 'draining', 'closed']);
});

test('things are closed one after the other, last opened first', async () => {
  const { life, closed } = scene();
  const slowly = (name: string) => async () => {
    closed.push(`${name} begins`);
    await settle();
    closed.push(`${name} ends`);
  };
  await life.live(({ defer, stop }) => {
    defer('database', slowly('database'));
    defer('server', slowly('server'));
    stop();
  });
  assert.deepEqual(closed, ['server begins', 'server ends', 'database begins', 'database ends']);
});

test('a start that fails closes what it had opened and its error is the one thrown', async () => {
  const { life, closed, closing, reported } = scene();
  const cause = new Error('no database');
  const later = new Error('cannot close');
  await assert.rejects(
    life.live(async ({ defer }) => {
      defer('a', closing('a', later));
      defer('b', closing('b'));
      throw cause;
    }),
    (error) => error === cause,
  );
  assert.deepEqual(closed, ['b', 'a']);
  assert.deepEqual(reported, [{ what: 'closing a', error: later }]);
});

test('one that cannot be closed does not keep the others open, and the first error wins', async () => {
  const { life, closed, closing, reported } = scene();
  const [one, two] = [new Error('one'), new Error('two')];
  await assert.rejects(
    life.live(({ defer, stop }) => {
      defer('a', closing('a', two));
      defer('b', () => {
        closed.push('b');
        throw one;
      });
      defer('c', closing('c'));
      stop();
    }),
    (error) => error === one,
  );
  assert.deepEqual(closed, ['c', 'b', 'a']);
  assert.deepEqual(reported, [{ what: 'closing a', error: two }]);
});

test('one that hangs is left behind after its time, by name', async () => {
  const { life, closed, closing } = scene(20);
  await assert.rejects(
    life.live(({ defer, stop }) => {
      defer('a', closing('a'));
      defer('engine', () => new Promise(() => {}));
      stop();
    }),
    /Closing engine took longer than 20 ms/,
  );
  assert.deepEqual(closed, ['a']);
});

test('a start that hangs after it was told to stop is left behind, and what it opened is closed', async () => {
  const { life, closed, closing, reported } = scene(20);
  await life.live(({ defer, stop }) => {
    defer('a', closing('a'));
    stop();
    return new Promise(() => {});
  });
  assert.deepEqual(closed, ['a']);
  assert.deepEqual(
    reported.map(({ what }) => what),
    ['start'],
  );
});

test('a start that ends by its signal is no error, any other failure is', async () => {
  await scene().life.live(async ({ signal, stop }) => {
    stop();
    signal.throwIfAborted();
  });
  const { life } = scene();
  await assert.rejects(
    life.live(async ({ stop }) => {
      stop();
      throw new Error('disk on fire');
    }),
    /disk on fire/,
  );
});

test('a start that was told to stop never becomes ready', async () => {
  const { life, closing } = scene();
  const states: string[] = [];
  await life.live(async ({ defer, stop }) => {
    defer('a', closing('a'));
    defer('watch', () => {
      states.push(life.health.state);
    });
    stop();
  });
  assert.deepEqual(states, ['draining']);
});

test('what is opened while everything is being closed is closed too, and so is what comes after', async () => {
  const { life, closed, closing } = scene();
  await life.live(({ defer, stop }) => {
    defer('a', () => defer('late', closing('late')));
    stop();
  });
  assert.deepEqual(closed, ['late']);
  life.defer('later', closing('later'));
  await settle();
  assert.deepEqual(closed, ['late', 'later']);
});

test('something essential that fails later ends the life with its error', async () => {
  const { life, closed, closing } = scene();
  let kept: Life | undefined;
  const lived = life.live((given) => {
    kept = given;
    given.defer('a', closing('a'));
  });
  const error = new Error('lost the bus');
  setImmediate(() => kept?.stop(error));
  await assert.rejects(lived, (thrown) => thrown === error);
  assert.deepEqual(closed, ['a']);
});
