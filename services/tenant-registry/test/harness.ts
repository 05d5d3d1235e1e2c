import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Database, migrate, openPostgres, openSqlite, readMigrations, sqliteTarget } from '@sangha/database';
import {
  createContextSigner,
  createContextVerifier,
  newUlid,
  noGrants,
  type OrgContext,
  type OrgId,
  type PlatformContext,
} from '@sangha/identity';
import { type DeadLetters, type Messaging, openSqliteQueue } from '@sangha/messaging';
import { Directory, events, Members, Organizations, Settings, Tokens, Usage } from '@sangha/protos';
import { type Client, local } from '@sangha/rpc';
import { createKeyring, newPlatformKeyText, parsePlatformKeys, Secret } from '@sangha/secrets';
import { createLogger, createMetrics } from '@sangha/telemetry';
import { testDatabase } from '@sangha/testkit/postgres';
import { PrismaClient as PostgresClient } from '../generated/postgres/client.ts';
import { PrismaClient as SqliteClient } from '../generated/sqlite/client.ts';
import { createTenantRegistry, type Db, type TenantRegistryDeps } from '../src/app.ts';

export type Engine = 'postgres' | 'sqlite';
export const engines: readonly Engine[] = ['sqlite', 'postgres'];

export const platform: PlatformContext = Object.freeze({ kind: 'platform' });

/** A registry on real rows, its clients, and what it told the bus. */
export interface Harness {
  database: Database<Db>;
  messaging: Messaging;
  deadLetters: DeadLetters;
  directory: Client<typeof Directory>;
  organizations: Client<typeof Organizations>;
  members: Client<typeof Members>;
  tokens: Client<typeof Tokens>;
  settings: Client<typeof Settings>;
  usage: Client<typeof Usage>;
  /** `subject id` of every `registry.changed`, oldest first. */
  told: string[];
  /** Moves the clock. */
  advance(ms: number): void;
  now(): number;
  /** Everything that was logged. */
  logged(): string;
  start(): Promise<void>;
  /** An organisation and its first admin, signed in. */
  organization(slug: string): Promise<{ orgId: OrgId; admin: OrgContext }>;
  /** Somebody of this role in the admin's organisation, signed in. */
  member(admin: OrgContext, userId: string, role: OrgContext['role']): Promise<OrgContext>;
}

export async function openRegistry(
  t: TestContext,
  engine: Engine,
  differences: Partial<TenantRegistryDeps> = {},
): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'sangha-registry-'));
  const database = engine === 'postgres' ? await openOnPostgres(t) : await openOnSqlite(join(folder, 'registry.db'));
  const lines: string[] = [];
  let offsetMs = 0;
  const clock = () => Date.now() + offsetMs;
  const log = createLogger({
    service: 'tenant-registry',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  const messaging = openSqliteQueue({ file: join(folder, 'queue.db'), log, retryDelayMs: () => 10 });
  const registry = createTenantRegistry({
    database,
    messaging,
    keyring: createKeyring({ platformKeys: parsePlatformKeys(new Secret(newPlatformKeyText())) }),
    layers: {},
    clock,
    log,
    metrics: createMetrics({ service: 'tenant-registry' }),
    ...differences,
  });
  const told: string[] = [];
  const listening = messaging.listen('registry.changed', (_orgId, payload) => {
    const { subject, id } = events.registryChanged.decode(payload);
    told.push(`${subject} ${id}`);
  });
  t.after(async () => {
    listening.close();
    await registry.close();
    await messaging.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const wiring = { services: registry.services, ...signing(), onError: (err: unknown) => log.error({ err }, 'A call failed') };
  const clients = {
    directory: local(Directory, wiring),
    organizations: local(Organizations, wiring),
    members: local(Members, wiring),
    tokens: local(Tokens, wiring),
    settings: local(Settings, wiring),
    usage: local(Usage, wiring),
  };
  return {
    ...clients,
    database,
    messaging,
    deadLetters: messaging.deadLetters,
    told,
    advance: (ms) => {
      offsetMs += ms;
    },
    now: clock,
    logged: () => lines.join(''),
    start: () => registry.start(),
    async organization(slug) {
      const { id } = await clients.organizations.createOrganization(
        { slug, displayName: slug, adminUserId: `${slug}-admin`, adminUsername: `${slug}-admin` },
        { context: platform },
      );
      const orgId = id as OrgId;
      return { orgId, admin: session(orgId, `${slug}-admin`, 'resource_admin') };
    },
    async member(admin, userId, role) {
      await clients.members.addMember({ userId, username: userId, role }, { context: admin });
      return session(admin.orgId, userId, role);
    },
  };
}

export const session = (orgId: OrgId, userId: string, role: OrgContext['role']): OrgContext =>
  Object.freeze({ kind: 'session', orgId, userId, username: userId, role });

/** The same person through a token or an app, or a service in the same organisation. */
export const through = (context: OrgContext, kind: 'api_token' | 'external_app' | 'service'): OrgContext => {
  if (kind === 'service') return Object.freeze({ ...context, kind });
  const limits = { scope: kind === 'api_token' ? 'scope_token_power_user' : 'scope_user_power_user', grants: noGrants } as const;
  return Object.freeze({ ...context, kind, ...limits, ...(kind === 'api_token' ? { tokenId: newUlid() } : {}) });
};

/** The wire as in production: a signer for the asking side, a verifier for ours. */
function signing() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const kinds = ['session', 'api_token', 'external_app', 'service', 'platform'] as const;
  return {
    audience: 'tenant-registry',
    signer: createContextSigner({ issuer: 'auth-gateway', privateKey, keyId: 'test' }),
    verifier: createContextVerifier({
      audience: 'tenant-registry',
      issuers: [{ issuer: 'auth-gateway', keyId: 'test', publicKey, kinds }],
    }),
  };
}

const migrations = (engine: Engine) => readMigrations(new URL(`../migrations/${engine}/`, import.meta.url));

async function openOnPostgres(t: TestContext): Promise<Database<Db>> {
  const { url, platformUrl } = await testDatabase(t, { schema: 'registry', migrations: await migrations('postgres') });
  return await openPostgres<Db>({ url, platformUrl, schema: 'registry', prisma: (adapter) => new PostgresClient({ adapter }) });
}

async function openOnSqlite(file: string): Promise<Database<Db>> {
  await migrate(sqliteTarget({ file }), await migrations('sqlite'));
  return await openSqlite<Db>({ file, prisma: (adapter) => new SqliteClient({ adapter }) });
}
