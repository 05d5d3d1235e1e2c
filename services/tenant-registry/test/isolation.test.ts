import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPostgres, readMigrations } from '@sangha/database';
import { hashToken, newUlid, type OrgContext } from '@sangha/identity';
import { testDatabase } from '@sangha/testkit/postgres';
import { refused } from '@sangha/testkit/refused';
import pg from 'pg';
import { PrismaClient } from '../generated/postgres/client.ts';
import type { Db } from '../src/app.ts';
import { membersOf } from '../src/repository/members.ts';
import { tokensOf } from '../src/repository/tokens.ts';
import { engines, type Harness, openRegistry, platform } from './harness.ts';

/** Two organisations with a row in every table; the same user id, setting and request id in both. */
async function twoOrganisations(registry: Harness) {
  const [victim, stranger] = [await registry.organization('victim'), await registry.organization('stranger')];
  for (const { admin } of [victim, stranger]) {
    await registry.member(admin, 'shared-name', 'resource_user');
    await registry.settings.putSetting(
      { key: 'BODHI_DEFAULT_MODEL', value: JSON.stringify(`of ${admin.orgId}`) },
      { context: admin },
    );
    await registry.database.withOrg(admin, async (db) => {
      const usage = { orgId: admin.orgId, model: 'm', source: 'local', promptTokens: 1, completionTokens: 1, cachedTokens: 0 };
      await db.usageEvent.create({
        data: { ...usage, requestId: 'r-1', userId: 'u', tokenId: '', outcome: 'completed', at: new Date() },
      });
      await db.usageDaily.create({ data: { ...usage, day: '2026-01-01', requests: 1 } });
    });
  }
  const created = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_user' }, { context: victim.admin });
  const own = await registry.tokens.createToken({ name: 'own', scope: 'scope_token_user' }, { context: stranger.admin });
  return { victim, stranger, token: created.token?.id ?? '', text: created.text, ownToken: own.token?.id ?? '' };
}

/** Everything of one organisation, as it itself sees it. */
const everythingOf = (registry: Harness, { orgId }: OrgContext, context: OrgContext) =>
  registry.database.withOrg(context, async (db) => ({
    organisation: (await db.organisation.findUnique({ where: { id: orgId } }))?.status,
    members: await db.membership.findMany({ where: { orgId }, orderBy: { userId: 'asc' } }),
    tokens: await db.apiToken.findMany({ where: { orgId }, orderBy: { id: 'asc' } }),
    settings: await db.setting.findMany({ where: { orgId } }),
    usage: await db.usageEvent.findMany({ where: { orgId } }),
    daily: (await db.usageDaily.findMany({ where: { orgId } })).map((row) => Object.values(row).map(String)),
    audit: await db.auditEvent.findMany({ where: { orgId }, orderBy: { id: 'asc' } }),
  }));

for (const engine of engines) {
  describe(`two organisations on ${engine}`, () => {
    it('an organisation sees and changes nothing of another by any call', async (t) => {
      const registry = await openRegistry(t, engine);
      const { victim, stranger, token, text } = await twoOrganisations(registry);
      const before = await everythingOf(registry, victim.admin, victim.admin);
      const context = stranger.admin;

      const { members } = await registry.members.listMembers({ pageSize: 100 }, { context });
      assert.deepEqual(
        members.map(({ userId }) => userId),
        ['shared-name', 'stranger-admin'],
      );
      await refused(registry.members.setMemberRole({ userId: 'victim-admin', role: 'resource_user' }, { context }), 'not_found');
      await refused(registry.members.removeMember({ userId: 'victim-admin' }, { context }), 'not_found');
      await registry.members.setMemberRole({ userId: 'shared-name', role: 'resource_admin' }, { context });
      await registry.members.removeMember({ userId: 'shared-name' }, { context });

      assert.deepEqual(
        (await registry.tokens.listTokens({}, { context })).tokens.map(({ name }) => name),
        ['own'],
      );
      await refused(registry.tokens.updateToken({ id: token, status: 'inactive' }, { context }), 'not_found');
      await refused(registry.tokens.deleteToken({ id: token }, { context }), 'not_found');

      assert.equal(
        (await registry.settings.putSetting({ key: 'BODHI_DEFAULT_MODEL', value: '"mine"' }, { context })).value,
        '"mine"',
      );
      await registry.settings.deleteSetting({ key: 'BODHI_DEFAULT_MODEL' }, { context });
      assert.equal(
        (await registry.settings.listSettings({}, { context })).settings.find(({ key }) => key === 'BODHI_DEFAULT_MODEL')?.value,
        'null',
      );
      assert.equal((await registry.directory.getEffectiveSettings({}, { context })).values.BODHI_DEFAULT_MODEL, undefined);
      const keys = await Promise.all(
        [victim, stranger].map(({ admin }) => registry.directory.getOrganizationKey({}, { context: admin })),
      );
      assert.notDeepEqual(keys[0]?.wrappedKey, keys[1]?.wrappedKey);
      const usage = await registry.usage.summarizeUsage(
        { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
        { context },
      );
      assert.deepEqual(
        usage.rows.map(({ requests }) => requests),
        [1],
      );

      assert.deepEqual(await everythingOf(registry, victim.admin, victim.admin), before);
      assert.equal(
        (
          await registry.directory.authenticateToken(
            { tokenHash: hashToken(text), clientId: `bodhi-${victim.orgId}` },
            { context: platform },
          )
        ).userId,
        'victim-admin',
      );
    });

    it('the same token prefix, user id, setting and request id can exist in both', async (t) => {
      const registry = await openRegistry(t, engine);
      const { victim, stranger, token, ownToken } = await twoOrganisations(registry);
      const prefix = (
        await registry.database.withOrg(victim.admin, (db) =>
          db.apiToken.findFirstOrThrow({ where: { orgId: victim.orgId, id: token } }),
        )
      ).tokenPrefix;
      const change = await registry.database.withOrg(stranger.admin, (db) =>
        db.apiToken.updateMany({ where: { orgId: stranger.orgId, id: ownToken }, data: { tokenPrefix: prefix } }),
      );
      assert.equal(change.count, 1);
    });
  });
}

describe('the wall of the database', () => {
  const tables = ['organisations', 'memberships', 'api_tokens', 'settings', 'usage_events', 'usage_daily', 'audit_events'];

  it('statements without a WHERE see one organisation’s rows only, table by table', async (t) => {
    const registry = await openRegistry(t, 'postgres');
    const { victim, stranger } = await twoOrganisations(registry);
    for (const table of tables) {
      const column = table === 'organisations' ? 'id' : 'org_id';
      const seen = await registry.database.withOrg(stranger.admin, (db) =>
        db.$queryRawUnsafe<{ org: string }[]>(`select distinct ${column} as org from ${table}`),
      );
      assert.deepEqual(
        seen.map(({ org }) => org),
        [stranger.orgId],
        table,
      );
    }
    const before = await everythingOf(registry, victim.admin, victim.admin);
    for (const statement of [
      "update memberships set role = 'resource_user'",
      'delete from api_tokens',
      'delete from settings',
      "update usage_daily set model = 'x'",
      'delete from memberships',
      'update organisations set members_changed_at = now()',
    ]) {
      await registry.database.withOrg(stranger.admin, (db) => db.$executeRawUnsafe(statement));
    }
    assert.deepEqual(await everythingOf(registry, victim.admin, victim.admin), before);
  });

  it('rows can’t be added to another organisation or moved there', async (t) => {
    const registry = await openRegistry(t, 'postgres');
    const { victim, stranger } = await twoOrganisations(registry);
    const asStranger = (statement: string) => registry.database.withOrg(stranger.admin, (db) => db.$executeRawUnsafe(statement));
    for (const table of tables.slice(1))
      await assert.rejects(
        asStranger(`update ${table} set org_id = '${victim.orgId}'`),
        /row-level security|permission denied/,
        table,
      );
    await assert.rejects(
      asStranger(`insert into settings values ('${victim.orgId}', 'k', '1', 'x', now(), now())`),
      /row-level security/,
    );
    await assert.rejects(
      asStranger(`insert into settings values ('platform', 'k', '1', 'x', now(), now())`),
      /row-level security/,
    );
    await assert.rejects(
      asStranger(`insert into memberships values ('${victim.orgId}', 'x', 'x', null, 'resource_admin', now(), now())`),
      /row-level security/,
    );
    for (const statement of [
      "update organisations set status = 'deleted'",
      "update organisations set wrapped_key = ''",
      'delete from organisations',
      'delete from audit_events',
      'truncate api_tokens',
    ]) {
      await assert.rejects(asStranger(statement), /permission denied/, statement);
    }
  });

  it('the operator’s role sees no members, tokens, usage or records, and only its own settings', async (t) => {
    const registry = await openRegistry(t, 'postgres');
    await twoOrganisations(registry);
    await registry.settings.putSetting({ key: 'BODHI_KEEP_ALIVE_SECS', value: '9' }, { context: platform });
    const asOperator = (statement: string) =>
      registry.database.asPlatform('test', (db) => db.$queryRawUnsafe<object[]>(statement));
    for (const table of ['memberships', 'api_tokens', 'usage_events', 'usage_daily', 'audit_events'])
      await assert.rejects(asOperator(`select 1 from ${table}`), /permission denied/, table);
    assert.deepEqual(await asOperator('select distinct org_id from settings'), [{ org_id: 'platform' }]);
  });

  it('is what holds: without one policy the same statement sees the stranger’s rows', async (t) => {
    const migrations = await readMigrations(new URL('../migrations/postgres/', import.meta.url));
    const { url, platformUrl, ownerUrl } = await testDatabase(t, { schema: 'registry', migrations });
    const open = () =>
      openPostgres<Db>({ url, platformUrl, schema: 'registry', prisma: (adapter) => new PrismaClient({ adapter }) });
    const owner = new pg.Client({ connectionString: ownerUrl, options: '-c search_path=registry' });
    await owner.connect();
    t.after(() => owner.end());
    await owner.query('alter table memberships disable row level security');
    await assert.rejects(open(), /memberships has org_id but row-level security is not enabled/);
    await owner.query('alter table memberships enable row level security');
    await owner.query('drop policy org on memberships; create policy org on memberships to registry_app using (true)');
    await assert.rejects(open(), /memberships lets registry_app in without comparing app.org_id/);
  });
});

describe('the statements of the repositories', () => {
  // There is no wall behind them on this engine: what they leave out is lost.
  it('name the organisation themselves', async (t) => {
    const registry = await openRegistry(t, 'sqlite');
    const { victim, stranger, token } = await twoOrganisations(registry);
    const before = await everythingOf(registry, victim.admin, victim.admin);
    await registry.database.withOrg(stranger.admin, async (db) => {
      const [members, tokens] = [membersOf(db, stranger.orgId), tokensOf(db, stranger.orgId, 'victim-admin')];
      assert.equal(await members.find('victim-admin'), null);
      assert.equal(await members.countAdmins(), 1);
      assert.equal(await tokens.find(token), null);
      assert.equal((await tokens.remove(token)).count, 0);
      assert.equal((await tokens.update(token, { status: 'inactive', updatedAt: new Date() })).count, 0);
      assert.deepEqual(await tokens.page({ page: 1, pageSize: 100 }), { rows: [], total: 0 });
      await members.remove('shared-name');
    });
    assert.deepEqual(await everythingOf(registry, victim.admin, victim.admin), before);
    assert.equal(
      await registry.tokens
        .deleteToken({ id: newUlid() }, { context: stranger.admin })
        .catch((error: { code: string }) => error.code),
      'not_found',
    );
  });
});
