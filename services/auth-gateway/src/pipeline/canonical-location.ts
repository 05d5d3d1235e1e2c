import type { IncomingMessage } from 'node:http';
import type { GatewayConfig } from '../config.ts';
import { hostSlug } from './host-slug.ts';

/**
 * Where a browser that came by another host belongs, or undefined when it is right (or no browser's business: probes and
 * writes are answered where they arrive). Hosts of organisations are right as they are.
 */
export function canonicalLocation(
  req: IncomingMessage,
  config: Pick<GatewayConfig, 'publicUrl' | 'orgDomain'>,
): string | undefined {
  if (req.method !== 'GET' && req.method !== 'HEAD') return undefined;
  const { host } = req.headers;
  const path = req.url ?? '/';
  if (host === undefined || path === '/ping' || path.startsWith('/health')) return undefined;
  if (host.toLowerCase() === new URL(config.publicUrl).host || hostSlug(host, config.orgDomain) !== undefined) return undefined;
  // Only a path may follow our own address: "//evil.example" and absolute forms would lead elsewhere.
  return config.publicUrl + (path.startsWith('/') && !path.startsWith('//') ? path : '/');
}
