import type { Exchange } from '../exchange.ts';
import { groups } from '../route.ts';

const open = [
  'access-control-allow-origin',
  '*',
  'access-control-allow-methods',
  'GET, POST, PUT, DELETE, OPTIONS',
  // `*` does not cover Authorization (Fetch standard, §3.3.3), so it is named; what SDKs add (x-stainless-…) is covered.
  'access-control-allow-headers',
  'authorization, x-api-key, x-goog-api-key, content-type, *',
  'access-control-max-age',
  '86400',
  'vary',
  'access-control-request-method',
];

/** Answers a CORS preflight by the group of the route it asks for: any origin without credentials, or none. */
export function answerPreflight({ req, res, route, requestId }: Exchange): boolean {
  if (req.method !== 'OPTIONS' || route === undefined) return false;
  const headers = ['x-request-id', requestId, 'content-length', '0'];
  res.writeHead(204, groups[route.group].cors === 'open' ? [...headers, ...open] : headers).end();
  return true;
}
