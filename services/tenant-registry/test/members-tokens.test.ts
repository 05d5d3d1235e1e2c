import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { clientIdOf, hashToken, issueToken, newUlid, parseToken } from '@sangha/identity';
import { refused, sameRefusal } from '@sangha/testkit/refused';
import { createChanges } from '../src/changes.ts';
import { tokensRpc } from '../src/rpc/tokens.ts';
import { engines, type Harness, openRegistry, platform, session, through } from './harness.ts';

const authenticate = (registry: Harness, text: string) =>
  registry.directory.authenticateToken(
    { tokenHash: hashToken(text), clientId: text.slice(text.lastIndexOf('.') + 1) },
    { context: platform },
  );

for (const engine of engines) {
  describe(`members on ${engine}`, () => {
    it('a manager adds, lists, changes and removes members up to their own role', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const manager = await registry.member(admin, 'mia', 'resource_manager');
      await registry.members.addMember(
        { userId: 'uwe', username: 'Uwe', email: 'uwe@acme.example', role: 'resource_user' },
        { context: manager },
      );
      const raised = await registry.members.setMemberRole({ userId: 'uwe', role: 'resource_manager' }, { context: manager });
      assert.deepEqual([raised.role, raised.username, raised.email], ['resource_manager', 'Uwe', 'uwe@acme.example']);
      const listed = await registry.members.listMembers({ pageSize: 2 }, { context: manager });
      assert.deepEqual(
        [listed.members.map(({ userId }) => userId), listed.total, listed.page, listed.pageSize],
        [['acme-admin', 'mia'], 3, 1, 2],
      );
      await registry.members.removeMember({ userId: 'uwe' }, { context: manager });
      assert.equal((await registry.members.listMembers({}, { context: manager })).total, 2);
      assert.ok(registry.told.filter((line) => line === 'member uwe').length === 3, registry.told.join());
    });

    it('nobody acts above themselves, gives a role above their own, or manages without being a manager', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      const manager = await registry.member(admin, 'mia', 'resource_manager');
      const user = await registry.member(admin, 'uwe', 'resource_power_user');
      await refused(
        registry.members.setMemberRole({ userId: admin.userId, role: 'resource_user' }, { context: manager }),
        'insufficient_role',
      );
      await refused(registry.members.removeMember({ userId: admin.userId }, { context: manager }), 'insufficient_role');
      await refused(
        registry.members.setMemberRole({ userId: 'uwe', role: 'resource_admin' }, { context: manager }),
        'insufficient_role',
      );
      await refused(
        registry.members.addMember({ userId: 'new', username: 'new', role: 'resource_admin' }, { context: manager }),
        'insufficient_role',
      );
      await refused(registry.members.listMembers({}, { context: user }), 'insufficient_role');
      await refused(
        registry.members.addMember({ userId: 'new', username: 'new', role: 'resource_user' }, { context: user }),
        'insufficient_role',
      );
      for (const kind of ['api_token', 'external_app', 'service'] as const) {
        await refused(registry.members.listMembers({}, { context: through(admin, kind) }), 'forbidden');
      }
      await refused(registry.members.listMembers({}, { context: platform }), 'forbidden');
      const operator = { ...session(orgId, 'platform', 'resource_admin'), kind: 'platform' as const };
      assert.equal(
        (await registry.members.setMemberRole({ userId: 'mia', role: 'resource_admin' }, { context: operator })).role,
        'resource_admin',
      );
    });

    it('a context that is older than a demotion gives nothing back', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const before = await registry.member(admin, 'mia', 'resource_admin');
      await registry.members.setMemberRole({ userId: 'mia', role: 'resource_user' }, { context: admin });
      await refused(
        registry.members.setMemberRole({ userId: 'mia', role: 'resource_admin' }, { context: before }),
        'insufficient_role',
      );
      await registry.members.removeMember({ userId: 'mia' }, { context: admin });
      await refused(
        registry.members.addMember({ userId: 'mia', username: 'mia', role: 'resource_user' }, { context: before }),
        'insufficient_role',
      );
      await refused(
        registry.tokens.createToken({ name: 'x', scope: 'scope_token_user' }, { context: before }),
        'insufficient_role',
      );
    });

    it('a member is added once, and a wrong one never', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      await registry.member(admin, 'mia', 'resource_user');
      await refused(
        registry.members.addMember({ userId: 'mia', username: 'mia', role: 'resource_user' }, { context: admin }),
        'member_exists',
      );
      await refused(
        registry.members.addMember({ userId: '', username: 'x', role: 'resource_user' }, { context: admin }),
        'missing_field',
      );
      await refused(
        registry.members.addMember({ userId: 'x', username: 'x', role: 'resource_guest' }, { context: admin }),
        'invalid_value',
      );
      await refused(
        registry.members.addMember({ userId: 'x', username: 'x', email: 'x', role: 'resource_user' }, { context: admin }),
        'invalid_value',
      );
      await refused(registry.members.setMemberRole({ userId: 'nobody', role: 'resource_user' }, { context: admin }), 'not_found');
      await refused(registry.members.removeMember({ userId: 'nobody' }, { context: admin }), 'not_found');
    });

    it('the last admin can be neither demoted nor removed, not even by themselves', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      await registry.member(admin, 'mia', 'resource_manager');
      await refused(
        registry.members.setMemberRole({ userId: admin.userId, role: 'resource_user' }, { context: admin }),
        'last_admin',
      );
      await refused(registry.members.removeMember({ userId: admin.userId }, { context: admin }), 'last_admin');
    });

    it('two admins who demote each other at the same time leave one admin', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      for (let round = 0; round < 5; round++) {
        const other = await registry.member(admin, `other-${round}`, 'resource_admin');
        const outcomes = await Promise.allSettled([
          registry.members.setMemberRole({ userId: other.userId, role: 'resource_user' }, { context: admin }),
          registry.members.removeMember({ userId: admin.userId }, { context: other }),
        ]);
        const admins = await registry.database.withOrg(admin, (db) =>
          db.membership.findMany({ where: { orgId, role: 'resource_admin' } }),
        );
        assert.equal(admins.length, 1, `round ${round}`);
        assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
        const [left] = admins;
        assert.ok(left);
        if (left.userId !== admin.userId) {
          await registry.members.addMember(
            { userId: admin.userId, username: 'back', role: 'resource_admin' },
            { context: session(orgId, left.userId, 'resource_admin') },
          );
          await registry.members.removeMember({ userId: left.userId }, { context: admin });
        }
      }
    });

    it('every change is on record, with who and what and no secret', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      await registry.member(admin, 'mia', 'resource_power_user');
      const { text } = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_user' }, { context: admin });
      await registry.members.removeMember({ userId: 'mia' }, { context: admin });
      await refused(registry.members.removeMember({ userId: 'mia' }, { context: admin }), 'not_found');
      const rows = await registry.database.withOrg(admin, (db) =>
        db.auditEvent.findMany({ where: { orgId }, orderBy: { id: 'asc' } }),
      );
      assert.deepEqual(rows.map(({ actor, actorKind, action }) => `${actorKind} ${actor} ${action}`).sort(), [
        'platform platform member.added',
        'platform platform organization.created',
        'session acme-admin member.added',
        'session acme-admin member.removed',
        'session acme-admin token.created',
      ]);
      const removed = rows.find(({ action }) => action === 'member.removed');
      assert.deepEqual(JSON.parse(removed?.details ?? ''), { role: 'resource_power_user', tokens: 0 });
      const everything = JSON.stringify(rows) + registry.logged();
      assert.ok(!everything.includes(text) && !everything.includes(hashToken(text)) && !everything.includes(text.slice(20, 55)));
    });

    it('the record can’t be changed or shortened', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      await assert.rejects(
        registry.database.withOrg(admin, (db) => db.auditEvent.updateMany({ where: { orgId }, data: { actor: 'x' } })),
      );
      await assert.rejects(registry.database.withOrg(admin, (db) => db.auditEvent.deleteMany({ where: { orgId } })));
    });
  });

  describe(`API tokens on ${engine}`, () => {
    it('a token’s text is shown once, works, and is stored only as a digest', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      const grants = '{"version":"1","models_list":true,"models":{"type":"specific","ids":["m"]}}';
      const expiresAt = new Date(registry.now() + 3_600_000).toISOString();
      const { token, text } = await registry.tokens.createToken(
        { name: ' ci ', scope: 'scope_token_power_user', grants, expiresAt },
        { context: admin },
      );
      assert.equal(parseToken(text).clientId, clientIdOf(orgId));
      assert.equal(token?.name, 'ci');
      assert.equal(token?.tokenPrefix, text.slice(0, 20));
      const found = await authenticate(registry, text);
      assert.deepEqual(
        { ...found, grants: JSON.parse(found.grants) },
        {
          tokenId: token?.id,
          orgId,
          orgSlug: 'acme',
          orgStatus: 'active',
          userId: 'acme-admin',
          username: 'acme-admin',
          role: 'resource_admin',
          scope: 'scope_token_power_user',
          expiresAt,
          name: 'ci',
          grants: {
            version: '1',
            models_list: true,
            models: { type: 'specific', ids: ['m'] },
            toolsets_list: false,
            toolsets: { type: 'specific', ids: [] },
          },
        },
      );
      const stored = await registry.database.withOrg(admin, (db) => db.apiToken.findMany({ where: { orgId } }));
      assert.ok(!JSON.stringify(stored).includes(text.slice(20, 55)));
      const listed = await registry.tokens.listTokens({}, { context: admin });
      assert.ok(!JSON.stringify(listed).includes(text.slice(20, 55)));
      assert.ok(registry.told.includes(`token ${token?.id}`));
    });

    it('a token that is unknown, of another organisation, or of nobody answers the same', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      const other = await registry.organization('other');
      const { text } = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_user' }, { context: admin });
      const at = (tokenHash: string, clientId: string) =>
        registry.directory.authenticateToken({ tokenHash, clientId }, { context: platform });
      const unknown = () => at(hashToken(issueToken(clientIdOf(orgId)).text), clientIdOf(orgId));
      await sameRefusal(unknown(), at(hashToken(text), clientIdOf(other.orgId)), 'token_invalid');
      for (const [hash, client] of [
        ['', ''],
        ["' or 1=1 --", clientIdOf(orgId)],
        [hashToken(text), "' or 1=1 --"],
        [hashToken(text).toUpperCase(), clientIdOf(orgId)],
        [hashToken(text), '%'],
        ['%', '%'],
      ] as const) {
        await sameRefusal(unknown(), at(hash, client), 'token_invalid');
      }
      await refused(
        registry.directory.authenticateToken({ tokenHash: hashToken(text), clientId: clientIdOf(orgId) }, { context: admin }),
        'forbidden',
      );
      assert.equal((await authenticate(registry, text)).orgId, orgId);
    });

    it('a token ends when it is switched off, deleted or expired', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const expiresAt = new Date(registry.now() + 60_000).toISOString();
      const { token, text } = await registry.tokens.createToken(
        { name: 'ci', scope: 'scope_token_user', expiresAt },
        { context: admin },
      );
      const id = token?.id ?? '';
      const off = await registry.tokens.updateToken({ id, status: 'inactive', name: 'off' }, { context: admin });
      assert.deepEqual([off.status, off.name], ['inactive', 'off']);
      await refused(authenticate(registry, text), 'token_revoked');
      await registry.tokens.updateToken({ id, status: 'active' }, { context: admin });
      await authenticate(registry, text);
      registry.advance(60_000);
      await refused(authenticate(registry, text), 'token_expired');
      await registry.tokens.deleteToken({ id }, { context: admin });
      await refused(authenticate(registry, text), 'token_invalid');
      assert.equal(registry.told.filter((line) => line === `token ${id}`).length, 4);
    });

    it('a demotion narrows an owner’s tokens, a removal ends them for good, and both are told', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const owner = await registry.member(admin, 'mia', 'resource_manager');
      const { text } = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_power_user' }, { context: owner });
      assert.equal((await authenticate(registry, text)).scope, 'scope_token_power_user');
      await registry.members.setMemberRole({ userId: 'mia', role: 'resource_user' }, { context: admin });
      const narrowed = await authenticate(registry, text);
      assert.deepEqual([narrowed.scope, narrowed.role], ['scope_token_user', 'resource_user']);
      await registry.members.removeMember({ userId: 'mia' }, { context: admin });
      await refused(authenticate(registry, text), 'token_invalid');
      await registry.member(admin, 'mia', 'resource_admin');
      await refused(authenticate(registry, text), 'token_invalid');
      assert.equal(registry.told.filter((line) => line === 'member mia').length, 4);
    });

    it('a token whose owner’s membership is missing, or whose grants are damaged, is refused', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      await registry.member(admin, 'second', 'resource_admin');
      const { text } = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_user' }, { context: admin });
      await registry.database.withOrg(admin, (db) =>
        db.apiToken.updateMany({ where: { orgId }, data: { grants: '{"version":"1","models":' } }),
      );
      await refused(authenticate(registry, text), 'token_invalid');
      await registry.database.withOrg(admin, (db) =>
        db.apiToken.updateMany({ where: { orgId }, data: { grants: '{"version":"1"}' } }),
      );
      await authenticate(registry, text);
      await registry.database.withOrg(admin, (db) => db.membership.deleteMany({ where: { orgId, userId: admin.userId } }));
      await refused(authenticate(registry, text), 'token_invalid');
    });

    it('the state of the organisation comes with the token; of a deleted one nothing comes', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin, orgId } = await registry.organization('acme');
      const { text } = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_user' }, { context: admin });
      await registry.organizations.updateOrganization({ id: orgId, status: 'suspended' }, { context: platform });
      assert.equal((await authenticate(registry, text)).orgStatus, 'suspended');
      await registry.organizations.updateOrganization({ id: orgId, status: 'deleted' }, { context: platform });
      await refused(authenticate(registry, text), 'token_invalid');
    });

    it('the last use is noted, at most once in five minutes, without delaying or failing the request', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const { text } = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_user' }, { context: admin });
      const lastUsed = async () => (await registry.tokens.listTokens({}, { context: admin })).tokens[0]?.lastUsedAt ?? '';
      const noted = async (unlike: string) => {
        for (let wait = 0; wait < 400; wait++) {
          const at = await lastUsed();
          if (at !== unlike) return at;
          await delay(10);
        }
        throw new Error('The use was not noted.');
      };
      assert.equal(await lastUsed(), '');
      await Promise.all(Array.from({ length: 20 }, () => authenticate(registry, text)));
      const first = await noted('');
      registry.advance(4 * 60_000);
      await authenticate(registry, text);
      assert.equal(await lastUsed(), first);
      registry.advance(2 * 60_000);
      await authenticate(registry, text);
      assert.ok(Date.parse(await noted(first)) - Date.parse(first) >= 5 * 60_000);
    });

    it('only a signed-in person of the right role makes tokens, and never above themselves', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const power = await registry.member(admin, 'pia', 'resource_power_user');
      const user = await registry.member(admin, 'uwe', 'resource_user');
      const request = { name: 'ci', scope: 'scope_token_user' };
      await registry.tokens.createToken({ ...request, scope: 'scope_token_power_user' }, { context: power });
      await refused(registry.tokens.createToken(request, { context: user }), 'insufficient_role');
      for (const kind of ['api_token', 'external_app', 'service'] as const) {
        await refused(registry.tokens.createToken(request, { context: through(admin, kind) }), 'forbidden');
        await refused(registry.tokens.listTokens({}, { context: through(admin, kind) }), 'forbidden');
      }
      await refused(registry.tokens.createToken(request, { context: { ...admin, kind: 'platform' } }), 'forbidden');
      await refused(registry.tokens.createToken(request, { context: platform }), 'forbidden');
      for (const [wrong, code] of [
        [{ name: '' }, 'missing_field'],
        [{ name: 'x'.repeat(101) }, 'invalid_value'],
        [{ scope: 'scope_token_admin' }, 'invalid_value'],
        [{ grants: '{}' }, 'invalid_value'],
        [{ expiresAt: '2001-01-01T00:00:00Z' }, 'invalid_value'],
      ] as const) {
        await refused(registry.tokens.createToken({ ...request, ...wrong }, { context: admin }), code);
      }
      assert.equal((await registry.tokens.listTokens({}, { context: admin })).total, 0);
    });

    it('a token of somebody else answers like one that does not exist', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const power = await registry.member(admin, 'pia', 'resource_power_user');
      const stranger = (await registry.organization('other')).admin;
      const { token, text } = await registry.tokens.createToken({ name: 'ci', scope: 'scope_token_user' }, { context: power });
      const id = token?.id ?? '';
      for (const context of [admin, stranger]) {
        const missing = newUlid();
        await sameRefusal(
          registry.tokens.updateToken({ id, status: 'inactive' }, { context }),
          registry.tokens.updateToken({ id: missing, status: 'inactive' }, { context }),
          'not_found',
        );
        await sameRefusal(
          registry.tokens.deleteToken({ id }, { context }),
          registry.tokens.deleteToken({ id: missing }, { context }),
          'not_found',
        );
        assert.equal((await registry.tokens.listTokens({}, { context })).total, 0);
      }
      await authenticate(registry, text);
    });

    it('a prefix that is taken in the organisation is drawn again', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      const { prefix } = issueToken(clientIdOf(admin.orgId));
      const drawn: string[] = [];
      // The first two tokens of this stubborn source are alike.
      const issue: typeof issueToken = (clientId) => {
        const issued = issueToken(clientId);
        drawn.push(drawn.length < 2 ? prefix : issued.prefix);
        return { ...issued, prefix: drawn.at(-1) ?? '' };
      };
      const changes = createChanges({ database: registry.database, messaging: registry.messaging, clock: registry.now });
      const { handlers } = tokensRpc({ database: registry.database, changes, clock: registry.now, issue });
      const create = (name: string) =>
        handlers.createToken?.({ name, scope: 'scope_token_user', grants: '', expiresAt: '' } as never, {
          context: admin,
          requestId: name,
          signal: AbortSignal.timeout(10_000),
        });
      await create('one');
      await create('two');
      assert.equal(drawn.length, 3);
      const { tokens } = await registry.tokens.listTokens({}, { context: admin });
      assert.deepEqual(tokens.map(({ tokenPrefix }) => tokenPrefix).sort(), [prefix, drawn[2]].sort());
    });

    it('tokens are listed newest first, page by page', async (t) => {
      const registry = await openRegistry(t, engine);
      const { admin } = await registry.organization('acme');
      for (const name of ['one', 'two', 'three']) {
        await registry.tokens.createToken({ name, scope: 'scope_token_user' }, { context: admin });
        await delay(2); // ids sort by the millisecond they were made in
      }
      const page = await registry.tokens.listTokens({ page: 2, pageSize: 2 }, { context: admin });
      assert.deepEqual([page.tokens.map(({ name }) => name), page.total, page.page, page.pageSize], [['one'], 3, 2, 2]);
      assert.equal((await registry.tokens.listTokens({ pageSize: 1000 }, { context: admin })).pageSize, 100);
    });
  });
}
