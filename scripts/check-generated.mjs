// Fails when protos/generated is not what the .proto files say.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const fresh = mkdtempSync(join(tmpdir(), 'sangha-protos-'));
try {
  const made = spawnSync('bash', [join(root, 'scripts/generate-protos.sh'), fresh], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const diff = spawnSync('diff', ['-r', fresh, join(root, 'protos/generated')], { encoding: 'utf8' });
  if (diff.status !== 0) {
    console.error(`protos/generated is not what protos/**/*.proto say; run \`npm run generate\`.\n${diff.stdout.slice(0, 2000)}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
