import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { AppError } from '@sangha/errors';
import { Agent, buildConnector } from 'undici';
import type { UpstreamConfig } from '../config.ts';
import { addNetwork } from '../pipeline/trusted-peer.ts';

/** Whether an address may be connected to; `host` is the name that the operator of the model wrote. */
export interface AddressPolicy {
  /** @throws AppError `address_refused` */
  checkAddress(address: string, host: string): void;
  /** Plain http is for hosts that the operator listed. @throws AppError `address_refused` */
  checkProtocol(protocol: string | undefined, host: string): void;
}

// Link-local in both families, and the metadata services that clouds put elsewhere (AWS over IPv6, Azure, Alibaba, Oracle).
const never = networks([
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::/32',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  '0.0.0.0/8',
  '::',
  '224.0.0.0/4',
  'ff00::/8',
  '240.0.0.0/4',
]);
const inside = networks([
  '127.0.0.0/8',
  '::1',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '198.18.0.0/15',
  'fc00::/7',
  'fec0::/10',
  // Addresses that carry an IPv4 one for a translator or relay: NAT64 of a site's own, 6to4, Teredo, SIIT.
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/32',
  '::ffff:0:0:0/96',
]);

/** Metadata and link-local addresses are never reached, loopback and private ones only where `allowed` lists the host, address or network. */
export function addressPolicy(allowed: readonly string[]): AddressPolicy {
  const hosts = new Set(allowed.filter((entry) => isIP(entry.split('/')[0] ?? '') === 0).map((entry) => entry.toLowerCase()));
  const listed = networks(allowed.filter((entry) => isIP(entry.split('/')[0] ?? '') !== 0));
  const isListed = (address: string, host: string): boolean => hosts.has(host.toLowerCase()) || contains(listed, address);
  return {
    checkAddress(given, host) {
      const address = embeddedIpv4(given) ?? given;
      if (isIP(address) === 0 || contains(never, address)) throw refused(host);
      if (contains(inside, address) && !isListed(address, host)) throw refused(host);
    },
    checkProtocol(protocol, host) {
      if (protocol === 'https:' || hosts.has(host.toLowerCase()) || (isIP(host) !== 0 && contains(listed, host))) return;
      throw new AppError(
        'address_refused',
        `"${host}" is addressed without TLS. Use https, or ask the operator to list the host.`,
      );
    },
  };
}

/**
 * The pool of connections to remote models. The address is checked where the connection is made, after the name was resolved, so a
 * name that changes its mind (DNS rebinding) gains nothing. Redirects are never followed.
 */
export function createUpstream(config: UpstreamConfig): Agent {
  const policy = addressPolicy(config.allowedPrivateHosts);
  const connect = buildConnector({
    timeout: config.connectTimeoutMs,
    allowH2: false,
    lookup: guardedLookup(policy),
  } as buildConnector.BuildOptions);
  return new Agent({
    connections: config.connectionsPerOrigin,
    pipelining: 1,
    allowH2: false,
    headersTimeout: config.headersTimeoutMs,
    bodyTimeout: config.bodyTimeoutMs,
    keepAliveTimeout: 30_000,
    maxHeaderSize: 32 * 1024,
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      try {
        policy.checkProtocol(options.protocol, host);
        // An address as host is connected to without a look-up.
        if (isIP(host) !== 0) policy.checkAddress(host, host);
      } catch (error) {
        callback(error as Error, null);
        return;
      }
      connect(options, callback);
    },
  });
}

function guardedLookup(policy: AddressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      try {
        for (const { address } of addresses) policy.checkAddress(address, hostname);
      } catch (refusal) {
        return callback(refusal as NodeJS.ErrnoException, '');
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses as [LookupAddress];
      return callback(null, first.address, first.family);
    });
  };
}

/** The IPv4 address inside a mapped (::ffff:0:0/96), compatible or NAT64 (64:ff9b::/96) address, which reaches that very host. */
function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const groups = expand(address);
  if (groups === undefined) return undefined;
  const head = groups.slice(0, 6).join(':');
  if (!['0:0:0:0:0:65535', '0:0:0:0:0:0', '100:65435:0:0:0:0'].includes(head)) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  if (head === '0:0:0:0:0:0' && high === 0 && low <= 1) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Eight numbers of an IPv6 address. */
function expand(address: string): number[] | undefined {
  const plain = address.split('%')[0] ?? '';
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const text = dotted
    ? `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
    : plain;
  const [left = '', right] = text.split('::');
  const numbers = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const start = numbers(left);
  if (right === undefined) return start.length === 8 ? start : undefined;
  const end = numbers(right);
  return [...start, ...Array.from({ length: Math.max(0, 8 - start.length - end.length) }, () => 0), ...end];
}

function networks(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) addNetwork(list, entry);
  return list;
}

const contains = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
const refused = (host: string): AppError =>
  new AppError(
    'address_refused',
    `"${host}" lies inside the operator's own network and is not listed as a place for models. Ask the operator to list it.`,
  );
