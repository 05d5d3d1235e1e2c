// What `npm start`, `npm test`, `npm run check` and `npm run bench` go through. Runs on any Node ≥ 20, before anything is
// installed: it sets up what is missing, says so, and hands over to the pinned Node. Quick when nothing is missing.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const startedAt = Date.now();

const tasks = {
  setup: [],
  generate: [
    ['bash', 'scripts/generate-protos.sh'],
    ['node', 'scripts/generate-prisma.mjs', '--force'],
  ],
  check: [turbo('check:types', 'check:lint', 'check:generated', 'check:architecture')],
  start: [['node', 'deploy/single-node/src/cli.ts', 'start', ...rest()]],
  sangha: [['node', 'deploy/single-node/src/cli.ts', ...rest()]],
  test: [
    turbo('check:types', 'check:lint', 'check:generated', 'check:architecture'),
    ['node', 'scripts/run-tests.ts', ...rest()],
  ],
  bench: [['node', 'deploy/bench/src/main.ts', ...rest()]],
};

await main(process.argv[2] ?? 'setup');

async function main(task) {
  if (!(task in tasks)) fail(`"${task}" is not a task. There are: ${Object.keys(tasks).join(', ')}.`);
  if (Number(process.versions.node.split('.')[0]) < 20)
    fail(`Node ${process.versions.node} is too old; Sangha sets itself up with Node 20 or newer.`);
  const installed = await install();
  // Turbo skips what it has seen, but starting it costs half a second; the generator's own stamp check costs 50 ms.
  await step(
    'node',
    'scripts/generate-prisma.mjs',
    ...(installed ? [] : ['--quiet']),
    ...(task === 'start' ? ['--services'] : []),
  );
  for (const [program, ...args] of tasks[task]) await step(program, ...args);
  if (task === 'test' || task === 'check' || task === 'setup' || task === 'generate')
    console.log(`\n${task}: done in ${seconds(startedAt)}.`);
}

/** Installs from the lockfile when node_modules is not what the lockfile says. Answers whether it did. */
async function install() {
  if (isInstalled()) return false;
  console.log('Installing what the lockfile names (a minute or so, once) …');
  const at = Date.now();
  await step(process.platform === 'win32' ? 'npm.cmd' : 'npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  console.log(`Installed in ${seconds(at)}.`);
  return true;
}

function isInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden) || !existsSync(join(bin, 'node'))) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional, link, devOptional }]) =>
      !path.includes('node_modules/') || link || optional || devOptional || present[path]?.version === version,
  );
}

/** Turbo remembers a passed check until one of its inputs changes (turbo.json). */
function turbo(...checks) {
  return ['turbo', 'run', ...checks.map((check) => `//#${check}`), '--output-logs=errors-only', '--no-update-notifier'];
}

function rest() {
  return process.argv.slice(3);
}

/** Runs one program with the pinned tools first on the PATH; ends this process with its code when it fails. */
async function step(program, ...args) {
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    CHECKPOINT_DISABLE: '1',
    SANGHA_STARTED_AT: String(startedAt),
  };
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env, shell: process.platform === 'win32' });
  // The terminal sends Ctrl-C to the whole group; this process waits for the child's orderly end. A signal sent to this
  // process alone (a supervisor's SIGTERM) is passed on.
  const wait = () => {};
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', wait);
  process.on('SIGTERM', forward);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exit, signal) => resolve(exit ?? 128 + (constants.signals[signal] ?? 1)));
  }).catch((error) => fail(`${program} could not be started: ${error.message}`));
  process.off('SIGINT', wait);
  process.off('SIGTERM', forward);
  if (code !== 0) process.exit(code);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
