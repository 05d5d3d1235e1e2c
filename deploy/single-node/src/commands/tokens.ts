import type { ApiClient } from '../api-client.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface Token {
  id: string;
  name: string;
  token_prefix: string;
  scope: string;
  status: string;
  expires_at?: string | null;
  last_used_at?: string | null;
}

export async function createToken(
  api: ApiClient,
  terminal: Terminal,
  name: string,
  options: Record<string, unknown>,
): Promise<void> {
  const days = options.expires as number | undefined;
  const made = await api.send<Token & { token: string }>('POST', '/bodhi/v1/tokens', {
    name,
    scope: options.scope,
    grants: grantsFor(String(options.models)),
    ...(days ? { expires_at: new Date(Date.now() + days * 86_400_000).toISOString() } : {}),
  });
  terminal.answer(made, `${made.token}\n\nThis is the only time it is shown. Revoke it with: sangha tokens revoke ${made.id}`);
}

export async function listTokens(api: ApiClient, terminal: Terminal): Promise<void> {
  const { data } = await api.get<{ data: Token[] }>('/bodhi/v1/tokens?page_size=100');
  const rows = data.map((token) => [
    token.id,
    token.name,
    `${token.token_prefix}…`,
    token.scope,
    token.status,
    token.expires_at ?? 'never',
    token.last_used_at ?? 'never',
  ]);
  terminal.answer(data, table([['ID', 'NAME', 'TOKEN', 'SCOPE', 'STATUS', 'EXPIRES', 'LAST USED'], ...rows]));
}

export async function revokeToken(api: ApiClient, terminal: Terminal, id: string): Promise<void> {
  await api.send('DELETE', `/bodhi/v1/tokens/${encodeURIComponent(id)}`);
  terminal.answer({ id, revoked: true }, `Token ${id} no longer works.`);
}

/** Grants v1 for a comma-separated list of names; "all" for everything. */
export function grantsFor(models: string): object {
  const ids = models
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return {
    version: '1',
    models_list: true,
    models: models === 'all' ? { type: 'all' } : { type: 'specific', ids },
    toolsets_list: false,
    toolsets: { type: 'specific', ids: [] },
  };
}
