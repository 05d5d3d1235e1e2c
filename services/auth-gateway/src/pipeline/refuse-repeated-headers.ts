import { AppError } from '@sangha/errors';

/**
 * Refuses a request with two `Host` or two `Authorization` headers. Node keeps the first of them, a proxy before us may have
 * decided by the last.
 * @throws AppError `invalid_request`, `conflicting_credentials`
 */
export function refuseRepeatedHeaders(raw: readonly string[]): void {
  let hosts = 0;
  let authorizations = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations += 1;
  }
  if (hosts > 1) throw new AppError('invalid_request', 'The request has more than one Host header.');
  if (authorizations > 1)
    throw new AppError('conflicting_credentials', 'The request has more than one Authorization header. Send one.');
}
