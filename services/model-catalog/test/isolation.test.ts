import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPostgres, readMigrations } from '@sangha/database';
import type { OrgContext } from '@sangha/identity';
import { testDatabase } from '@sangha/testkit/postgres';
import { refused } from '@sangha/testkit/refused';
import pg from 'pg';
import { PrismaClient } from '../generated/postgres/client.ts';
import type { Db } from '../src/app.ts';
import { parseModelQuery } from '../src/domain/model-list.ts';
import { aliasesOf } from '../src/repository/aliases.ts';
import { filesOf } from '../src/repository/files.ts';
import { pageOfModels } from '../src/repository/models.ts';
import { remoteModelsOf } from '../src/repository/remote-models.ts';
import { engines, type Harness, openCatalog, organization, session } from './harness.ts';

/** Two organisations that have the same names, each with its own file, alias and remote model behind them. */
async function twoOrganisations(catalog: Harness) {
  const people = [session(organization(), 'ada', 'resource_admin'), session(organization(), 'ada', 'resource_admin')] as const;
  const ids: { name: string; file: string; alias: string; remote: string; sha256: string }[] = [];
  for (const [seed, context] of people.entries()) {
    const file = await catalog.file(context, { repo: 'o/n', filename: 'm.gguf' }, { seed: seed + 1 });
    const alias = await catalog.aliases.createAlias(
      { alias: 'fast', repo: 'o/n', filename: 'm.gguf', visibility: 'org' },
      { context },
    );
    const input = {
      name: 'P',
      apiFormat: 'openai',
      baseUrl: 'https://api.example.com/v1',
      models: ['gpt-4'],
      prefix: 'p/',
      visibility: 'org',
      keyAction: 'set',
      keyValue: `sk-${seed}`,
    };
    const remote = await catalog.remotes.createRemoteModel(input, { context });
    ids.push({ name: file.name, file: file.id, alias: alias.id, remote: remote.id, sha256: file.sha256 });
  }
  const [victim, stranger] = ids;
  assert.ok(victim && stranger);
  return { victim: { context: people[0], ...victim }, stranger: { context: people[1], ...stranger } };
}

/** Everything of one organisation, as it itself sees it. */
const everythingOf = (catalog: Harness, context: OrgContext) =>
  catalog.database.withOrg(context, async (db) => [
    await db.userAlias.findMany({ where: { orgId: context.orgId } }),
    await db.apiModelAlias.findMany({ where: { orgId: context.orgId } }),
    (await db.modelMetadata.findMany({ where: { orgId: context.orgId } })).map((row) => Object.values(row).map(String)),
  ]);

const all = parseModelQuery({
  page: 1,
  pageSize: 100,
  sort: '',
  sortOrder: '',
  type: '',
  apiFormat: '',
  capability: '',
  search: '',
});

for (const engine of engines) {
  describe(`two organisations on ${engine}`, () => {
    it('the same names mean each organisation’s own things', async (t) => {
      const catalog = await openCatalog(t, engine);
      const { victim, stranger } = await twoOrganisations(catalog);
      for (const [index, { context, sha256 }] of [victim, stranger].entries()) {
        assert.equal((await catalog.resolver.resolve({ name: 'fast' }, { context })).local?.sha256, sha256);
        assert.equal((await catalog.resolver.resolve({ name: 'p/gpt-4' }, { context })).remote?.apiKey, `sk-${index}`);
        assert.equal((await catalog.resolver.resolve({ name: 'o/n:m' }, { context })).local?.sha256, sha256);
        assert.equal((await catalog.resolver.listNames({}, { context })).names.length, 3);
        assert.equal((await catalog.models.listModels({}, { context })).total, 3);
        assert.equal((await catalog.models.listFiles({}, { context })).total, 1);
      }
    });

    it('an organisation changes nothing of another by any call', async (t) => {
      const catalog = await openCatalog(t, engine);
      const { victim, stranger } = await twoOrganisations(catalog);
      const before = await everythingOf(catalog, victim.context);
      const { context } = stranger;
      const remote = {
        id: victim.remote,
        name: 'x',
        apiFormat: 'openai',
        baseUrl: 'https://evil.example',
        models: ['m'],
        keyAction: 'keep',
      };
      await refused(
        catalog.aliases.updateAlias({ id: victim.alias, alias: 'x', repo: 'o/n', filename: 'm.gguf' }, { context }),
        'not_found',
      );
      await refused(catalog.aliases.deleteAlias({ id: victim.alias }, { context }), 'not_found');
      await refused(catalog.remotes.updateRemoteModel(remote, { context }), 'not_found');
      await refused(catalog.remotes.deleteRemoteModel({ id: victim.remote }, { context }), 'not_found');
      for (const id of [victim.file, victim.alias, victim.remote])
        await refused(catalog.models.getModel({ id }, { context }), 'model_not_found');
      await catalog.file(context, { repo: 'o/n', filename: 'm2.gguf' }, { seed: 9 });
      await catalog.aliases.deleteAlias({ id: stranger.alias }, { context });
      await catalog.remotes.deleteRemoteModel({ id: stranger.remote }, { context });
      assert.deepEqual(await everythingOf(catalog, victim.context), before);
    });

    it('the statements of the repositories name the organisation themselves', async (t) => {
      const catalog = await openCatalog(t, engine);
      const { victim: one, stranger: other } = await twoOrganisations(catalog);
      for (const [victim, asker] of [
        [one, other],
        [other, one],
      ] as const) {
        // Under the victim's own scope, so that the database's wall does not help: only the repositories' own WHERE counts.
        await catalog.database.withOrg(victim.context, async (db) => {
          const [aliases, remotes, files] = [
            aliasesOf(db, asker.context),
            remoteModelsOf(db, asker.context),
            filesOf(db, asker.context.orgId),
          ];
          const rows = [
            await aliases.find(victim.alias),
            ...(await aliases.findMany([victim.alias])),
            ...(await aliases.all()),
            await aliases.findByName('fast'),
            await remotes.find(victim.remote),
            ...(await remotes.findMany([victim.remote])),
            ...(await remotes.all()),
            await files.find(victim.file),
            ...(await files.findMany([victim.file])),
            ...(await files.all()),
            ...(await files.page({ page: 1, pageSize: 100 })).rows,
            await files.findByName(victim.name),
            await files.findByPath({ repo: 'o/n', filename: 'm.gguf', snapshot: '' }),
          ];
          assert.deepEqual(
            rows.filter((row) => row?.orgId === victim.context.orgId),
            [],
          );
          const listed = (await pageOfModels(db, asker.context, all)).rows.map(({ id }) => id);
          assert.ok(![victim.file, victim.alias, victim.remote].some((id) => listed.includes(id)));
        });
      }
    });
  });
}

describe('the wall of the database', () => {
  const tables = ['user_aliases', 'api_model_aliases', 'model_metadata'];

  it('statements without a WHERE see and change one organisation’s rows only, table by table', async (t) => {
    const catalog = await openCatalog(t, 'postgres');
    const { victim, stranger } = await twoOrganisations(catalog);
    const before = await everythingOf(catalog, victim.context);
    const asStranger = <T>(work: (db: Db) => Promise<T>) => catalog.database.withOrg(stranger.context, work);
    for (const table of tables) {
      const seen = await asStranger((db) => db.$queryRawUnsafe<{ org_id: string }[]>(`select distinct org_id from ${table}`));
      assert.deepEqual(seen, [{ org_id: stranger.context.orgId }], table);
      await assert.rejects(
        asStranger((db) => db.$executeRawUnsafe(`update ${table} set org_id = '${victim.context.orgId}'`)),
        /row-level security/,
        table,
      );
      await assert.rejects(
        asStranger((db) => db.$executeRawUnsafe(`truncate ${table}`)),
        /permission denied/,
        table,
      );
      await asStranger((db) => db.$executeRawUnsafe(`update ${table} set updated_at = now()`));
      await asStranger((db) => db.$executeRawUnsafe(`delete from ${table}`));
      await assert.rejects(
        catalog.database.asPlatform('test', (db) => db.$queryRawUnsafe(`select 1 from ${table}`)),
        /permission denied/,
        table,
      );
    }
    assert.deepEqual(await everythingOf(catalog, victim.context), before);
  });

  it('is checked at the start: with a policy that compares nothing the service does not open', async (t) => {
    const migrations = await readMigrations(new URL('../migrations/postgres/', import.meta.url));
    const { url, platformUrl, ownerUrl } = await testDatabase(t, { schema: 'catalog', migrations });
    const owner = new pg.Client({ connectionString: ownerUrl, options: '-c search_path=catalog' });
    await owner.connect();
    t.after(() => owner.end());
    for (const table of tables) {
      await owner.query(`drop policy org on ${table}; create policy org on ${table} to catalog_app using (true)`);
      const open = openPostgres<Db>({ url, platformUrl, schema: 'catalog', prisma: (adapter) => new PrismaClient({ adapter }) });
      await assert.rejects(open, new RegExp(`${table} lets catalog_app in without comparing app.org_id`));
    }
  });
});
