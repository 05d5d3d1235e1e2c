import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { PlatformContext } from '@sangha/identity';
import { type adminOf, firstAdmin, firstRun, readFirstRun } from '../src/first-run.ts';
import { writePrivateFile } from '../src/write-file.ts';
import { type OpenNode, openNode } from './support/open-node.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const platform: PlatformContext = Object.freeze({ kind: 'platform' });

test('a first start makes one organisation and one token that works, and writes it for the owner only', async (t) => {
  const node = await openNode(t, join(temporaryFolder(t), 'home'));
  const { admin, written } = await firstRun(node, node.home, node.url);
  assert.deepEqual({ ...written, api_token: '' }, { url: node.url, org: 'default', admin: firstAdmin, api_token: '' });
  assert.deepEqual(JSON.parse(readFileSync(node.home.firstRunFile, 'utf8')), written);
  assert.equal(statSync(node.home.firstRunFile).mode & 0o777, 0o600);
  assert.ok(!existsSync(pendingOf(node)));
  assert.deepEqual(await livingNames(node, admin), ['first run']);
  assert.equal(await statusWith(node, written?.api_token), 200);
  assert.equal(await statusWith(node, 'sk-bodhiapp_not-a-token'), 401);
});

test('a later start changes nothing but the address that the command line reads', async (t) => {
  const root = join(temporaryFolder(t), 'home');
  const node = await openNode(t, root);
  const { written, admin } = await firstRun(node, node.home, node.url);
  assert.equal((await firstRun(node, node.home, node.url)).written, undefined);
  await node.close();
  const again = await openNode(t, root);
  const second = await firstRun(again, again.home, again.url);
  assert.equal(second.written, undefined);
  assert.deepEqual(readFirstRun(again.home.firstRunFile), { ...written, url: again.url });
  assert.deepEqual(second.admin, admin);
  assert.deepEqual(await livingNames(again, admin), ['first run']);
  assert.equal(await statusWith(again, written?.api_token), 200);
  const organizations = await again.clients.organizations.listOrganizations({ page: 1, pageSize: 10 }, { context: platform });
  assert.equal(organizations.total, 1);
});

test('a token that was made but not written down is ended and made anew', async (t) => {
  const node = await openNode(t, join(temporaryFolder(t), 'home'));
  const lost = await firstRun(node, node.home, node.url);
  writePrivateFile(pendingOf(node), ''); // as a kill between the two leaves it
  const { admin, written } = await firstRun(node, node.home, node.url);
  assert.notEqual(written?.api_token, lost.written?.api_token);
  assert.deepEqual(await livingNames(node, admin), ['first run']);
  assert.equal(await statusWith(node, written?.api_token), 200);
  assert.equal(await statusWith(node, lost.written?.api_token), 401);
  assert.ok(!existsSync(pendingOf(node)));
});

test('a start that was cut off before it had made the token is finished by the next', async (t) => {
  const node = await openNode(t, join(temporaryFolder(t), 'home'));
  writePrivateFile(pendingOf(node), '');
  const { id } = await node.clients.organizations.createOrganization(
    { slug: 'default', displayName: 'Default', adminUserId: firstAdmin, adminUsername: firstAdmin },
    { context: platform },
  );
  const { admin, written } = await firstRun(node, node.home, node.url);
  assert.equal(admin.orgId, id);
  assert.equal(await statusWith(node, written?.api_token), 200);
});

test("repairing a first start leaves the admin's other tokens alone", async (t) => {
  const node = await openNode(t, join(temporaryFolder(t), 'home'));
  const { admin } = await firstRun(node, node.home, node.url);
  const grants = JSON.stringify({ version: '1', models_list: true, models: { type: 'all' } });
  const { text } = await node.clients.tokens.createToken(
    { name: 'laptop', scope: 'scope_token_user', grants },
    { context: admin },
  );
  writePrivateFile(pendingOf(node), '');
  await firstRun(node, node.home, node.url);
  assert.deepEqual((await livingNames(node, admin)).sort(), ['first run', 'laptop']);
  assert.equal(await statusWith(node, text), 200);
});

const pendingOf = ({ home }: OpenNode): string => `${home.firstRunFile}.pending`;

async function livingNames({ clients }: OpenNode, admin: ReturnType<typeof adminOf>): Promise<string[]> {
  const { tokens } = await clients.tokens.listTokens({ page: 1, pageSize: 100 }, { context: admin });
  return tokens.filter(({ status }) => status === 'active').map(({ name }) => name);
}

async function statusWith({ url }: OpenNode, token = ''): Promise<number> {
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}
