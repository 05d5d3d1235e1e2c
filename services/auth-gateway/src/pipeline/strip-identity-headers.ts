import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

const lead = 'x-bodhiapp-';
/** The one header of ours that a listed proxy may send. */
export const organizationHeader = 'x-bodhiapp-org';

/**
 * Whether a header claims to be one of ours. Servers and proxies that build variable names see `X_BodhiApp_User_Id` and
 * `X.BodhiApp.User.Id` as the same header, so the name is compared in its normal form: lower case, `_` and `.` as `-`.
 */
export function isIdentityHeader(name: string): boolean {
  const first = name.charCodeAt(0);
  // x or X. Nearly every header ends here.
  if (first !== 0x78 && first !== 0x58) return false;
  return name.trim().toLowerCase().replace(/[_.]/g, '-').startsWith(lead);
}

/**
 * Removes what a stranger says about identity, wherever it may be said: parsed, raw and distinct headers, the list of the
 * `Connection` header (which tells the next hop to drop a header that we may set), and later the trailers.
 * `keepOrganization` leaves the exactly spelt `X-BodhiApp-Org` of a trusted proxy.
 */
export function stripIdentityHeaders(req: IncomingMessage, keepOrganization: boolean): void {
  if (!claimsIdentity(req.rawHeaders)) return;
  // Node builds these from the raw list when they are first read, so they are read before it is cut.
  const { headers, headersDistinct } = req;
  stripRaw(req.rawHeaders, keepOrganization);
  stripParsed(headers, keepOrganization);
  stripParsed(headersDistinct, keepOrganization);
}

/** Removes identity claims from trailers, which exist only when the body has been read. */
export function stripIdentityTrailers(req: IncomingMessage): void {
  if (!claimsIdentity(req.rawTrailers)) return;
  const { trailers, trailersDistinct } = req;
  stripRaw(req.rawTrailers, false);
  stripParsed(trailers, false);
  stripParsed(trailersDistinct, false);
}

function claimsIdentity(raw: readonly string[]): boolean {
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    if (isIdentityHeader(name)) return true;
    if (isConnection(name) && withoutIdentity(raw[at + 1] as string) !== raw[at + 1]) return true;
  }
  return false;
}

function stripRaw(raw: string[], keepOrganization: boolean): void {
  for (let at = raw.length - 2; at >= 0; at -= 2) {
    const name = raw[at] as string;
    if (isConnection(name)) raw[at + 1] = withoutIdentity(raw[at + 1] as string);
    else if (isIdentityHeader(name) && !(keepOrganization && name.toLowerCase() === organizationHeader)) raw.splice(at, 2);
  }
}

const isConnection = (name: string): boolean => name.length === 10 && name.toLowerCase() === 'connection';

function stripParsed(headers: IncomingHttpHeaders | NodeJS.Dict<string | string[]>, keepOrganization: boolean): void {
  for (const name of Object.keys(headers)) {
    if (isIdentityHeader(name) && !(keepOrganization && name === organizationHeader)) delete headers[name];
  }
  const { connection } = headers;
  if (typeof connection === 'string') headers.connection = withoutIdentity(connection);
  else if (Array.isArray(connection)) (headers as NodeJS.Dict<string | string[]>).connection = connection.map(withoutIdentity);
}

function withoutIdentity(connection: string): string {
  const names = connection.split(',');
  const kept = names.filter((name) => !isIdentityHeader(name.trim()));
  return kept.length === names.length ? connection : kept.join(',');
}
