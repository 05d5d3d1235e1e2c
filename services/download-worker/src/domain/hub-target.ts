import { AppError } from '@sangha/errors';
import { parseRepo } from './file-reference.ts';

/** What an organisation may use of the hubs. */
export interface HubSettings {
  /** For the platform's own hub only; never sent to another. */
  token: string | undefined;
  /** Addresses of further hubs (`https://hub.example.com`). */
  allowedHubs: readonly string[];
}

export interface HubTarget {
  endpoint: string;
  token: string | undefined;
  /** `owner/name`. */
  repo: string;
}

/**
 * Which hub a repository is on, and with which credential it is asked.
 * @throws AppError hub_not_allowed for a hub that neither the platform nor the organisation named
 */
export function hubTarget(repo: string, platformEndpoint: string, { token, allowedHubs }: HubSettings): HubTarget {
  const { endpoint, name } = parseRepo(repo, platformEndpoint);
  if (endpoint === undefined) return { endpoint: platformEndpoint, token, repo: name };
  const allowed = allowedHubs.some((hub) => URL.parse(hub)?.origin === endpoint);
  if (!allowed)
    throw new AppError(
      'hub_not_allowed',
      `Models may not come from ${endpoint}. An administrator of your organisation can add it to BODHI_ALLOWED_HUBS.`,
      { param: 'repo' },
    );
  return { endpoint, token: undefined, repo: name };
}
