import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';

const index = new URL('../src/index.ts', import.meta.url).href;

/** A process that runs `body` as its start function, and what it printed; `on` reacts to a printed line. */
function child(body: string, on: Record<string, (kill: (signal: NodeJS.Signals) => void) => void> = {}) {
  const source = `
    import { run } from ${JSON.stringify(index)};
    await run('node', async (life) => { ${body} });
    console.log('through');
  `;
  const running = spawn(process.execPath, ['--input-type=module', '--eval', source], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  running.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) on[line]?.((signal) => running.kill(signal));
    out += text;
  });
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    running.on('close', (code) => resolve({ code, out, err })),
  );
}

const serving = `
  life.defer('a', () => console.log('close a'));
  life.defer('b', () => console.log('close b'));
  setImmediate(() => console.log(life.health.state));
`;

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} closes everything and ends the process with code 0`, async () => {
    const { code, out } = await child(serving, { ready: (kill) => kill(signal) });
    assert.deepEqual([code, out], [0, 'ready\nclose b\nclose a\nthrough\n']);
  });
}

test('a second Ctrl-C does not wait for what hangs', async () => {
  const { code, out } = await child(
    `life.defer('a', () => { console.log('hanging'); return new Promise(() => {}); }); setImmediate(() => console.log('up'));`,
    {
      up: (kill) => kill('SIGINT'),
      hanging: (kill) => kill('SIGINT'),
    },
  );
  assert.deepEqual([code, out], [130, 'up\nhanging\n']);
});

test('a start that fails closes and ends the process with code 1, saying why', async () => {
  const { code, out, err } = await child(`${serving} throw new Error('no database');`);
  assert.equal(code, 1);
  assert.match(out, /close b\nclose a\n/);
  assert.doesNotMatch(out, /through/);
  assert.match(err, /no database/);
});

for (const [what, body] of [
  ['a rejection that nobody handles', `Promise.reject(new Error('forgotten'));`],
  ['an exception that nobody catches', `setImmediate(() => { throw new Error('forgotten'); });`],
] as const) {
  test(`${what} is reported and ends the process with code 1`, async () => {
    const { code, out, err } = await child(`${body} await new Promise(() => {});`);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /node: unhandled error: Error: forgotten/);
  });
}

test('something that still keeps the process alive after the end does not', async () => {
  const { code, out } = await child(`setInterval(() => {}, 1000); life.stop();`);
  assert.deepEqual([code, out], [0, 'through\n']);
});
