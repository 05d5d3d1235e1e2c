import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '@sangha/errors';
import { newUlid, type OrgContext } from '@sangha/identity';
import { refused, sameRefusal } from '@sangha/testkit/refused';
import { byToken, engines, type Harness, openCatalog, organization, session } from './harness.ts';

const remoteInput = {
  name: 'Provider',
  apiFormat: 'openai',
  baseUrl: 'https://api.example.com/v1',
  models: ['gpt-4'],
  prefix: '',
  visibility: '',
  keyAction: 'set',
  keyValue: 'sk-canary-7d31',
};

for (const engine of engines) {
  describe(`aliases on ${engine}`, () => {
    const opened = async (t: Parameters<typeof openCatalog>[0]) => {
      const catalog = await openCatalog(t, engine);
      const orgId = organization();
      await catalog.file(session(orgId, 'ada'), { repo: 'o/n', filename: 'm.gguf' });
      const people = {
        user: session(orgId, 'uwe'),
        power: session(orgId, 'pia', 'resource_power_user'),
        other: session(orgId, 'olga', 'resource_power_user'),
        manager: session(orgId, 'mia', 'resource_manager'),
      };
      return { catalog, orgId, ...people };
    };
    const target = { repo: 'o/n', filename: 'm.gguf' };

    it('are made, read, changed, copied and removed, and every change is told', async (t) => {
      const { catalog, power, orgId } = await opened(t);
      const before = catalog.told.length;
      const made = await catalog.aliases.createAlias(
        { alias: 'a', ...target, requestParams: '{"seed":1}', contextParams: { contextSize: 256 } },
        { context: power },
      );
      assert.deepEqual(
        [made.alias, made.visibility, made.userId, made.requestParams, made.contextParams?.contextSize],
        ['a', 'private', 'pia', '{"seed":1}', 256],
      );
      assert.deepEqual(await catalog.aliases.getAlias({ id: made.id }, { context: power }), made);
      const changed = await catalog.aliases.updateAlias(
        { id: made.id, alias: 'b', ...target, visibility: 'org', userId: 'someone-else' },
        { context: power },
      );
      assert.deepEqual(
        [changed.alias, changed.visibility, changed.userId, changed.requestParams, changed.createdAt],
        ['b', 'org', 'pia', '{}', made.createdAt],
      );
      const copy = await catalog.aliases.copyAlias({ id: made.id, alias: 'c' }, { context: session(orgId, 'uwe') });
      assert.deepEqual([copy.alias, copy.visibility, copy.userId], ['c', 'private', 'uwe']);
      await catalog.aliases.deleteAlias({ id: made.id }, { context: power });
      await refused(catalog.aliases.getAlias({ id: made.id }, { context: power }), 'not_found');
      assert.equal(catalog.told.length - before, 4);
    });

    it('a name is taken once by its owner, and once among what is shared', async (t) => {
      const { catalog, power, other } = await opened(t);
      await catalog.aliases.createAlias({ alias: 'a', ...target }, { context: power });
      await refused(catalog.aliases.createAlias({ alias: 'a', ...target }, { context: power }), 'alias_taken');
      await catalog.aliases.createAlias({ alias: 'a', ...target }, { context: other });
      const shared = await catalog.aliases.createAlias({ alias: 'a', ...target, visibility: 'org' }, { context: other });
      await refused(catalog.aliases.createAlias({ alias: 'a', ...target, visibility: 'org' }, { context: power }), 'alias_taken');
      await refused(catalog.aliases.copyAlias({ id: shared.id, alias: 'a' }, { context: power }), 'alias_taken');
      const mine = await catalog.aliases.createAlias({ alias: 'b', ...target }, { context: power });
      await refused(catalog.aliases.updateAlias({ id: mine.id, alias: 'a', ...target }, { context: power }), 'alias_taken');
      await refused(
        catalog.aliases.updateAlias({ id: mine.id, alias: 'a', ...target, visibility: 'org' }, { context: power }),
        'alias_taken',
      );
    });

    it('sharing needs a power user; changing what is shared its owner or a manager', async (t) => {
      const { catalog, user, power, other, manager } = await opened(t);
      const own = await catalog.aliases.createAlias({ alias: 'own', ...target }, { context: user });
      await refused(
        catalog.aliases.createAlias({ alias: 'x', ...target, visibility: 'org' }, { context: user }),
        'insufficient_role',
      );
      await refused(
        catalog.aliases.updateAlias({ id: own.id, alias: 'own', ...target, visibility: 'org' }, { context: user }),
        'insufficient_role',
      );
      await refused(
        catalog.aliases.createAlias(
          { alias: 'x', ...target, visibility: 'org' },
          { context: byToken(power, [], 'scope_token_user') },
        ),
        'insufficient_scope',
      );
      await refused(
        catalog.aliases.createAlias({ alias: 'x', ...target }, { context: session(user.orgId, 'guest', 'resource_guest') }),
        'insufficient_role',
      );
      const shared = await catalog.aliases.createAlias(
        { alias: 'shared', ...target, visibility: 'org' },
        { context: byToken(power, ['o/n:m'], 'scope_token_power_user') },
      );
      for (const context of [user, other]) {
        await refused(
          catalog.aliases.updateAlias({ id: shared.id, alias: 'taken-over', ...target, visibility: 'org' }, { context }),
          'insufficient_role',
        );
        await refused(catalog.aliases.deleteAlias({ id: shared.id }, { context }), 'insufficient_role');
      }
      await refused(
        catalog.aliases.deleteAlias({ id: shared.id }, { context: byToken(manager, [], 'scope_token_power_user') }),
        'insufficient_role',
      );
      assert.equal(
        (
          await catalog.aliases.updateAlias(
            { id: shared.id, alias: 'renamed', ...target, visibility: 'org' },
            { context: manager },
          )
        ).userId,
        'pia',
      );
      await catalog.aliases.deleteAlias({ id: shared.id }, { context: manager });
    });

    it('a token can’t turn a name that it was granted into a way to another model', async (t) => {
      const { catalog, orgId, power } = await opened(t);
      await catalog.file(session(orgId, 'ada'), { repo: 'o/n', filename: 'secret.gguf' });
      const token = { context: byToken(power, ['o/n:m', 'mine'], 'scope_token_power_user') };
      const secret = { repo: 'o/n', filename: 'secret.gguf' };
      for (const alias of ['o/n:m', 'mine'])
        await refused(catalog.aliases.createAlias({ alias, ...secret }, token), 'model_not_granted');
      const mine = await catalog.aliases.createAlias({ alias: 'mine', ...target }, token);
      await refused(catalog.aliases.updateAlias({ id: mine.id, alias: 'mine', ...secret }, token), 'model_not_granted');
      const owners = await catalog.aliases.createAlias({ alias: 'owners', ...secret }, { context: power });
      await refused(catalog.aliases.copyAlias({ id: owners.id, alias: 'o/n:m' }, token), 'model_not_granted');
      assert.equal((await catalog.aliases.copyAlias({ id: mine.id, alias: 'copy' }, token)).filename, 'm.gguf');
      assert.equal((await catalog.aliases.createAlias({ alias: 'free', ...secret }, { context: power })).filename, 'secret.gguf');
    });

    it('a token that may not list models sees no row of what it may not use, on no surface', async (t) => {
      const { catalog, orgId, user } = await opened(t);
      const { id } = await catalog.file(session(orgId, 'ada'), { repo: 'o/n', filename: 'secret.gguf' });
      const blind = byToken(user, ['o/n:m']);
      const context = Object.freeze({ ...blind, grants: { ...blind.grants, models_list: false } }) as OrgContext;
      await refused(catalog.models.listModels({}, { context }), 'insufficient_scope');
      await refused(catalog.models.listFiles({}, { context }), 'insufficient_scope');
      await sameRefusal(
        catalog.models.getModel({ id }, { context }),
        catalog.models.getModel({ id: newUlid() }, { context }),
        'model_not_found',
      );
      const seen = (await catalog.models.listModels({}, { context: blind })).models;
      assert.deepEqual(seen.map(({ access }) => access).sort(), [false, true]);
      for (const { file, access } of seen)
        if (access) assert.equal((await catalog.models.getModel({ id: file?.id ?? '' }, { context })).file?.filename, 'm.gguf');
    });

    it('somebody else’s private alias and another organisation’s answer like none at all', async (t) => {
      const { catalog, user, manager, power } = await opened(t);
      const { id } = await catalog.aliases.createAlias({ alias: 'mine', ...target }, { context: user });
      const shared = await catalog.aliases.createAlias({ alias: 'ours', ...target, visibility: 'org' }, { context: power });
      const stranger = session(organization(), user.userId, 'resource_admin');
      for (const [context, hidden] of [
        [manager, id],
        [stranger, id],
        [stranger, shared.id],
      ] as const) {
        const call = (which: string) => [
          () => catalog.aliases.getAlias({ id: which }, { context }),
          () => catalog.aliases.updateAlias({ id: which, alias: 'x', ...target }, { context }),
          () => catalog.aliases.deleteAlias({ id: which }, { context }),
          () => catalog.aliases.copyAlias({ id: which, alias: 'x' }, { context }),
        ];
        const none = call(newUlid());
        for (const [index, one] of call(hidden).entries()) await sameRefusal(one(), (none[index] ?? one)(), 'not_found');
        await refused(catalog.models.getModel({ id: hidden }, { context }), 'model_not_found');
      }
      assert.equal((await catalog.models.listModels({ type: 'model_alias' }, { context: manager })).total, 1);
      assert.equal((await catalog.models.listModels({}, { context: stranger })).total, 0);
    });

    it('what can’t be an alias is refused', async (t) => {
      const { catalog, power } = await opened(t);
      const stranger = session(organization(), 'x', 'resource_admin');
      for (const [wrong, code] of [
        [{ alias: '' }, 'missing_field'],
        [{ alias: 'a b' }, 'invalid_value'],
        [{ repo: '' }, 'missing_field'],
        [{ filename: 'none.gguf' }, 'not_found'],
        [{ snapshot: 'none' }, 'not_found'],
        [{ visibility: 'public' }, 'invalid_value'],
        [{ requestParams: '{"n":2}' }, 'invalid_value'],
        [{ requestParams: 'x' }, 'invalid_json'],
        [{ contextParams: { contextSize: 1 } }, 'invalid_value'],
      ] as const) {
        await refused(catalog.aliases.createAlias({ alias: 'a', ...target, ...wrong }, { context: power }), code);
      }
      await refused(catalog.aliases.createAlias({ alias: 'a', ...target }, { context: stranger }), 'not_found');
    });
  });

  describe(`remote models on ${engine}`, () => {
    const opened = async (t: Parameters<typeof openCatalog>[0], differences: Parameters<typeof openCatalog>[2] = {}) => {
      const catalog = await openCatalog(t, engine, differences);
      const orgId = organization();
      return {
        catalog,
        orgId,
        user: session(orgId, 'uwe'),
        power: session(orgId, 'pia', 'resource_power_user'),
        manager: session(orgId, 'mia', 'resource_manager'),
      };
    };
    const keyAt = async (catalog: Harness, context: OrgContext, name = 'gpt-4') =>
      (await catalog.resolver.resolve({ name }, { context })).remote?.apiKey;

    it('a key stays with its server: another path keeps it, another origin needs it again', async (t) => {
      const { catalog, user } = await opened(t);
      const made = await catalog.remotes.createRemoteModel(remoteInput, { context: user });
      assert.deepEqual([made.hasApiKey, made.visibility, made.userId], [true, 'private', 'uwe']);
      const change = (differences: Partial<typeof remoteInput>) =>
        catalog.remotes.updateRemoteModel(
          { ...remoteInput, id: made.id, keyAction: 'keep', keyValue: '', ...differences },
          { context: user },
        );
      assert.equal((await change({ baseUrl: 'https://api.example.com/v2' })).baseUrl, 'https://api.example.com/v2');
      assert.equal(await keyAt(catalog, user), 'sk-canary-7d31');
      await refused(change({ baseUrl: 'https://evil.example/v1' }), 'key_origin_changed');
      await refused(change({ baseUrl: 'https://api.example.com:8443/v1' }), 'key_origin_changed');
      assert.equal(await keyAt(catalog, user), 'sk-canary-7d31');
      await change({ baseUrl: 'https://other.example/v1', keyAction: 'set', keyValue: 'sk-new' });
      assert.equal(await keyAt(catalog, user), 'sk-new');
      assert.equal((await change({ baseUrl: 'https://other.example/v1', keyAction: 'set' })).hasApiKey, false);
      assert.equal(await keyAt(catalog, user), '');
      assert.equal((await change({ baseUrl: 'https://third.example/v1' })).hasApiKey, false);
    });

    it('a sealed key opens in its own row, organisation and server only', async (t) => {
      const { catalog, user, orgId } = await opened(t);
      const one = await catalog.remotes.createRemoteModel(remoteInput, { context: user });
      const two = await catalog.remotes.createRemoteModel(
        { ...remoteInput, prefix: 'two/', keyValue: 'sk-two' },
        { context: user },
      );
      const row = await catalog.database.withOrg(user, (db) =>
        db.apiModelAlias.findFirstOrThrow({ where: { orgId, id: one.id } }),
      );
      const write = (id: string, data: object) =>
        catalog.database.withOrg(user, (db) => db.apiModelAlias.updateMany({ where: { orgId, id }, data }));
      await write(two.id, { encryptedApiKey: row.encryptedApiKey });
      await refused(catalog.resolver.resolve({ name: 'two/gpt-4' }, { context: user }), 'internal');
      await write(one.id, { baseUrl: 'https://evil.example/v1' });
      await refused(catalog.resolver.resolve({ name: 'gpt-4' }, { context: user }), 'internal');
      const stranger = session(organization(), 'uwe');
      await catalog.database.withOrg(stranger, (db) => db.apiModelAlias.create({ data: { ...row, orgId: stranger.orgId } }));
      await refused(catalog.resolver.resolve({ name: 'gpt-4' }, { context: stranger }), 'internal');
      await write(one.id, { baseUrl: row.baseUrl });
      assert.equal(await keyAt(catalog, user), 'sk-canary-7d31');
    });

    it('only people touch them: sharing needs a power user, changing what is shared its owner or a manager', async (t) => {
      const { catalog, user, power, manager } = await opened(t);
      await refused(
        catalog.remotes.createRemoteModel(remoteInput, { context: byToken(power, [], 'scope_token_power_user') }),
        'forbidden',
      );
      await refused(
        catalog.remotes.createRemoteModel({ ...remoteInput, visibility: 'org' }, { context: user }),
        'insufficient_role',
      );
      const shared = await catalog.remotes.createRemoteModel({ ...remoteInput, visibility: 'org' }, { context: power });
      await refused(catalog.remotes.getRemoteModel({ id: shared.id }, { context: byToken(power, []) }), 'forbidden');
      const change = (context: OrgContext) =>
        catalog.remotes.updateRemoteModel({ ...remoteInput, id: shared.id, visibility: 'org', keyAction: 'keep' }, { context });
      await refused(change(user), 'insufficient_role');
      await refused(catalog.remotes.deleteRemoteModel({ id: shared.id }, { context: user }), 'insufficient_role');
      assert.equal((await change(manager)).hasApiKey, true);
      assert.equal(await keyAt(catalog, user), 'sk-canary-7d31');
      await catalog.remotes.deleteRemoteModel({ id: shared.id }, { context: manager });
      await refused(catalog.resolver.resolve({ name: 'gpt-4' }, { context: power }), 'model_not_found');
    });

    it('somebody else’s private one and another organisation’s answer like none at all', async (t) => {
      const { catalog, user, manager, power } = await opened(t);
      const { id } = await catalog.remotes.createRemoteModel(remoteInput, { context: user });
      const shared = await catalog.remotes.createRemoteModel(
        { ...remoteInput, visibility: 'org', prefix: 's/' },
        { context: power },
      );
      const stranger = session(organization(), user.userId, 'resource_admin');
      for (const [context, hidden] of [
        [manager, id],
        [stranger, id],
        [stranger, shared.id],
      ] as const) {
        const call = (which: string) => [
          () => catalog.remotes.getRemoteModel({ id: which }, { context }),
          () => catalog.remotes.updateRemoteModel({ ...remoteInput, id: which }, { context }),
          () => catalog.remotes.deleteRemoteModel({ id: which }, { context }),
        ];
        const none = call(newUlid());
        for (const [index, one] of call(hidden).entries()) await sameRefusal(one(), (none[index] ?? one)(), 'not_found');
      }
      assert.equal((await catalog.models.listModels({ type: 'api_model' }, { context: manager })).total, 1);
      assert.equal(await keyAt(catalog, user), 'sk-canary-7d31');
    });

    it('a prefix is taken once in an organisation', async (t) => {
      const { catalog, user, power } = await opened(t);
      await catalog.remotes.createRemoteModel({ ...remoteInput, prefix: 'p/' }, { context: user });
      await refused(catalog.remotes.createRemoteModel({ ...remoteInput, prefix: 'p/' }, { context: power }), 'prefix_taken');
      const plain = await catalog.remotes.createRemoteModel(remoteInput, { context: user });
      await catalog.remotes.createRemoteModel(remoteInput, { context: power });
      await refused(
        catalog.remotes.updateRemoteModel({ ...remoteInput, id: plain.id, prefix: 'p/' }, { context: user }),
        'prefix_taken',
      );
      await catalog.remotes.createRemoteModel({ ...remoteInput, prefix: 'p/' }, { context: session(organization(), 'uwe') });
    });

    it('values of extra headers and the extra body are shown to who may change them, and to no token', async (t) => {
      const { catalog, orgId, user, power } = await opened(t);
      const shared = await catalog.remotes.createRemoteModel(
        {
          ...remoteInput,
          visibility: 'org',
          extraHeaders: { 'helicone-auth': 'canary-5512' },
          extraBody: '{"tag":"canary-5513"}',
        },
        { context: power },
      );
      const askers = [user, byToken(power, ['gpt-4'], 'scope_token_power_user'), byToken(user, ['gpt-4'])];
      for (const context of askers) {
        const answers = [
          await catalog.models.listModels({}, { context }),
          await catalog.models.getModel({ id: shared.id }, { context }),
          ...(context.kind === 'session' ? [await catalog.remotes.getRemoteModel({ id: shared.id }, { context })] : []),
        ];
        assert.doesNotMatch(JSON.stringify(answers), /canary/);
      }
      for (const context of [power, session(orgId, 'mia', 'resource_manager')]) {
        const read = await catalog.remotes.getRemoteModel({ id: shared.id }, { context });
        assert.deepEqual([read.extraHeaders, read.extraBody], [{ 'helicone-auth': 'canary-5512' }, '{"tag":"canary-5513"}']);
      }
    });

    it('what can’t be a remote model is refused, addresses inside included unless the operator lists them', async (t) => {
      const { catalog, user } = await opened(t, { addresses: { allowedHosts: ['vllm.internal'], allowLoopback: false } });
      const wrong: [Partial<Parameters<typeof catalog.remotes.createRemoteModel>[0]>, ErrorCode][] = [
        [{ baseUrl: 'http://api.example.com' }, 'address_refused'],
        [{ baseUrl: 'https://169.254.169.254' }, 'address_refused'],
        [{ baseUrl: 'http://127.0.0.1:11434' }, 'address_refused'],
        [{ baseUrl: 'https://u:p@api.example.com' }, 'invalid_value'],
        [{ apiFormat: 'x' }, 'invalid_value'],
        [{ models: [] }, 'invalid_value'],
        [{ extraHeaders: { Authorization: 'x' } }, 'invalid_value'],
        [{ extraBody: '{"model":"x"}' }, 'invalid_value'],
        [{ keyAction: 'x' }, 'invalid_value'],
      ];
      for (const [differences, code] of wrong)
        await refused(catalog.remotes.createRemoteModel({ ...remoteInput, ...differences }, { context: user }), code);
      await catalog.remotes.createRemoteModel({ ...remoteInput, baseUrl: 'http://vllm.internal:8000/v1' }, { context: user });
      assert.equal((await catalog.models.listModels({}, { context: user })).total, 1);
    });
  });
}
