import { resolveSetting } from '@sangha/config';

/** What an organisation's settings mean to the gateway. 0 = no limit. */
export interface OrgSettings {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  readonly concurrentRequests: number;
  readonly keepAliveSecs: number;
  /** Used when a request names no model. */
  readonly defaultModel: string | undefined;
  /** Context of a model whose alias says nothing. */
  readonly contextSize: number | undefined;
}

/** Reads the effective settings that the directory answered: a JSON text per key. What can't be used counts as its default. */
export function orgSettings(values: Readonly<Record<string, string>>): OrgSettings {
  const organization = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, fromJson(text)]));
  const layers = { organization };
  return Object.freeze({
    requestsPerMinute: resolveSetting('BODHI_REQUESTS_PER_MINUTE', layers).value ?? 0,
    tokensPerMinute: resolveSetting('BODHI_TOKENS_PER_MINUTE', layers).value ?? 0,
    concurrentRequests: resolveSetting('BODHI_CONCURRENT_REQUESTS', layers).value ?? 0,
    keepAliveSecs: resolveSetting('BODHI_KEEP_ALIVE_SECS', layers).value ?? 300,
    defaultModel: resolveSetting('BODHI_DEFAULT_MODEL', layers).value,
    contextSize: resolveSetting('BODHI_CONTEXT_SIZE', layers).value,
  });
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
