import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@sangha/errors';
import { type ApiClient, createApiClient, findConnection } from '../api-client.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface Organization {
  id: string;
  slug: string;
  display_name: string;
  status: string;
  url?: string;
}

export async function createOrg(
  _api: ApiClient,
  terminal: Terminal,
  slug: string,
  options: Record<string, unknown>,
): Promise<void> {
  const made = await operator(options).send<Organization & { api_token: string }>('POST', '/platform/v1/organizations', {
    slug,
    display_name: options.name ?? slug,
    admin: { username: options.admin },
  });
  terminal.answer(
    made,
    `Organisation ${made.display_name} (${made.slug}) is at ${made.url}.\nIts admin's API token, shown only now:\n\n${made.api_token}`,
  );
}

export async function listOrgs(_api: ApiClient, terminal: Terminal, options: Record<string, unknown>): Promise<void> {
  const { data } = await operator(options).get<{ data: Organization[] }>('/platform/v1/organizations?page_size=100');
  terminal.answer(
    data,
    table([
      ['ID', 'SLUG', 'NAME', 'STATUS', 'ADDRESS'],
      ...data.map((org) => [org.id, org.slug, org.display_name, org.status, org.url ?? '']),
    ]),
  );
}

/** The platform operator's own credential, never an API token of an organisation. */
function operator(options: Record<string, unknown>): ApiClient {
  const home = String(options.home);
  const token = process.env.SANGHA_OPERATOR_KEY ?? readOperatorKey(join(home, 'keys', 'operator.key'));
  return createApiClient({ url: findConnection(home, { ...options, token }, process.env).url, token });
}

function readOperatorKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new AppError(
      'credential_missing',
      `The operator key ${file} can't be read. Run this as the owner of the data folder, or set SANGHA_OPERATOR_KEY.`,
      { cause },
    );
  }
}
