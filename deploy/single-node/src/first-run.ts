import { existsSync, readFileSync, rmSync } from 'node:fs';
import { isAppError } from '@sangha/errors';
import type { OrgContext, PlatformContext } from '@sangha/identity';
import { parseOrgId } from '@sangha/identity';
import type { Home } from './home.ts';
import type { SanghaNode } from './main.ts';
import { writePrivateFile } from './write-file.ts';

/** What `first-run.json` says: how the first admin reaches the node. */
export interface FirstRun {
  url: string;
  org: string;
  admin: string;
  api_token: string;
}

export const firstAdmin = 'admin';
const tokenName = 'first run';
const everything = JSON.stringify({
  version: '1',
  models_list: true,
  models: { type: 'all' },
  toolsets_list: true,
  toolsets: { type: 'all' },
});
const platform: PlatformContext = Object.freeze({ kind: 'platform' });

/**
 * Makes what a new node needs: the organisation `default` with its admin, and one API token of that admin, written to
 * `first-run.json`. Every step may be cut off and is finished by the next start; a token that was made but not yet
 * written down is ended and made anew. Answers the file's content when it was written now.
 */
export async function firstRun(node: SanghaNode, home: Home, url: string): Promise<{ admin: OrgContext; written?: FirstRun }> {
  const marker = `${home.firstRunFile}.pending`;
  const found = await findDefault(node);
  if (!found) writePrivateFile(marker, '');
  const org =
    found ??
    (await node.clients.organizations.createOrganization(
      { slug: 'default', displayName: 'Default', adminUserId: firstAdmin, adminUsername: firstAdmin },
      { context: platform },
    ));
  const admin = adminOf(org.id);
  if (!existsSync(marker)) {
    keepAddress(home.firstRunFile, url);
    return { admin };
  }
  const { tokens } = await node.clients.tokens.listTokens({ page: 1, pageSize: 100 }, { context: admin });
  for (const { id, name } of tokens) if (name === tokenName) await node.clients.tokens.deleteToken({ id }, { context: admin });
  const { text } = await node.clients.tokens.createToken(
    { name: tokenName, scope: 'scope_token_power_user', grants: everything },
    { context: admin },
  );
  const written: FirstRun = { url, org: org.slug, admin: firstAdmin, api_token: text };
  writePrivateFile(home.firstRunFile, `${JSON.stringify(written, null, 2)}\n`);
  rmSync(marker);
  return { admin, written };
}

/** The command line finds the node by this file, wherever it listens today. A file that its owner moved away stays away. */
function keepAddress(file: string, url: string): void {
  const kept = readFirstRun(file);
  if (kept !== undefined && kept.url !== url) writePrivateFile(file, `${JSON.stringify({ ...kept, url }, null, 2)}\n`);
}

/** The node's own first steps are done as its first admin would do them. */
export function adminOf(orgId: string): OrgContext {
  return Object.freeze({
    kind: 'session',
    orgId: parseOrgId(orgId),
    userId: firstAdmin,
    username: firstAdmin,
    role: 'resource_admin',
  });
}

async function findDefault({ clients }: SanghaNode) {
  try {
    return await clients.directory.findOrganization({ slug: 'default' }, { context: platform });
  } catch (error) {
    if (isAppError(error) && error.code === 'org_not_found') return undefined;
    throw error;
  }
}

/** The file's content; undefined when it is missing or is not one. */
export function readFirstRun(file: string): FirstRun | undefined {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content?.url === 'string' && typeof content?.api_token === 'string' ? content : undefined;
  } catch {
    return undefined; // what to do about it depends on who asks
  }
}
