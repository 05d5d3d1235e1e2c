import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSangha } from './support/sangha-process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('what can not be understood is refused with a sentence, never with a stack', async (t) => {
  const home = join(temporaryFolder(t), 'home');
  const cases: [args: string[], says: RegExp][] = [
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['start', '--port', 'abc'], /A port is a whole number from 0 \(any free one\) to 65535/],
    [['start', '--port', '65536'], /A port is a whole number/],
    [['start', '--frobnicate'], /unknown option '--frobnicate'/],
    [['pull'], /missing required argument 'model'/],
    [['chat', 'hello', '--max-tokens', '0'], /It takes a whole number from 1/],
    [['tokens', 'create', 'ci', '--expires', '1.5'], /It takes a whole number from 1/],
  ];
  const runs = cases.map(([args, says]) => ({ args, says, run: startSangha(t, ['--home', home, ...args]) }));
  for (const { args, says, run } of runs) {
    assert.equal(await run.ends(), 1, args.join(' '));
    assert.match(run.stderr, says);
    assert.equal(run.stdout, '');
    assertNoStack(run.stderr);
  }
});

test('every wrong setting is named at once, before anything is served', async (t) => {
  const run = startSangha(t, ['--home', join(temporaryFolder(t), 'home'), 'start'], {
    BODHI_PORT: 'abc',
    BODHI_LOG_LEVEL: 'loud',
  });
  assert.equal(await run.ends(), 1);
  assert.match(run.stderr, /BODHI_PORT .*whole number/);
  assert.match(run.stderr, /BODHI_LOG_LEVEL/);
  assertNoStack(run.stderr);
});

test('a command without a node says how to start or name one; with --json as a value', async (t) => {
  const home = join(temporaryFolder(t), 'home');
  const people = startSangha(t, ['--home', home, 'models']);
  const machines = startSangha(t, ['--home', home, '--json', 'models']);
  assert.equal(await people.ends(), 1);
  assert.match(people.stderr, /^sangha: There is no first-run\.json .*npm start.*--url and --token.*\n$/);
  assert.equal(await machines.ends(), 1);
  assert.equal(machines.stderr, '');
  assert.equal(JSON.parse(machines.stdout).error.code, 'credential_missing');
});

test('help shows every command, and of each what one would type', async (t) => {
  const commands = ['start', 'pull', 'chat', 'models', 'tokens create', 'orgs create', 'doctor'];
  const overview = startSangha(t, ['--help']);
  const pages = commands.map((name) => ({ name, run: startSangha(t, [...name.split(' '), '--help']) }));
  assert.equal(await overview.ends(), 0);
  for (const { name, run } of pages) {
    assert.match(overview.stdout, new RegExp(`^  ${name.split(' ')[0]}\\b`, 'm'));
    assert.equal(await run.ends(), 0, name);
    assert.match(run.stdout, new RegExp(`Examples:\\n  .*${name}`), name);
  }
});

function assertNoStack(text: string): void {
  assert.ok(!/^\s+at /m.test(text), text);
}
