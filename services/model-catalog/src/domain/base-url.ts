import { BlockList, isIP } from 'node:net';
import { AppError } from '@sangha/errors';

/** What the operator allows beyond https to public names. */
export interface AddressRules {
  /** What may be reached over http or inside: names, addresses, networks (`vllm.internal`, `10.0.0.5`, `10.2.0.0/16`). */
  readonly allowedHosts: readonly string[];
  /** http and https to 127.0.0.0/8, ::1 and localhost; for a machine that runs its own upstream. */
  readonly allowLoopback: boolean;
}

/** The rules, read once. */
export interface AddressPolicy {
  readonly hosts: ReadonlySet<string>;
  readonly networks: BlockList;
  readonly allowLoopback: boolean;
}

/** Throws on a network that is none, so that a typing mistake is seen at the start. */
export function addressPolicy({ allowedHosts, allowLoopback }: AddressRules): AddressPolicy {
  const isAddress = (entry: string) => isIP(entry.split('/')[0] ?? '') !== 0;
  const networks = allowedHosts.filter(isAddress).map((entry): [string, number] => {
    const [address = '', prefix] = entry.split('/');
    // Number('') is 0, which would allow every address.
    if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) throw new Error(`"${entry}" is not an IP address or network.`);
    return [address, prefix === undefined ? (isIP(address) === 4 ? 32 : 128) : Number(prefix)];
  });
  const hosts = new Set(allowedHosts.filter((entry) => !isAddress(entry)).map((entry) => entry.toLowerCase()));
  return { hosts, networks: ranges(networks), allowLoopback };
}

/**
 * The stored form of a remote model's address: no trailing slash, no credentials, query or fragment.
 * This is the first of two walls: a name can resolve to anything later, so the caller's connector checks the address it
 * connects to as well.
 * @throws AppError invalid_value, address_refused
 */
export function parseBaseUrl(text: string, policy: AddressPolicy): string {
  const url = parse(text);
  if (!isAllowedByOperator(url, policy)) {
    if (url.protocol !== 'https:')
      throw refused('must start with https://. The operator can list hosts that may be reached over http');
    if (isPrivate(hostOf(url)))
      throw refused('points inside this machine or network. The operator can list the hosts that may be reached there');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

export const originOf = (baseUrl: string): string => new URL(baseUrl).origin;

function parse(text: string): URL {
  if (text.length > 2048 || !URL.canParse(text)) throw invalid('is not an address. Send one like https://api.example.com/v1');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('must start with https://');
  if (url.username !== '' || url.password !== '') throw invalid('must not hold credentials. Set the key apart from the address');
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) throw invalid('must not have a query or fragment');
  return url;
}

function isAllowedByOperator(url: URL, policy: AddressPolicy): boolean {
  const host = hostOf(url);
  // Never, whoever lists it: this is where clouds hand out the machine's own credentials.
  if (isMetadata(host)) throw refused('is an address where machines keep their own credentials');
  if (policy.allowLoopback && isLoopback(host)) return true;
  return policy.hosts.has(host) || contains(policy.networks, host);
}

// The URL parser has already turned 0x7f.1, 2130706433 and [::ffff:127.0.0.1] into their usual form.
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

const loopback = ranges([
  ['127.0.0.0', 8],
  ['::1', 128],
]);
const metadata = ranges([
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
]);
// IANA's special-purpose registries: what never is a public server.
const reserved = ranges([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
]);

const isLoopback = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost') || contains(loopback, host);
const isMetadata = (host: string): boolean =>
  host === 'metadata.google.internal' || host === 'metadata' || contains(metadata, host);
const isPrivate = (host: string): boolean =>
  isLoopback(host) || contains(reserved, host) || /\.(?:local|internal|localdomain|home\.arpa)$/.test(host) || !/[.:]/.test(host);

function contains(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function ranges(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  return list;
}

const invalid = (problem: string): AppError => new AppError('invalid_value', `base_url ${problem}.`, { param: 'base_url' });
const refused = (problem: string): AppError => new AppError('address_refused', `base_url ${problem}.`, { param: 'base_url' });
