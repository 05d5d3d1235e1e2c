import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@sangha/errors';

/** Browser chat pages must send some key; this one means none. */
const sentinelKey = 'bodhiapp_sentinel_api_key_ignored';

/** Whatever header brought it, a credential is read here and nowhere else, so that no carrier has weaker checks. */
const carriers = ['authorization', 'x-api-key', 'x-goog-api-key'] as const;

/**
 * The one credential text of a request, or undefined when it has none.
 * The same text in two headers is one credential; two different ones are refused, because two readers could pick differently.
 * @throws AppError `conflicting_credentials`, `credential_missing` for an Authorization header that is not a bearer token
 */
export function readCredential(headers: IncomingHttpHeaders): string | undefined {
  let found: string | undefined;
  for (const carrier of carriers) {
    const value = headers[carrier];
    if (value === undefined) continue;
    const text = carrier === 'authorization' ? bearerText(value as string) : singleText(value);
    if (text === '' || text === sentinelKey) continue;
    if (found !== undefined && found !== text) {
      throw new AppError('conflicting_credentials', 'The request carries two different credentials. Send one of them.');
    }
    found = text;
  }
  return found;
}

function bearerText(value: string): string {
  // "Bearer " in any case (RFC 9110 §11.1).
  if (value.length < 7 || value.charCodeAt(6) !== 0x20 || value.slice(0, 6).toLowerCase() !== 'bearer') {
    throw new AppError('credential_missing', 'Only bearer tokens are understood: send "Authorization: Bearer sk-bodhiapp_…".');
  }
  return value.slice(7).trim();
}

// Node joins repeated headers of these names with ", ": a token never contains one.
const singleText = (value: string | string[]): string => (typeof value === 'string' ? value : value.join(', ')).trim();
