import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { AppError } from '@sangha/errors';
import { buildConnector } from 'undici';

export interface AddressPolicy {
  /**
   * Hosts that the operator named (`host` or `host:port`): may be private, and may be spoken to without TLS.
   * Everything else must be a public address; that is checked on the very address that is connected to.
   */
  trustedHosts: readonly string[];
}

const privateV4 = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3], // multicast, reserved, broadcast
] as const)
  privateV4.addSubnet(network, bits, 'ipv4');

const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');
/** Inside the public range, yet documentation, or tunnels that carry any IPv4 address. */
const tunnelsV6 = new BlockList();
for (const [network, bits] of [
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  tunnelsV6.addSubnet(network, bits, 'ipv6');

/** Whether an address is one of the open internet. IPv4 inside IPv6 counts as not: nobody serves models that way. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !privateV4.check(address, 'ipv4');
  return family === 6 && publicV6.check(address, 'ipv6') && !tunnelsV6.check(address, 'ipv6');
}

export const isTrustedHost = ({ trustedHosts }: AddressPolicy, url: URL): boolean =>
  trustedHosts.includes(url.hostname) ||
  trustedHosts.includes(`${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`);

/**
 * Connects only where the policy allows. The name is resolved once and the connection goes to the checked address, so a
 * name that changes its answer in between (DNS rebinding) gains nothing.
 */
export function guardedConnector(policy: AddressPolicy, timeoutMs: number): buildConnector.connector {
  const open = buildConnector({ timeout: timeoutMs });
  const guarded = buildConnector({ timeout: timeoutMs, lookup: publicLookup });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const url = new URL(`${options.protocol}//${options.host ?? options.hostname}`);
    if (isTrustedHost(policy, url)) return open(options, callback);
    // A literal address is connected to without a look-up.
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(refused(host), null);
    return guarded(options, callback);
  };
}

const publicLookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, []);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(refused(hostname), []);
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

const refused = (host: string): AppError =>
  new AppError(
    'address_refused',
    `The hub points to ${host}, which is not a public address. The operator can allow this host if it is meant.`,
  );
