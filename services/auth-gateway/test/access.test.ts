import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { isAppError } from '@sangha/errors';
import { type OrgContext, parseGrants, parseOrgId, type Role, type Scope } from '@sangha/identity';
import { checkAccess } from '../src/pipeline/access.ts';
import { type Group, type GroupName, groups, type Route } from '../src/route.ts';
import { routes } from '../src/routes.ts';
import { recordingServices } from './support/recording-services.ts';
import { allGrants, startGateway, type TokenRow } from './support/start-gateway.ts';

/** Contract §2 and §3, written down a second time by hand: a slip in the table of routes must not go unseen. */
const contract: Record<string, GroupName> = {
  'GET /ping': 'public',
  'GET /health': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /openapi.json': 'public',
  'GET /bodhi/v1/info': 'optional',
  'GET /bodhi/v1/user': 'optional',
  'GET /v1/models': 'user',
  'GET /v1/models/{id+}': 'user',
  'POST /v1/chat/completions': 'user',
  'POST /v1/completions': 'user',
  'POST /v1/embeddings': 'user',
  'GET /bodhi/v1/models': 'user',
  'GET /bodhi/v1/models/{id}': 'user',
  'GET /bodhi/v1/models/files': 'user',
  'GET /bodhi/v1/models/api/formats': 'user_session',
  'POST /bodhi/v1/models/api': 'user_session',
  'GET /bodhi/v1/models/api/{id}': 'user_session',
  'PUT /bodhi/v1/models/api/{id}': 'user_session',
  'DELETE /bodhi/v1/models/api/{id}': 'user_session',
  'POST /bodhi/v1/models/alias': 'power_user',
  'PUT /bodhi/v1/models/alias/{id}': 'power_user',
  'DELETE /bodhi/v1/models/alias/{id}': 'power_user',
  'POST /bodhi/v1/models/alias/{id}/copy': 'power_user',
  'GET /bodhi/v1/models/files/pull': 'power_user',
  'POST /bodhi/v1/models/files/pull': 'power_user',
  'GET /bodhi/v1/models/files/pull/{id}': 'power_user',
  'GET /bodhi/v1/models/files/pull/{id}/events': 'power_user',
  'POST /bodhi/v1/models/files/pull/{id}/retry': 'power_user',
  'POST /bodhi/v1/models/files/pull/{id}/cancel': 'power_user',
  'POST /bodhi/v1/models/files/pull/{id}/archive': 'power_user',
  'GET /bodhi/v1/tokens': 'power_user_session',
  'POST /bodhi/v1/tokens': 'power_user_session',
  'PUT /bodhi/v1/tokens/{id}': 'power_user_session',
  'DELETE /bodhi/v1/tokens/{id}': 'power_user_session',
  'GET /bodhi/v1/users': 'manager_session',
  'POST /bodhi/v1/users': 'manager_session',
  'PUT /bodhi/v1/users/{id}/role': 'manager_session',
  'DELETE /bodhi/v1/users/{id}': 'manager_session',
  'GET /bodhi/v1/settings': 'admin_session',
  'PUT /bodhi/v1/settings/{key}': 'admin_session',
  'DELETE /bodhi/v1/settings/{key}': 'admin_session',
  'GET /bodhi/v1/usage': 'admin_session',
  'GET /platform/v1/organizations': 'platform',
  'POST /platform/v1/organizations': 'platform',
  'PUT /platform/v1/organizations/{id}': 'platform',
};

const ranks: Role[] = ['resource_guest', 'resource_user', 'resource_power_user', 'resource_manager', 'resource_admin'];
const least: Record<GroupName, Role> = {
  public: 'resource_guest',
  optional: 'resource_guest',
  guest: 'resource_guest',
  user: 'resource_user',
  user_session: 'resource_user',
  power_user: 'resource_power_user',
  power_user_session: 'resource_power_user',
  manager_session: 'resource_manager',
  admin_session: 'resource_admin',
  platform: 'resource_admin',
};
const sessionOnly = (group: GroupName): boolean => group === 'guest' || group.endsWith('_session');
const atLeast = (role: Role, wanted: Role): boolean => ranks.indexOf(role) >= ranks.indexOf(wanted);
const standsFor: Record<Scope, Role> = {
  scope_token_user: 'resource_user',
  scope_token_power_user: 'resource_power_user',
  scope_user_user: 'resource_user',
  scope_user_power_user: 'resource_power_user',
};

interface Asker {
  readonly kind: OrgContext['kind'] | 'anonymous';
  readonly role: Role;
  readonly scope?: Scope;
  readonly restricted?: boolean;
}

/** What the contract says, worked out without the code under test. */
function mayPass(group: GroupName, { kind, role, scope, restricted }: Asker, sessionless: boolean): boolean {
  if (group === 'public' || group === 'optional') return true;
  if (group === 'platform' || kind === 'anonymous') return false;
  if (kind === 'session') return atLeast(role, least[group]);
  if (!sessionOnly(group)) return atLeast(role, least[group]) && scope !== undefined && atLeast(standsFor[scope], least[group]);
  return (
    sessionless &&
    kind === 'api_token' &&
    scope === 'scope_token_power_user' &&
    restricted !== true &&
    atLeast(role, least[group])
  );
}

const narrowGrants = JSON.stringify({
  version: '1',
  models_list: true,
  models: { type: 'specific', ids: ['m'] },
  toolsets_list: true,
  toolsets: { type: 'all' },
});

const askers: Asker[] = [
  { kind: 'anonymous', role: 'resource_guest' },
  ...ranks.flatMap((role): Asker[] => [
    { kind: 'session', role },
    { kind: 'api_token', role, scope: 'scope_token_user' },
    { kind: 'api_token', role, scope: 'scope_token_power_user' },
    { kind: 'api_token', role, scope: 'scope_token_power_user', restricted: true },
    { kind: 'external_app', role, scope: 'scope_user_user' },
    { kind: 'external_app', role, scope: 'scope_user_power_user' },
  ]),
];

const orgId = parseOrgId('01ARZ3NDEKTSV4RRFFQ69G5FAV');
const contextOf = ({ kind, role, scope, restricted }: Asker): OrgContext | undefined =>
  kind === 'anonymous'
    ? undefined
    : {
        kind,
        orgId,
        userId: 'u',
        username: 'u',
        role,
        ...(scope === undefined ? {} : { scope, tokenId: 't', grants: parseGrants(restricted ? narrowGrants : allGrants) }),
      };

test('the table of routes is the contract', () => {
  assert.deepEqual(
    Object.fromEntries(routes.map(({ method, path, group }) => [`${method} ${path}`, group]).sort()),
    Object.fromEntries(Object.entries(contract).sort()),
  );
  for (const [name, { role, credential, cors }] of Object.entries(groups) as [GroupName, Group][]) {
    assert.equal(role, least[name], name);
    assert.equal(credential === 'session', sessionOnly(name), name);
    assert.equal(cors === 'same-origin', sessionOnly(name) || name === 'platform', name);
  }
});

test('every group against every kind of asker, role and scope', () => {
  for (const sessionlessAdministration of [false, true]) {
    for (const name of Object.keys(groups) as GroupName[]) {
      for (const asker of askers) {
        const label = `${name} ${JSON.stringify(asker)} ${sessionlessAdministration}`;
        let passed: OrgContext | undefined | false = false;
        try {
          passed = checkAccess(groups[name], contextOf(asker), { sessionlessAdministration });
        } catch (error) {
          assert.ok(
            isAppError(error) &&
              ['credential_missing', 'forbidden', 'insufficient_role', 'insufficient_scope'].includes(error.code),
            label,
          );
        }
        assert.equal(passed !== false, mayPass(name, asker, sessionlessAdministration), label);
        if (!passed) continue;
        // Whoever passes stays who they are, and a token never grows: only the unrestricted one stands for its owner.
        assert.deepEqual([passed.orgId, passed.userId, passed.role], [orgId, 'u', asker.role], label);
        if (asker.kind !== 'session' && !sessionOnly(name)) assert.equal(passed.scope, asker.scope, label);
      }
    }
  }
});

const platformKey = 'operator-key-of-the-access-matrix-tests-1';

async function start(t: TestContext, sessionlessAdministration: boolean) {
  const { services, calls } = recordingServices();
  const world = await startGateway({ services, config: { sessionlessAdministration, platformKey } });
  t.after(() => world.close());
  return { world, calls };
}

const requestOf = (
  url: string,
  { method, path, body, example }: Route,
  id: string,
  headers: Record<string, string>,
): Promise<Response> =>
  fetch(`${url}${path.replace(/\{[a-z]+\+?\}/, id)}`, {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body === undefined ? {} : (example ?? {})) }),
  });

test('every door, tried over HTTP with every kind of token, opens as the contract says and asks nobody before', async (t) => {
  for (const sessionless of [false, true]) {
    const { world, calls } = await start(t, sessionless);
    const org = world.addOrganization('acme');
    const tried = askers.filter(({ kind }) => kind === 'anonymous' || kind === 'api_token');
    const tokens = tried.map((asker) =>
      asker.kind === 'anonymous'
        ? {}
        : {
            'x-api-key': world.addToken(org, {
              role: asker.role,
              scope: asker.scope ?? '',
              grants: asker.restricted ? narrowGrants : allGrants,
            } as Partial<TokenRow>),
          },
    );
    for (const route of routes) {
      for (const [index, asker] of tried.entries()) {
        const label = `${route.method} ${route.path} ${JSON.stringify(asker)} ${sessionless}`;
        calls.length = 0;
        world.counts.resolve = 0;
        world.counts.listNames = 0;
        const response = await requestOf(world.url, route, 'some-id', tokens[index] as Record<string, string>);
        const text = await response.text();
        if (mayPass(route.group, asker, sessionless)) {
          // What comes after the door may still say no, but not for who asks. Models narrow by grants.
          const refused =
            response.status === 401 || (response.status === 403 && /"code":"(insufficient_role|forbidden)"/.test(text));
          assert.ok(!refused && response.status !== 405, `${label}: ${response.status} ${text.slice(0, 300)}`);
        } else {
          assert.ok([401, 403].includes(response.status), `${label}: ${response.status} ${text}`);
          assert.equal(calls.length + (world.counts.resolve ?? 0) + (world.counts.listNames ?? 0), 0, label);
        }
      }
    }
  }
});

test('the operator enters by the platform key alone, and with it nothing else', async (t) => {
  const { world, calls } = await start(t, true);
  const org = world.addOrganization('acme');
  const token = world.addToken(org, { role: 'resource_admin', scope: 'scope_token_power_user' });
  for (const route of routes) {
    for (const [credential, isKey] of [
      [platformKey, true],
      [`${platformKey}x`, false],
      [platformKey.slice(1), false],
      [token, false],
    ] as const) {
      calls.length = 0;
      const response = await requestOf(world.url, route, 'some-id', { authorization: `Bearer ${credential}` });
      const { status } = response;
      await response.text();
      if (route.group === 'platform') {
        assert.equal(status !== 401, isKey, `${route.path} ${status}`);
        assert.ok(calls.every(({ context }) => context.kind === 'platform'));
        assert.equal(calls.length > 0, isKey, `${route.method} ${route.path}`);
      } else if (credential !== token && route.group !== 'public') assert.equal(status, 401, `${route.path} ${status}`);
    }
  }
});

test('without a platform key the operator has no door', async (t) => {
  const world = await startGateway();
  t.after(() => world.close());
  for (const credential of ['', 'undefined', platformKey]) {
    assert.equal(
      (await fetch(`${world.url}/platform/v1/organizations`, { headers: { authorization: `Bearer ${credential}` } })).status,
      401,
    );
  }
});

test("whatever id a hostile organisation asks for, services hear the asker's own organisation, and nothing and foreign look alike", async (t) => {
  const { world, calls } = await start(t, true);
  const [mine, victim] = [world.addOrganization('mine'), world.addOrganization('victim')];
  const token = world.addToken(mine, { role: 'resource_admin', scope: 'scope_token_power_user', userId: 'mallory' });
  let heard = 0;
  for (const route of routes.filter(({ group }) => groups[group].credential !== 'none' && group !== 'platform')) {
    calls.length = 0;
    const ask = (id: string) =>
      requestOf(world.url, route, id, {
        authorization: `Bearer ${token}`,
        'x-bodhiapp-org': 'victim',
        'x-bodhiapp-org-id': victim.id,
        X_BodhiApp_User_Id: 'root',
      });
    const [foreign, nothing] = [await ask(victim.id), await ask('01ARZ3NDEKTSV4RRFFQ69G5FAV')];
    const body = async (response: Response) =>
      `${response.status} ${(await response.text()).replaceAll(victim.id, 'ID').replaceAll('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'ID')}`;
    assert.equal(await body(foreign), await body(nothing), route.path);
    for (const { context } of calls) {
      heard += 1;
      assert.deepEqual([context.orgId, (context as OrgContext).userId], [mine.id, 'mallory'], route.path);
    }
  }
  assert.ok(heard > 40);
  for (const { context } of world.asked) assert.notEqual((context as OrgContext).orgId, victim.id);
});

test('a preflight for a session route gets no allow-origin', async (t) => {
  const { world } = await start(t, false);
  for (const { method, path, group } of routes) {
    const response = await fetch(`${world.url}${path.replace(/\{[a-z]+\+?\}/, 'x')}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': method },
    });
    assert.equal(response.status, 204);
    assert.equal(
      response.headers.get('access-control-allow-origin'),
      sessionOnly(group) || group === 'platform' ? null : '*',
      path,
    );
  }
});
