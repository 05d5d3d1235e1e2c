import { AppError } from '@sangha/errors';

// Who we are, where we send and how the bytes are framed is ours to say.
const ours: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'x-real-ip',
]);
const oursByPrefix = /^(?:x-forwarded-|x-bodhiapp-|sec-|proxy-|:)/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const value = /^[\t\x20-\x7e]{0,1024}$/;

/**
 * Further headers for an upstream (an organisation id, a beta switch), names in lower case. At most 16.
 * @throws AppError invalid_value naming the header
 */
export function parseExtraHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(given);
  if (entries.length > 16)
    throw new AppError('invalid_value', 'extra_headers has more than 16 entries.', { param: 'extra_headers' });
  const headers = new Map<string, string>();
  for (const [name, text] of entries) {
    const key = name.toLowerCase();
    const param = `extra_headers.${name.slice(0, 64)}`;
    if (!token.test(name) || !value.test(text)) throw new AppError('invalid_value', `${param} is not a header.`, { param });
    // `_` and `.` count as `-`: many servers read them so.
    const normal = key.replaceAll(/[_.]/g, '-');
    if (ours.has(normal) || oursByPrefix.test(normal))
      throw new AppError('invalid_value', `${param} can't be set here. Use key_value for a credential.`, { param });
    if (headers.has(key)) throw new AppError('invalid_value', `${param} is given twice.`, { param });
    headers.set(key, text);
  }
  return Object.fromEntries(headers);
}
