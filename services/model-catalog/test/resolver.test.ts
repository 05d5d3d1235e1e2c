import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newUlid } from '@sangha/identity';
import { events } from '@sangha/protos';
import { refused, sameRefusal } from '@sangha/testkit/refused';
import { byToken, engines, openCatalog, organization, serviceIn, session } from './harness.ts';

const remoteInput = {
  name: 'Provider',
  apiFormat: 'openai',
  baseUrl: 'https://api.example.com/v1',
  models: ['gpt-4'],
  prefix: '',
  visibility: 'org',
  keyAction: 'set',
  keyValue: 'sk-canary-7d31',
};

for (const engine of engines) {
  describe(`names on ${engine}`, () => {
    it('a file resolves to its blob, template and length', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const { id, name, sha256 } = await catalog.file(
        ada,
        { repo: 'owner/name', filename: 'm-q8.gguf' },
        { weights: 'q8_0', contextLength: 1024, license: 'mit' },
      );
      assert.equal(name, 'owner/name:Q8_0');
      const target = await catalog.resolver.resolve({ name }, { context: ada });
      assert.deepEqual([target.kind, target.modelId, target.requestParams], ['local', name, '{}']);
      assert.deepEqual(
        [target.local?.sha256, target.local?.contextLength, target.local?.architecture, target.local?.chatTemplateSource],
        [sha256, 1024, 'llama', 'file'],
      );
      assert.ok(
        (target.local?.sizeBytes ?? 0) > 1000 &&
          target.local?.chatTemplate.includes('im_start') &&
          target.local.capabilities.includes('chat'),
      );
      assert.deepEqual(new Set(target.grantIds), new Set([name, id, 'owner/name:m-q8']));
      assert.equal((await catalog.resolver.resolve({ name: 'owner/name:m-q8' }, { context: ada })).local?.sha256, sha256);
    });

    it('a second file of equal quantization makes both names exact, and the exact name works before and after', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const one = await catalog.file(ada, { repo: 'owner/name', filename: 'one.gguf' }, { seed: 1 });
      const exact = await catalog.resolver.resolve({ name: 'owner/name:one' }, { context: ada });
      const two = await catalog.file(ada, { repo: 'owner/name', filename: 'two.gguf' }, { seed: 2 });
      assert.equal(two.name, 'owner/name:two');
      assert.deepEqual(
        (await catalog.models.listFiles({}, { context: ada })).files.map(({ name }) => name),
        ['owner/name:one', 'owner/name:two'],
      );
      await refused(catalog.resolver.resolve({ name: one.name }, { context: ada }), 'model_not_found');
      assert.deepEqual((await catalog.resolver.resolve({ name: 'owner/name:one' }, { context: ada })).local, exact.local);
      assert.equal(exact.local?.sha256, one.sha256);
    });

    it('two files of equal quantization that arrive at the same time have two names', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const names = ['a', 'b', 'c', 'd'];
      await Promise.all(
        names.map((name, seed) => catalog.file(ada, { repo: 'owner/name', filename: `${name}.gguf` }, { seed: seed + 1 })),
      );
      const { files } = await catalog.models.listFiles({}, { context: ada });
      assert.deepEqual(
        files.map(({ name }) => name),
        names.map((name) => `owner/name:${name}`),
      );
    });

    it('a newer snapshot of a file takes over its name', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      await catalog.file(ada, { repo: 'owner/name', filename: 'm.gguf', snapshot: 'aaa' }, { seed: 1 });
      await delay(2);
      const newer = await catalog.file(ada, { repo: 'owner/name', filename: 'm.gguf', snapshot: 'bbb' }, { seed: 2 });
      assert.equal((await catalog.resolver.resolve({ name: newer.name }, { context: ada })).local?.sha256, newer.sha256);
      assert.equal((await catalog.models.listFiles({}, { context: ada })).total, 2);
    });

    it('a file from a local folder is called by its file name', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const { sha256 } = await catalog.file(ada, { source: 'local', repo: 'local', filename: 'my-model.gguf' });
      assert.equal((await catalog.resolver.resolve({ name: 'my-model' }, { context: ada })).local?.sha256, sha256);
    });

    it('own alias before shared alias before remote model before file', async (t) => {
      const catalog = await openCatalog(t, engine);
      const orgId = organization();
      const [ada, bob] = [session(orgId, 'ada', 'resource_power_user'), session(orgId, 'bob')];
      const [one, two, three] = [
        await catalog.file(ada, { source: 'local', repo: 'local', filename: 'gpt-4.gguf' }, { seed: 1 }),
        await catalog.file(ada, { repo: 'o/n', filename: 'two.gguf' }, { seed: 2 }),
        await catalog.file(ada, { repo: 'o/m', filename: 'three.gguf' }, { seed: 3 }),
      ];
      const resolved = async (context = bob) => {
        const { local, remote } = await catalog.resolver.resolve({ name: 'gpt-4' }, { context });
        return local?.sha256 ?? remote?.upstreamModel;
      };
      const listed = async () =>
        (await catalog.resolver.listNames({}, { context: bob })).names.find(({ name }) => name === 'gpt-4')?.type;
      assert.deepEqual([await resolved(), await listed()], [one.sha256, 'local_file']);
      await catalog.remotes.createRemoteModel(remoteInput, { context: ada });
      assert.deepEqual([await resolved(), await listed()], ['gpt-4', 'api_model']);
      await catalog.aliases.createAlias(
        { alias: 'gpt-4', repo: 'o/n', filename: 'two.gguf', visibility: 'org' },
        { context: ada },
      );
      assert.deepEqual([await resolved(), await listed()], [two.sha256, 'model_alias']);
      await catalog.aliases.createAlias({ alias: 'gpt-4', repo: 'o/m', filename: 'three.gguf' }, { context: bob });
      assert.equal(await resolved(), three.sha256);
      assert.equal(await resolved(ada), two.sha256, 'somebody else’s private alias changes nothing');
    });

    it('an alias brings its presets, its context and its template', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      await catalog.file(ada, { repo: 'o/n', filename: 'm.gguf' });
      const alias = {
        alias: 'fast',
        repo: 'o/n',
        filename: 'm.gguf',
        requestParams: '{"temperature":0.1}',
        contextParams: { contextSize: 512, sequences: 2, gpuLayers: 0, chatTemplate: '{{ messages }}' },
      };
      const { id } = await catalog.aliases.createAlias(alias, { context: ada });
      const target = await catalog.resolver.resolve({ name: 'fast' }, { context: ada });
      assert.deepEqual([target.modelId, target.requestParams, target.grantIds], ['fast', '{"temperature":0.1}', ['fast', id]]);
      assert.deepEqual([target.local?.chatTemplate, target.local?.chatTemplateSource], ['{{ messages }}', 'alias']);
      const { contextSize, sequences, gpuLayers, threads } = target.local?.context ?? {};
      assert.deepEqual([contextSize, sequences, gpuLayers, threads], [512, 2, 0, undefined]);
    });

    it('a remote model resolves with its key, which is written nowhere', async (t) => {
      const catalog = await openCatalog(t, engine);
      const orgId = organization();
      const ada = session(orgId, 'ada', 'resource_power_user');
      const { id } = await catalog.remotes.createRemoteModel(
        { ...remoteInput, prefix: 'p/', extraHeaders: { 'X-Org': '1' }, extraBody: '{"store":false}' },
        { context: ada },
      );
      const target = await catalog.resolver.resolve({ name: 'p/gpt-4' }, { context: session(orgId, 'bob') });
      assert.deepEqual(target.remote, {
        id,
        apiFormat: 'openai',
        baseUrl: 'https://api.example.com/v1',
        apiKey: 'sk-canary-7d31',
        upstreamModel: 'gpt-4',
        extraHeaders: { 'x-org': '1' },
        extraBody: '{"store":false}',
      });
      assert.equal(target.kind, 'remote');
      const everything = [
        await catalog.remotes.getRemoteModel({ id }, { context: ada }),
        await catalog.models.listModels({}, { context: ada }),
        await catalog.models.getModel({ id }, { context: ada }),
        await catalog.database.withOrg(ada, (db) => db.apiModelAlias.findMany({ where: { orgId } })),
        catalog.logged(),
      ];
      assert.ok(!JSON.stringify(everything).includes('canary'));
      await refused(catalog.resolver.resolve({ name: 'p/other' }, { context: ada }), 'model_not_found');
    });

    it('a prefix that forwards everything takes every name behind it', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada', 'resource_power_user');
      await catalog.remotes.createRemoteModel(
        { ...remoteInput, models: ['listed'], prefix: 'any/', forwardAllWithPrefix: true },
        { context: ada },
      );
      assert.equal(
        (await catalog.resolver.resolve({ name: 'any/thing:7b' }, { context: ada })).remote?.upstreamModel,
        'thing:7b',
      );
      assert.deepEqual(
        (await catalog.resolver.listNames({}, { context: ada })).names.map(({ name }) => name),
        ['any/listed'],
      );
    });

    it('what a token may use is marked, by name or by id; resolving does not depend on it', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const file = await catalog.file(ada, { repo: 'o/n', filename: 'm.gguf' });
      const alias = await catalog.aliases.createAlias({ alias: 'fast', repo: 'o/n', filename: 'm.gguf' }, { context: ada });
      const allowed = async (ids: string[]) =>
        (await catalog.resolver.listNames({}, { context: byToken(ada, ids) })).names
          .filter((name) => name.allowed)
          .map(({ name }) => name);
      assert.deepEqual(await allowed([]), []);
      assert.deepEqual(await allowed(['fast']), ['fast']);
      assert.deepEqual(await allowed([alias.id]), ['fast']);
      for (const id of [file.id, file.name, 'o/n:m']) assert.deepEqual(await allowed([id]), [file.name]);
      assert.deepEqual(
        (await catalog.resolver.listNames({}, { context: ada })).names.map((name) => name.allowed),
        [true, true],
      );
      const access = (await catalog.models.listModels({}, { context: byToken(ada, ['fast']) })).models.map((row) => [
        row.name,
        row.access,
      ]);
      assert.deepEqual(access, [
        ['fast', true],
        [file.name, false],
      ]);
      const target = await catalog.resolver.resolve({ name: 'fast' }, { context: byToken(ada, []) });
      assert.deepEqual(new Set(target.grantIds), new Set(['fast', alias.id]));
    });

    it('a name of somebody else, of another organisation and of nobody answers the same', async (t) => {
      const catalog = await openCatalog(t, engine);
      const orgId = organization();
      const [ada, bob, stranger] = [
        session(orgId, 'ada'),
        session(orgId, 'bob', 'resource_admin'),
        session(organization(), 'ada', 'resource_admin'),
      ];
      const { name } = await catalog.file(ada, { repo: 'o/n', filename: 'm.gguf' });
      await catalog.aliases.createAlias({ alias: 'mine', repo: 'o/n', filename: 'm.gguf' }, { context: ada });
      await catalog.remotes.createRemoteModel({ ...remoteInput, visibility: 'private' }, { context: ada });
      for (const [context, hidden] of [
        [bob, 'mine'],
        [bob, 'gpt-4'],
        [stranger, 'mine'],
        [stranger, 'gpt-4'],
        [stranger, name],
        [stranger, 'o/n:m'],
      ] as const) {
        const error = await refused(catalog.resolver.resolve({ name: hidden }, { context }), 'model_not_found');
        const none = await refused(catalog.resolver.resolve({ name: 'x'.repeat(hidden.length) }, { context }), 'model_not_found');
        assert.equal(error.message.replaceAll(hidden, ''), none.message.replaceAll('x'.repeat(hidden.length), ''));
      }
      assert.deepEqual((await catalog.resolver.listNames({}, { context: stranger })).names, []);
      for (const odd of ['', "' or 1=1 --", '%', 'x'.repeat(10_000), ':', 'a:'])
        await refused(catalog.resolver.resolve({ name: odd }, { context: ada }), 'model_not_found');
    });

    it('nothing is resolved outside an organisation', async (t) => {
      const catalog = await openCatalog(t, engine);
      await refused(catalog.resolver.resolve({ name: 'x' }, { context: { kind: 'platform' } }), 'forbidden');
      await refused(catalog.models.listModels({}, { context: { kind: 'platform' } }), 'forbidden');
    });
  });

  describe(`files on ${engine}`, () => {
    it('a finished download becomes a file of its organisation, once, and everyone is told', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const { sha256, sizeBytes } = await catalog.blob();
      await catalog.start();
      const finished = {
        orgId: ada.orgId,
        userId: 'ada',
        downloadId: newUlid(),
        source: 'hub',
        repo: 'o/n',
        filename: 'm.gguf',
        snapshot: 'abc',
        sha256,
        sizeBytes,
      };
      const publish = (messageId: string, differences: object = {}) =>
        catalog.messaging.publish({
          subject: 'downloads.finished',
          orgId: ada.orgId,
          messageId,
          payload: events.downloadFinished.encode({ ...finished, ...differences }),
        });
      await publish('one');
      await publish('two');
      await publish('foreign', { orgId: organization(), filename: 'foreign.gguf' });
      const settled = async () => {
        for (let wait = 0; wait < 1000 && catalog.told.length < 2; wait++) await delay(10);
        return (await catalog.models.listFiles({}, { context: ada })).files;
      };
      const [file, ...others] = await settled();
      assert.deepEqual(
        [file?.filename, file?.sha256, file?.sizeBytes, file?.snapshot, others.length],
        ['m.gguf', sha256, sizeBytes, 'abc', 0],
      );
      assert.deepEqual(catalog.told, [ada.orgId, ada.orgId]);
    });

    it('what is no model, not in the store or not said properly is refused', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada', 'resource_admin');
      const context = serviceIn(ada);
      const file = { source: 'hub', repo: 'o/n', filename: 'm.gguf', sizeBytes: 1 };
      await refused(
        catalog.models.registerFile({ ...file, ...(await catalog.blob({ damage: 'not_gguf' })) }, { context }),
        'not_a_gguf',
      );
      await refused(
        catalog.models.registerFile({ ...file, ...(await catalog.blob({ damage: 'zero_heads' })) }, { context }),
        'model_unusable',
      );
      await refused(catalog.models.registerFile({ ...file, sha256: 'f'.repeat(64) }, { context }), 'model_not_found');
      for (const wrong of [{ sha256: '../../etc/passwd' }, { sha256: '' }, { source: 'web' }, { repo: '' }, { filename: '' }]) {
        await refused(catalog.models.registerFile({ ...file, sha256: 'f'.repeat(64), ...wrong }, { context }), 'invalid_value');
      }
      for (const asker of [ada, byToken(ada, [])])
        await refused(catalog.models.registerFile({ ...file, ...(await catalog.blob()) }, { context: asker }), 'forbidden');
      assert.equal((await catalog.models.listFiles({}, { context: ada })).total, 0);
    });

    it('says what the file says: license, template, capabilities', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const { id } = await catalog.file(
        ada,
        { repo: 'o/bert', filename: 'e.gguf' },
        { arch: 'bert', pooling: 'mean', license: 'apache-2.0', blocks: 1 },
      );
      const { file, name, access, type } = await catalog.models.getModel({ id }, { context: ada });
      assert.deepEqual(
        [type, access, name, file?.architecture, file?.license, file?.capabilities, file?.chatTemplateSource],
        ['local_file', true, file?.name, 'bert', 'apache-2.0', ['embeddings'], 'none'],
      );
      await sameRefusal(
        catalog.models.getModel({ id }, { context: session(organization(), 'ada') }),
        catalog.models.getModel({ id: newUlid() }, { context: ada }),
        'model_not_found',
      );
    });
  });

  describe(`the list of models on ${engine}`, () => {
    it('is filtered, sorted and paged over every type', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada', 'resource_power_user');
      await catalog.file(ada, { repo: 'o/Big', filename: 'b.gguf' }, { seed: 1, blocks: 3 });
      await catalog.file(ada, { source: 'local', repo: 'local', filename: 'embedder.gguf' }, { arch: 'bert', pooling: 'mean' });
      await catalog.aliases.createAlias({ alias: 'fast_1', repo: 'o/Big', filename: 'b.gguf' }, { context: ada });
      await catalog.remotes.createRemoteModel({ ...remoteInput, name: 'Zeta' }, { context: ada });
      const list = async (request: Parameters<typeof catalog.models.listModels>[0]) => {
        const { models, total } = await catalog.models.listModels(request, { context: ada });
        return [...models.map(({ type, name }) => `${type} ${name}`), total];
      };
      const names = (await list({})).slice(0, 4);
      assert.deepEqual(names, ['api_model Zeta', 'local_file embedder', 'model_alias fast_1', names[3]]);
      assert.match(String(names[3]), /^local_file o\/Big:/);
      assert.deepEqual(await list({ sortOrder: 'desc', pageSize: 1 }), [names[3], 4]);
      assert.deepEqual(await list({ page: 2, pageSize: 3 }), [names[3], 4]);
      assert.deepEqual(await list({ page: 9, pageSize: 3 }), [4]);
      assert.deepEqual(await list({ type: 'model_alias' }), ['model_alias fast_1', 1]);
      assert.deepEqual(await list({ type: 'fallback' }), [0]);
      assert.deepEqual(await list({ apiFormat: 'openai' }), ['api_model Zeta', 1]);
      assert.deepEqual(await list({ capability: 'embeddings' }), ['local_file embedder', 1]);
      assert.deepEqual(await list({ search: 'BIG' }), ['model_alias fast_1', names[3], 2]);
      assert.deepEqual(await list({ search: 't_1' }), ['model_alias fast_1', 1]);
      assert.deepEqual(await list({ search: '%' }), [0]);
      assert.deepEqual(await list({ search: "' or 1=1 --" }), [0]);
      const big =
        (await catalog.models.listModels({ type: 'local_file', search: 'big' }, { context: ada })).models[0]?.file?.sizeBytes ??
        0;
      assert.deepEqual(await list({ sizeMin: big, sizeMax: big }), ['model_alias fast_1', names[3], 2]);
      assert.deepEqual(await list({ sizeMax: 1 }), [0]);
      assert.equal((await list({ sort: 'size', sortOrder: 'desc', type: 'local_file' }))[0], names[3]);
      for (const sort of ['created_at', 'updated_at']) assert.equal((await list({ sort })).length, 5);
      assert.equal((await catalog.models.listModels({ pageSize: 1000 }, { context: ada })).pageSize, 100);
      for (const wrong of [
        { sort: 'name; drop table model_metadata' },
        { sort: 'sha256' },
        { sortOrder: 'up' },
        { type: 'x' },
        { capability: 'x' },
        { apiFormat: 'x' },
        { search: 'x'.repeat(101) },
      ]) {
        await refused(catalog.models.listModels(wrong, { context: ada }), 'invalid_value');
      }
    });

    it('leaves templates to the single model', async (t) => {
      const catalog = await openCatalog(t, engine);
      const ada = session(organization(), 'ada');
      const { id } = await catalog.file(ada, { repo: 'o/n', filename: 'm.gguf' });
      assert.equal((await catalog.models.listModels({}, { context: ada })).models[0]?.file?.chatTemplate, '');
      assert.ok((await catalog.models.getModel({ id }, { context: ada })).file?.chatTemplate.includes('im_start'));
    });
  });
}
