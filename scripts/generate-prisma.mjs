// Generates the Prisma clients, both flavours, of every owner of a schema that changed since the last time.
//   node scripts/generate-prisma.mjs [--check | --force] [--quiet]
// --check only says what is out of date (exit code 1); --force generates all; --quiet is silent about what is up to date.
// Runs on any Node ≥ 20 and needs no network: see prisma.config.ts in each folder.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'node_modules', 'prisma', 'build', 'index.js');
const versions = ['prisma', '@prisma/client'].map(
  (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version,
);
const [check, force, quiet] = ['--check', '--force', '--quiet'].map((flag) => process.argv.includes(flag));

const owners = findOwners();
if (check) {
  const stale = owners.flatMap(({ flavours }) => flavours).filter(isStale);
  for (const { folder } of stale)
    console.error(`Out of date: the Prisma client of ${relative(root, folder)}. Run npm run generate.`);
  process.exit(stale.length > 0 ? 1 : 0);
}
// Two at a time: a generator keeps a core busy for some seconds.
const queue = [...owners];
await Promise.all([generateNext(), generateNext()]);

async function generateNext() {
  for (let owner = queue.shift(); owner !== undefined; owner = queue.shift()) {
    const wanted = owner.flavours.filter((flavour) => force || isStale(flavour));
    const startedAt = Date.now();
    for (const flavour of wanted) await generate(flavour);
    if (wanted.length > 0)
      console.log(`${owner.name}: ${wanted.map(({ engine }) => engine).join(' and ')} client generated in ${seconds(startedAt)}`);
    else if (!quiet) console.log(`${owner.name}: up to date`);
  }
}

/** Every folder with prisma/{postgres,sqlite}/prisma.config.ts: the services, and the fixture that tests packages/database (not with --services). */
function findOwners() {
  const services = readdirSync(join(root, 'services')).map((name) => join(root, 'services', name));
  const fixture = join(root, 'packages', 'database', 'test', 'fixture');
  return [...services, ...(process.argv.includes('--services') ? [] : [fixture])]
    .map((home) => ({
      name: home === fixture ? 'tests of packages/database' : basename(home),
      flavours: ['postgres', 'sqlite']
        .map((engine) => ({ engine, folder: join(home, 'prisma', engine), output: join(home, 'generated', engine) }))
        .filter(({ folder }) => existsSync(join(folder, 'prisma.config.ts'))),
    }))
    .filter(({ flavours }) => flavours.length > 0);
}

function isStale(flavour) {
  const stamp = join(flavour.output, '.stamp');
  return !existsSync(join(flavour.output, 'client.ts')) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== stampOf(flavour);
}

function stampOf({ folder }) {
  const hash = createHash('sha256').update(versions.join(' '));
  for (const file of ['prisma.config.ts', 'engine.prisma', 'models.prisma'])
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  return `${hash.digest('hex')}\n`;
}

async function generate(flavour) {
  rmSync(join(flavour.output, '.stamp'), { force: true });
  const stamp = stampOf(flavour); // of what the generator reads, should a file change meanwhile
  const config = join(flavour.folder, 'prisma.config.ts');
  const child = spawn(process.execPath, [cli, 'generate', '--config', config], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', NO_COLOR: '1' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0 || !existsSync(join(flavour.output, 'client.ts'))) {
    console.error(`${output}\nprisma generate failed for ${relative(root, config)}`);
    process.exit(1);
  }
  writeFileSync(join(flavour.output, '.stamp'), stamp);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
