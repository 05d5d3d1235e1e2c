import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isAppError } from '@sangha/errors';
import type { OrgContext } from '@sangha/identity';
import { twoOrganizations } from '@sangha/testkit/contexts';
import { type Database, violatedKey } from '../src/index.ts';
import { type Db, type Engine, noteTitles, postgres, sqlite, tokenByHash } from './fixture/notes.ts';

// What a service may rely on, whichever engine the composition root chose.
for (const engine of [postgres, sqlite]) suite(`a database on ${engine.name}`, () => contract(engine));

const hasCode = (code: string) => (error: unknown) => isAppError(error) && error.code === code;

async function twoTenants(t: TestContext, engine: Engine, times?: Parameters<Engine['open']>[1]) {
  const database = await engine.open(t, times);
  const { victim, stranger } = twoOrganizations();
  await database.asPlatform('make the organisations of a test', async (db) => {
    for (const { orgId } of [victim, stranger]) await db.organization.create({ data: { orgId, name: 'an organisation' } });
  });
  return { database, victim, stranger };
}

const addNote = (database: Database<Db>, { orgId }: OrgContext, id: string, title: string) =>
  database.withOrg({ orgId, userId: 'someone' } as OrgContext, (db) => db.note.create({ data: { orgId, id, title } }));

/** A repository as services write them: org_id in every statement. */
const notesOf = (db: Db, { orgId }: OrgContext) => ({
  all: () => db.note.findMany({ where: { orgId } }),
  find: (id: string) => db.note.findUnique({ where: { orgId_id: { orgId, id } } }),
  rename: (id: string, title: string) => db.note.updateMany({ where: { orgId, id }, data: { title } }),
  remove: (id: string) => db.note.deleteMany({ where: { orgId, id } }),
  count: () => db.note.count({ where: { orgId } }),
});

function contract(engine: Engine) {
  test('every type comes back as it went in', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    const note = {
      orgId: victim.orgId,
      id: 'n1',
      title: 'ünïcode \u{1f9d8}',
      pinned: true,
      sizeBytes: 2n ** 60n,
      labels: ['a', { b: null }],
      body: new Uint8Array([0, 255, 7]),
      createdAt: new Date('2026-03-04T05:06:07.089Z'),
    };
    await database.withOrg(victim, (db) => db.note.create({ data: note }));
    const [found] = await database.withOrg(victim, (db) => notesOf(db, victim).all());
    assert.deepEqual({ ...found, body: new Uint8Array(found?.body ?? []) }, note);
  });

  test("another organisation's rows can't be seen, changed or removed", async (t) => {
    const { database, victim, stranger } = await twoTenants(t, engine);
    await addNote(database, victim, 'n1', 'private');
    await database.withOrg(stranger, async (db) => {
      const notes = notesOf(db, stranger);
      assert.deepEqual(await notes.all(), []);
      assert.equal(await notes.find('n1'), null);
      assert.equal(await notes.count(), 0);
      assert.deepEqual(await notes.rename('n1', 'stolen'), { count: 0 });
      assert.deepEqual(await notes.remove('n1'), { count: 0 });
    });
    assert.deepEqual(await database.hot.readWithOrg(stranger, noteTitles, [stranger.orgId]), []);
    const [note] = await database.withOrg(victim, (db) => notesOf(db, victim).all());
    assert.equal(note?.title, 'private');
  });

  test('two organisations may use the same id and the same title', async (t) => {
    const { database, victim, stranger } = await twoTenants(t, engine);
    await addNote(database, victim, 'n1', 'plans');
    await addNote(database, stranger, 'n1', 'plans');
    assert.equal(await database.withOrg(stranger, (db) => notesOf(db, stranger).count()), 1);
  });

  test('a context without a valid organisation reaches no row', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    await addNote(database, victim, 'n1', 'private');
    for (const orgId of [undefined, null, '', '%', victim.orgId.toLowerCase(), `${victim.orgId}' or true --`]) {
      const context = { ...victim, orgId } as OrgContext;
      await assert.rejects(
        database.withOrg(context, (db) => notesOf(db, context).all()),
        /without a valid organisation id/,
      );
      await assert.rejects(database.hot.readWithOrg(context, noteTitles, [victim.orgId]), /without a valid organisation id/);
    }
  });

  test('work that throws leaves nothing behind', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    const failing = database.withOrg(victim, async (db) => {
      await db.note.create({ data: { orgId: victim.orgId, id: 'n1', title: 'half' } });
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    assert.equal(await database.withOrg(victim, (db) => notesOf(db, victim).count()), 0);
  });

  test('nothing that was acknowledged is lost to a neighbour that rolls back', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    const works = Array.from({ length: 40 }, (_, index) =>
      database.withOrg(victim, async (db) => {
        await db.note.create({ data: { orgId: victim.orgId, id: `n${index}`, title: `note ${index}` } });
        await delay(1);
        if (index % 2 === 1) throw new Error('rolled back');
      }),
    );
    const results = await Promise.allSettled(works);
    const acknowledged = results.filter(({ status }) => status === 'fulfilled').length;
    assert.equal(acknowledged, 20);
    assert.equal(await database.withOrg(victim, (db) => notesOf(db, victim).count()), acknowledged);
  });

  test('a scope inside a scope is refused, and the database goes on', async (t) => {
    const { database, victim, stranger } = await twoTenants(t, engine);
    const inner: [string, () => Promise<unknown>][] = [
      ['withOrg', () => database.withOrg(stranger, async () => undefined)],
      ['asPlatform', () => database.asPlatform('nested', async () => undefined)],
      ['readWithOrg', () => database.hot.readWithOrg(victim, noteTitles, [victim.orgId])],
      ['readAsPlatform', () => database.hot.readAsPlatform(tokenByHash, ['x'])],
    ];
    for (const [name, nested] of inner) await assert.rejects(database.withOrg(victim, nested), /opened inside another/, name);
    await assert.rejects(
      database.asPlatform('outer', () => database.withOrg(victim, async () => undefined)),
      /opened inside another/,
    );
    assert.equal(await database.withOrg(victim, (db) => notesOf(db, victim).count()), 0);
  });

  test('work that outlives its scope may open its own', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    let later: Promise<number> | undefined;
    await database.withOrg(victim, async () => {
      later = delay(30).then(() => database.withOrg(victim, (db) => notesOf(db, victim).count()));
    });
    assert.equal(await later, 0);
  });

  test('a transaction client is of no use after its scope', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    const leaked = await database.withOrg(victim, async (db) => ({ db }));
    await assert.rejects(leaked.db.note.findMany());
  });

  test('a duplicate names the key that it violated', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    await addNote(database, victim, 'n1', 'plans');
    const violated = (work: Promise<unknown>) => work.then(() => 'nothing', violatedKey);
    assert.equal(await violated(addNote(database, victim, 'n2', 'plans')), 'note_org_id_title_key');
    assert.equal(await violated(addNote(database, victim, 'n1', 'other')), 'note_pkey');
    assert.equal(await violated(database.withOrg(victim, () => Promise.reject(new Error('other')))), undefined);
  });

  test('a foreign key to an organisation that does not exist is refused', async (t) => {
    const { database } = await twoTenants(t, engine);
    const { victim: nobody } = twoOrganizations();
    await assert.rejects(addNote(database, nobody, 'n1', 'orphan'));
  });

  test('work that takes too long is rolled back and says so; the next one runs', async (t) => {
    const { database, victim } = await twoTenants(t, engine, { timeoutMs: 300, poolSize: 1 });
    const slow = database.withOrg(victim, async (db) => {
      await db.note.create({ data: { orgId: victim.orgId, id: 'n1', title: 'slow' } });
      await delay(600);
    });
    await assert.rejects(slow, hasCode('deadline_exceeded'));
    assert.equal(await database.withOrg(victim, (db) => notesOf(db, victim).count()), 0);
  });

  test('waiting too long for a connection is "unavailable", and does not harm those who wait on', async (t) => {
    const { database, victim } = await twoTenants(t, engine, { maxWaitMs: 300, timeoutMs: 5_000, poolSize: 1 });
    const long = database.withOrg(victim, () => delay(900));
    const waiting = [1, 2, 3].map(() => database.withOrg(victim, (db) => notesOf(db, victim).count()));
    for (const work of waiting) await assert.rejects(work, hasCode('unavailable'));
    await long;
    assert.equal(await database.withOrg(victim, (db) => notesOf(db, victim).count()), 0);
  });

  test('closing waits for running work and refuses new work', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    const running = database.withOrg(victim, async (db) => {
      await delay(100);
      return await notesOf(db, victim).count();
    });
    await delay(10);
    const closed = database.close();
    await assert.rejects(
      database.withOrg(victim, async () => undefined),
      hasCode('shutting_down'),
    );
    assert.equal(await running, 0);
    await closed;
  });

  test('hot reads see what is committed and give plain rows', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    await addNote(database, victim, 'n1', 'one');
    await database.withOrg(victim, (db) =>
      db.note.create({ data: { orgId: victim.orgId, id: 'n2', title: 'two', sizeBytes: 2n ** 40n, pinned: true } }),
    );
    const rows = await database.hot.readWithOrg(victim, noteTitles, [victim.orgId]);
    assert.deepEqual(
      rows.map((row) => ({ ...(row as object) })),
      [
        { id: 'n1', title: 'one', size_bytes: 0, pinned: 0 },
        { id: 'n2', title: 'two', size_bytes: 2 ** 40, pinned: 1 },
      ],
    );
  });

  test('a hot integer too large for a number is an error, not a wrong figure', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    await database.withOrg(victim, (db) =>
      db.note.create({ data: { orgId: victim.orgId, id: 'n1', title: 'x', sizeBytes: 2n ** 53n } }),
    );
    await assert.rejects(database.hot.readWithOrg(victim, noteTitles, [victim.orgId]), /too large for a number/);
    assert.deepEqual(await database.hot.readWithOrg(victim, noteTitles, ['nobody']), []);
  });

  test('hot reads cannot write', async (t) => {
    const { database, victim } = await twoTenants(t, engine);
    await addNote(database, victim, 'n1', 'kept');
    const deletion = {
      name: 'sneaky',
      postgres: 'delete from note where org_id = $1',
      sqlite: 'delete from note where org_id = ?',
    };
    await assert.rejects(database.hot.readWithOrg(victim, deletion, [victim.orgId]));
    assert.equal(await database.withOrg(victim, (db) => notesOf(db, victim).count()), 1);
  });

  test('a token is found before its organisation is known', async (t) => {
    const { database, victim, stranger } = await twoTenants(t, engine);
    await database.withOrg(victim, (db) => db.token.create({ data: { orgId: victim.orgId, id: 't1', tokenHash: 'hash-1' } }));
    await database.withOrg(stranger, (db) =>
      db.token.create({ data: { orgId: stranger.orgId, id: 't2', tokenHash: 'hash-2', revokedAt: new Date() } }),
    );
    const find = async (hash: string) =>
      (await database.hot.readAsPlatform(tokenByHash, [hash])).map((row) => ({ ...(row as object) }));
    assert.deepEqual(await find('hash-1'), [{ org_id: victim.orgId, id: 't1', revoked: 0 }]);
    assert.deepEqual(await find('hash-2'), [{ org_id: stranger.orgId, id: 't2', revoked: 1 }]);
    assert.deepEqual(await find("' or true --"), []);
  });

  test('the platform acts across organisations', async (t) => {
    const { database, victim, stranger } = await twoTenants(t, engine);
    await addNote(database, victim, 'n1', 'one');
    await addNote(database, stranger, 'n1', 'one');
    assert.equal(await database.asPlatform('count notes', (db) => db.note.count()), 2);
  });
}
