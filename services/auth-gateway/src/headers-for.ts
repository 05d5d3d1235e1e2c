import type { Exchange } from './exchange.ts';
import { groups } from './route.ts';

const exposed = 'x-request-id, retry-after';

/**
 * The headers every answer starts with, as the flat list that `writeHead` takes without looking at it. Nothing may call
 * `setHeader` on the data plane: that would send every answer through the slow way.
 */
export function headersFor(exchange: Exchange, contentType: string): string[] {
  const headers = ['x-request-id', exchange.requestId, 'content-type', contentType];
  const { route } = exchange;
  if (route !== undefined && groups[route.group].cors === 'open') {
    headers.push('access-control-allow-origin', '*', 'access-control-expose-headers', exposed);
  }
  return headers;
}
