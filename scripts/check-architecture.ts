/**
 * The lines that the design draws, checked on the imports and names of the code itself:
 * what differs between a laptop and a cluster is written in composition roots only, and rooms meet in protos/.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What only a composition root may name: whoever holds one of these decides where the platform runs. */
const engineConstructors =
  /\b(openPostgres|openSqlite|openSqliteQueue|openJetStream|openRedis|createRedisCache|createLlamaEngines)\b/;
const enginePackages = [
  'pg',
  'better-sqlite3',
  'redis',
  '@nats-io/transport-node',
  '@nats-io/jetstream',
  '@prisma/adapter-pg',
  '@prisma/adapter-better-sqlite3',
];
const services = ['auth-gateway', 'tenant-registry', 'model-catalog', 'download-worker', 'inference-runner'];
// Not the text 'from' itself.
const importOf = /(?<!')(?:from|import)\s*\(?\s*'([^']+)'/g;

/** Every broken rule of one file, as sentences. `path` is relative to the root, with forward slashes. */
export function violations(path: string, source: string): string[] {
  const found: string[] = [];
  const service = /^services\/([^/]+)\/src\//.exec(path)?.[1];
  const imports = [...source.matchAll(importOf)].map((match) => match[1] ?? '');
  if (service !== undefined && !path.endsWith('/src/main.ts')) {
    const named = ownEngineFile(path) ? null : engineConstructors.exec(source);
    if (named) found.push(`${path} names ${named[1]}: only composition roots choose an engine; take it as a dependency.`);
    for (const name of imports)
      if (enginePackages.includes(name)) found.push(`${path} imports ${name}: only packages/* talk to an engine.`);
  }
  for (const name of imports) {
    const target = name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), name)) : name;
    const other = services.find(
      (each) => target === `@sangha/${each}` || target.startsWith(`@sangha/${each}/`) || target.startsWith(`services/${each}/`),
    );
    if (service !== undefined && other !== undefined && other !== service)
      found.push(`${path} imports ${other}: services meet in protos/, never in code.`);
    if (path.startsWith('packages/') && (other !== undefined || target.startsWith('deploy/')))
      found.push(`${path} imports ${name}: packages know no service.`);
    if (/\/src\/domain\//.test(path) && !allowedInDomain(target))
      found.push(`${path} imports ${name}: domain/ holds rules without I/O (errors, identity and generated types only).`);
  }
  return found;
}

/** An engine's own folder may define the constructor that others may not call. */
const ownEngineFile = (path: string): boolean => path.startsWith('services/inference-runner/src/engines/llama/');

const allowedInDomain = (target: string): boolean =>
  ['@sangha/errors', '@sangha/identity', '@sangha/gguf', '@sangha/config', '@sangha/paging', 'zod'].includes(target) ||
  target.startsWith('protos/generated/') ||
  /^services\/[^/]+\/src\/(domain\/|engine\.ts|config\.ts)/.test(target) ||
  // node:net for isIP and BlockList.
  ['node:crypto', 'node:net', 'node:path', 'node:util'].includes(target);

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const files = globSync('{packages,services,deploy}/*/src/**/*.ts', { cwd: root });
  const all = files.flatMap((file) => violations(file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')));
  for (const line of all) console.error(line);
  if (all.length > 0) process.exitCode = 1;
}
