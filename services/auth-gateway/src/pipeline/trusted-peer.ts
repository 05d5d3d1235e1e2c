import { BlockList, isIP } from 'node:net';

/** Whether an address belongs to one of the listed addresses or networks (`10.0.0.0/8`, `::1`). An empty list trusts nobody. */
export function trustedPeers(list: readonly string[]): (address: string | undefined) => boolean {
  if (list.length === 0) return () => false;
  const networks = new BlockList();
  for (const entry of list) addNetwork(networks, entry);
  return (address) =>
    address !== undefined && isIP(address) !== 0 && networks.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** Adds an address or network. @throws Error when it is neither */
export function addNetwork(networks: BlockList, entry: string): void {
  const [address = '', bits, ...more] = entry.split('/');
  const version = isIP(address);
  // Number('') is 0, and a network of 0 bits is everybody.
  if (version === 0 || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)))
    throw new Error(`"${entry}" is not an IP address or network.`);
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (bits === undefined) networks.addAddress(address, family);
  else networks.addSubnet(address, Number(bits), family);
}
