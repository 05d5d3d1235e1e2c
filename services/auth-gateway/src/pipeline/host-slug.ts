/**
 * The organisation that a host name stands for: one label before the organisations' domain (`acme.llm.example.com`).
 * Undefined for every other host. The slug still has to be looked up; nothing is concluded from a host alone.
 */
export function hostSlug(host: string | undefined, orgDomain: string | undefined): string | undefined {
  if (host === undefined || orgDomain === undefined) return undefined;
  const name = withoutPort(host).toLowerCase().replace(/\.$/, '');
  const at = name.length - orgDomain.length;
  if (at < 2 || name.charCodeAt(at - 1) !== 0x2e || !name.endsWith(orgDomain.toLowerCase())) return undefined;
  return name.slice(0, at - 1);
}

const withoutPort = (host: string): string => {
  const colon = host.lastIndexOf(':');
  return colon === -1 || host.endsWith(']') ? host : host.slice(0, colon);
};
