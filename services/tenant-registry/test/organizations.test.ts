import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newUlid, type OrgContext } from '@sangha/identity';
import { events } from '@sangha/protos';
import { refused, sameRefusal } from '@sangha/testkit/refused';
import { engines, type Harness, openRegistry, platform, session, through } from './harness.ts';

for (const engine of engines) {
  describe(`organisations on ${engine}`, () => {
    it('are made with their key and first admin, and are found by id, slug and client id', async (t) => {
      const registry = await openRegistry(t, engine);
      const request = {
        slug: 'acme',
        displayName: 'Acme Ltd',
        adminUserId: 'ada',
        adminUsername: 'Ada',
        adminEmail: 'ada@acme.example',
      };
      const made = await registry.organizations.createOrganization(request, { context: platform });
      assert.deepEqual(
        [made.slug, made.displayName, made.status, made.clientId],
        ['acme', 'Acme Ltd', 'active', `bodhi-${made.id}`],
      );
      for (const selector of [{ id: made.id }, { slug: 'acme' }, { clientId: made.clientId }, { only: true }]) {
        assert.deepEqual(await registry.directory.findOrganization(selector, { context: platform }), made);
      }
      const admin = session(made.id as OrgContext['orgId'], 'ada', 'resource_admin');
      const { members } = await registry.members.listMembers({}, { context: admin });
      assert.deepEqual(
        members.map(({ userId, username, email, role }) => [userId, username, email, role]),
        [['ada', 'Ada', 'ada@acme.example', 'resource_admin']],
      );
      const key = await registry.directory.getOrganizationKey({}, { context: admin });
      assert.ok(key.wrappedKey.length > 32 && key.version === 1);
    });

    it('two organisations have two keys', async (t) => {
      const registry = await openRegistry(t, engine);
      const keys = await Promise.all(
        ['acme', 'other'].map(async (slug) =>
          registry.directory.getOrganizationKey({}, { context: (await registry.organization(slug)).admin }),
        ),
      );
      assert.notDeepEqual(keys[0]?.wrappedKey, keys[1]?.wrappedKey);
    });

    it('a slug is taken once, also by a deleted organisation', async (t) => {
      const registry = await openRegistry(t, engine);
      const { orgId } = await registry.organization('acme');
      const again = () =>
        registry.organizations.createOrganization(
          { slug: 'acme', displayName: 'x', adminUserId: 'x', adminUsername: 'x' },
          { context: platform },
        );
      await refused(again(), 'org_slug_taken');
      await registry.organizations.updateOrganization({ id: orgId, status: 'deleted' }, { context: platform });
      await refused(again(), 'org_slug_taken');
      assert.equal((await registry.organizations.listOrganizations({}, { context: platform })).total, 1);
    });

    it('a failed creation leaves nothing behind', async (t) => {
      const registry = await openRegistry(t, engine);
      await registry.organization('acme');
      const race = ['one', 'one', 'one', 'two'].map((slug) =>
        registry.organizations.createOrganization(
          { slug, displayName: slug, adminUserId: 'a', adminUsername: 'a' },
          { context: platform },
        ),
      );
      const made = (await Promise.allSettled(race)).filter(({ status }) => status === 'fulfilled');
      assert.equal(made.length, 2);
      const listed = await registry.organizations.listOrganizations({}, { context: platform });
      assert.deepEqual(listed.organizations.map(({ slug }) => slug).sort(), ['acme', 'one', 'two']);
    });

    it('"only" is the single organisation, else the one named default, else none', async (t) => {
      const registry = await openRegistry(t, engine);
      const only = () => registry.directory.findOrganization({ only: true }, { context: platform });
      await refused(only(), 'org_not_found');
      const first = await registry.organization('acme');
      assert.equal((await only()).slug, 'acme');
      await registry.organization('default');
      assert.equal((await only()).slug, 'default');
      const third = await registry.organization('zeta');
      assert.equal((await only()).slug, 'default');
      await registry.organizations.updateOrganization({ id: (await only()).id, status: 'deleted' }, { context: platform });
      await refused(only(), 'org_not_found');
      await registry.organizations.updateOrganization({ id: first.orgId, status: 'deleted' }, { context: platform });
      assert.equal((await only()).id, third.orgId);
    });

    it('are suspended, resumed and deleted, and everyone is told', async (t) => {
      const registry = await openRegistry(t, engine);
      const { orgId, admin } = await registry.organization('acme');
      const set = (status: string) => registry.organizations.updateOrganization({ id: orgId, status }, { context: platform });
      assert.equal((await set('suspended')).status, 'suspended');
      assert.equal((await registry.directory.findOrganization({ id: orgId }, { context: platform })).status, 'suspended');
      assert.equal((await set('active')).status, 'active');
      const renamed = await registry.organizations.updateOrganization({ id: orgId, displayName: 'New' }, { context: platform });
      assert.deepEqual([renamed.displayName, renamed.status], ['New', 'active']);
      await set('deleted');
      await refused(registry.directory.findOrganization({ id: orgId }, { context: platform }), 'org_not_found');
      await refused(registry.directory.findOrganization({ slug: 'acme' }, { context: platform }), 'org_not_found');
      await refused(registry.directory.getOrganizationKey({}, { context: admin }), 'org_not_found');
      await refused(set('active'), 'wrong_state');
      assert.equal(registry.told.filter((line) => line === `organization ${orgId}`).length, 5);
    });

    it('what can’t be an organisation is refused', async (t) => {
      const registry = await openRegistry(t, engine);
      const good = { slug: 'acme', displayName: 'Acme', adminUserId: 'a', adminUsername: 'a' };
      for (const [wrong, code] of [
        [{ slug: 'www' }, 'invalid_value'],
        [{ slug: 'A' }, 'invalid_value'],
        [{ displayName: '' }, 'missing_field'],
        [{ adminUserId: '' }, 'missing_field'],
        [{ adminEmail: 'x' }, 'invalid_value'],
      ] as const) {
        await refused(registry.organizations.createOrganization({ ...good, ...wrong }, { context: platform }), code);
      }
      await refused(
        registry.organizations.updateOrganization({ id: newUlid(), status: 'active' }, { context: platform }),
        'org_not_found',
      );
      await refused(registry.directory.findOrganization({}, { context: platform }), 'missing_field');
      await refused(registry.directory.findOrganization({ only: false }, { context: platform }), 'missing_field');
      await sameRefusal(
        registry.directory.findOrganization({ id: newUlid() }, { context: platform }),
        registry.directory.findOrganization({ slug: "' or 1=1 --" }, { context: platform }),
        'org_not_found',
      );
    });

    it('only the operator opens the operator’s door', async (t) => {
      const registry = await openRegistry(t, engine);
      const { orgId, admin } = await registry.organization('acme');
      for (const context of [admin, { ...admin, kind: 'service' as const }]) {
        await refused(
          registry.organizations.createOrganization(
            { slug: 'x', displayName: 'x', adminUserId: 'x', adminUsername: 'x' },
            { context },
          ),
          'forbidden',
        );
        await refused(registry.organizations.listOrganizations({}, { context }), 'forbidden');
        await refused(registry.organizations.updateOrganization({ id: orgId, status: 'deleted' }, { context }), 'forbidden');
        await refused(registry.directory.findOrganization({ id: orgId }, { context }), 'forbidden');
      }
      await refused(registry.directory.getOrganizationKey({}, { context: platform }), 'forbidden');
      await refused(registry.directory.getEffectiveSettings({}, { context: platform }), 'forbidden');
    });
  });

  describe(`settings on ${engine}`, () => {
    const service = ({ orgId }: OrgContext, userId = 'download-worker'): OrgContext =>
      through(session(orgId, userId, 'resource_admin'), 'service');

    it('an admin sets what the organisation may decide, and takes it back', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const put = await registry.settings.putSetting({ key: 'BODHI_KEEP_ALIVE_SECS', value: '60' }, { context: admin });
      assert.deepEqual(put, {
        key: 'BODHI_KEEP_ALIVE_SECS',
        value: '60',
        defaultValue: '300',
        source: 'organization',
        editable: true,
        type: 'number',
      });
      assert.equal((await registry.directory.getEffectiveSettings({}, { context: admin })).values.BODHI_KEEP_ALIVE_SECS, '60');
      const back = await registry.settings.deleteSetting({ key: 'BODHI_KEEP_ALIVE_SECS' }, { context: admin });
      assert.deepEqual([back.value, back.source], ['300', 'default']);
      assert.deepEqual(registry.told.slice(-2), ['setting BODHI_KEEP_ALIVE_SECS', 'setting BODHI_KEEP_ALIVE_SECS']);
    });

    it('the platform’s value holds for every organisation that has none, and every one is told', async (t) => {
      const registry = await openRegistry(t, engine);
      const [acme, other] = [await registry.organization('acme'), await registry.organization('other')];
      await registry.settings.putSetting({ key: 'BODHI_KEEP_ALIVE_SECS', value: '60' }, { context: acme.admin });
      const before = registry.told.length;
      await registry.settings.putSetting({ key: 'BODHI_KEEP_ALIVE_SECS', value: '7' }, { context: platform });
      assert.equal(registry.told.length - before, 2);
      const values = async (admin: OrgContext) =>
        (await registry.directory.getEffectiveSettings({}, { context: admin })).values.BODHI_KEEP_ALIVE_SECS;
      assert.deepEqual([await values(acme.admin), await values(other.admin)], ['60', '7']);
      await registry.settings.deleteSetting({ key: 'BODHI_KEEP_ALIVE_SECS' }, { context: platform });
      assert.equal(await values(other.admin), '300');
    });

    it('a hub token is stored sealed, shown as stars, and opened only for the service that uses it', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      const token = 'hf_canary_5e9c1f';
      const put = await registry.settings.putSetting(
        { key: 'BODHI_HUB_TOKEN', value: JSON.stringify(token) },
        { context: admin },
      );
      assert.equal(put.value, '"********"');
      const listed = await registry.settings.listSettings({}, { context: admin });
      assert.ok(!JSON.stringify(listed).includes(token));
      const rows = await registry.database.withOrg(admin, async (db) => [
        await db.setting.findMany({ where: { orgId } }),
        await db.auditEvent.findMany({ where: { orgId } }),
      ]);
      assert.ok(!JSON.stringify(rows).includes(token) && !registry.logged().includes(token));
      const effective = (context: OrgContext) => registry.directory.getEffectiveSettings({}, { context });
      for (const context of [admin, service(admin, 'auth-gateway'), session(orgId, 'download-worker', 'resource_admin')]) {
        assert.equal((await effective(context)).values.BODHI_HUB_TOKEN, undefined);
      }
      assert.equal((await effective(service(admin))).values.BODHI_HUB_TOKEN, JSON.stringify(token));
    });

    it('a sealed value that is copied to another organisation does not open there', async (t) => {
      const registry = await openRegistry(t, engine);
      const [acme, other] = [await registry.organization('acme'), await registry.organization('other')];
      await registry.settings.putSetting({ key: 'BODHI_HUB_TOKEN', value: '"hf_canary"' }, { context: acme.admin });
      const [row] = await registry.database.withOrg(acme.admin, (db) => db.setting.findMany({ where: { orgId: acme.orgId } }));
      assert.ok(row);
      await registry.database.withOrg(other.admin, (db) => db.setting.create({ data: { ...row, orgId: other.orgId } }));
      await refused(registry.directory.getEffectiveSettings({}, { context: service(other.admin) }), 'internal');
    });

    it('an admin sees the organisation’s settings, the operator all of them, nobody else any', async (t) => {
      const registry = await openRegistry(t, engine, {
        layers: { environment: { BODHI_DATABASE_URL: 'postgres://u:canary@db/x', BODHI_KEEP_ALIVE_SECS: '5' } },
      });
      const { admin } = await registry.organization('acme');
      const mia = await registry.member(admin, 'mia', 'resource_manager');
      const { settings } = await registry.settings.listSettings({}, { context: admin });
      const keys = settings.map(({ key }) => key);
      assert.ok(keys.includes('BODHI_KEEP_ALIVE_SECS') && !keys.includes('BODHI_DATABASE_URL') && !keys.includes('BODHI_HOME'));
      assert.deepEqual(
        settings.find(({ key }) => key === 'BODHI_KEEP_ALIVE_SECS'),
        { key: 'BODHI_KEEP_ALIVE_SECS', value: '5', defaultValue: '300', source: 'environment', editable: false, type: 'number' },
      );
      const all = await registry.settings.listSettings({}, { context: platform });
      assert.equal(all.settings.find(({ key }) => key === 'BODHI_DATABASE_URL')?.value, '"********"');
      assert.ok(!JSON.stringify(all).includes('canary'));
      await refused(
        registry.settings.putSetting({ key: 'BODHI_KEEP_ALIVE_SECS', value: '6' }, { context: admin }),
        'setting_not_editable',
      );
      await refused(
        registry.settings.deleteSetting({ key: 'BODHI_KEEP_ALIVE_SECS' }, { context: admin }),
        'setting_not_editable',
      );
      await refused(registry.settings.listSettings({}, { context: mia }), 'insufficient_role');
      await refused(
        registry.settings.putSetting({ key: 'BODHI_DEFAULT_MODEL', value: '"x"' }, { context: mia }),
        'insufficient_role',
      );
      await refused(registry.settings.listSettings({}, { context: through(admin, 'api_token') }), 'forbidden');
    });

    it('what is unknown, wrong or the process’s own is refused', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const put = (key: string, value: string) => registry.settings.putSetting({ key, value }, { context: admin });
      await refused(put('NO_SUCH', '1'), 'not_found');
      await refused(registry.settings.deleteSetting({ key: 'NO_SUCH' }, { context: admin }), 'not_found');
      await refused(put('BODHI_PORT', '80'), 'setting_not_editable');
      await refused(put('BODHI_KEEP_ALIVE_SECS', '-1'), 'invalid_value');
      await refused(put('BODHI_KEEP_ALIVE_SECS', ''), 'invalid_json');
      await refused(
        registry.settings.putSetting({ key: 'BODHI_HUB_TOKEN', value: '"x"' }, { context: platform }),
        'setting_not_editable',
      );
    });
  });

  describe(`usage on ${engine}`, () => {
    const at = '2026-03-01T10:00:00Z';
    const record = async (registry: Harness, org: OrgContext, differences: Record<string, unknown> = {}) => {
      const event = {
        orgId: org.orgId,
        userId: 'u',
        tokenId: '',
        requestId: newUlid(),
        model: 'm',
        source: 'local',
        promptTokens: 10,
        completionTokens: 5,
        cachedTokens: 2,
        outcome: 'completed',
        at,
        ...differences,
      };
      await registry.messaging.publish({
        subject: 'usage.recorded',
        orgId: org.orgId,
        messageId: newUlid(),
        payload: events.usageRecorded.encode(event),
      });
    };
    const summary = (registry: Harness, context: OrgContext, from = '2026-03-01T00:00:00Z', to = '2026-04-01T00:00:00Z') =>
      registry.usage.summarizeUsage({ from, to }, { context });
    const settled = async (registry: Harness, context: OrgContext, requests: number) => {
      for (let wait = 0; wait < 1000; wait++) {
        const { rows } = await summary(registry, context);
        if (rows.reduce((sum, row) => sum + row.requests, 0) >= requests) return rows;
        await delay(10);
      }
      throw new Error('The usage did not arrive.');
    };

    it('is summed by model and source, each request once however often it is told', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      await registry.start();
      const requestId = newUlid();
      for (let times = 0; times < 3; times++) await record(registry, admin, { requestId });
      await record(registry, admin, { source: 'remote', model: 'gpt' });
      await record(registry, admin, { outcome: 'aborted', promptTokens: 1, completionTokens: 1, at: '2026-03-02T00:00:00Z' });
      const expected = [
        { model: 'gpt', source: 'remote', requests: 1, promptTokens: 10, completionTokens: 5 },
        { model: 'm', source: 'local', requests: 2, promptTokens: 11, completionTokens: 6 },
      ];
      assert.deepEqual(await settled(registry, admin, 3), expected);
      assert.deepEqual(
        (await summary(registry, admin, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00.001Z')).rows,
        expected,
        'the events add up to the days',
      );
      assert.deepEqual(
        (await summary(registry, admin, '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z')).rows.map(({ requests }) => requests),
        [1],
      );
      assert.deepEqual(
        (await summary(registry, admin, '2026-03-01T10:00:00Z', '2026-03-01T10:00:01Z')).rows.length,
        2,
        'from is inside',
      );
      assert.deepEqual(
        (await summary(registry, admin, '2026-03-01T09:00:00Z', '2026-03-01T10:00:00Z')).rows.length,
        0,
        'to is outside',
      );
    });

    it('is exact when hundreds of requests of two organisations arrive at once, some of them told twice', async (t) => {
      const registry = await openRegistry(t, engine);
      const [acme, other] = [await registry.organization('acme'), await registry.organization('other')];
      const requestIds = Array.from({ length: 250 }, () => newUlid());
      for (const [index, requestId] of requestIds.entries()) {
        await record(registry, acme.admin, { requestId, model: index % 2 === 0 ? 'even' : 'odd' });
        if (index % 5 === 0) await record(registry, acme.admin, { requestId, model: index % 2 === 0 ? 'even' : 'odd' });
        if (index % 10 === 0) await record(registry, other.admin, { requestId });
      }
      await registry.start();
      assert.deepEqual(
        (await settled(registry, acme.admin, 250)).map(({ model, requests, promptTokens }) => [model, requests, promptTokens]),
        [
          ['even', 125, 1250],
          ['odd', 125, 1250],
        ],
      );
      assert.deepEqual(
        (await settled(registry, other.admin, 25)).map(({ requests }) => requests),
        [25],
      );
    });

    it('of another organisation is neither seen nor changed, also with the same request id', async (t) => {
      const registry = await openRegistry(t, engine);
      const [acme, other] = [await registry.organization('acme'), await registry.organization('other')];
      await registry.start();
      const requestId = newUlid();
      await record(registry, acme.admin, { requestId });
      await record(registry, other.admin, { requestId, promptTokens: 99 });
      await record(registry, other.admin, { orgId: acme.orgId, promptTokens: 1_000_000 });
      assert.deepEqual(
        (await settled(registry, other.admin, 1)).map(({ promptTokens }) => promptTokens),
        [99],
      );
      assert.deepEqual(
        (await settled(registry, acme.admin, 1)).map(({ promptTokens }) => promptTokens),
        [10],
      );
    });

    it('is read by admins, in spans of at most 400 days', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const mia = await registry.member(admin, 'mia', 'resource_manager');
      await refused(summary(registry, mia), 'insufficient_role');
      await refused(summary(registry, admin, '2020-01-01T00:00:00Z'), 'invalid_value');
      assert.deepEqual((await summary(registry, admin)).rows, []);
    });
  });
}
