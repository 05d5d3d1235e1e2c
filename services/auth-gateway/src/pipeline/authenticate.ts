import { hash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@sangha/errors';
import { parseToken } from '@sangha/identity';
import type { Exchange } from '../exchange.ts';
import { groups } from '../route.ts';
import { type TokenRecord, usableToken } from './directory.ts';
import type { PipelineParts, Rule } from './rule.ts';

/**
 * Turns the credential's text into a principal. What the text itself says (its checksum, its organisation) is checked before anyone
 * is asked; then the directory's record counts. A bad credential is refused and never falls back to another.
 */
export const authenticate = ({ config, directory, clock }: PipelineParts): Rule => {
  const platformDigest = config.platformKey === undefined ? undefined : digest(config.platformKey);
  return (exchange) => {
    const { credential, route } = exchange;
    if (credential === undefined || route === undefined) return undefined;
    const { credential: wanted } = groups[route.group];
    if (wanted === 'none') return undefined;
    if (wanted === 'platform') {
      // Digests of equal length, so that the comparison tells nothing about the key, its length included.
      if (platformDigest === undefined || !timingSafeEqual(platformDigest, digest(credential))) {
        throw new AppError('token_invalid', 'This is not the platform key.');
      }
      exchange.isPlatform = true;
      return undefined;
    }
    if (isJwt(credential)) {
      throw new AppError(
        'token_invalid',
        'Access tokens of other applications are not accepted here. Use an API token (sk-bodhiapp_…).',
      );
    }
    const token = parseToken(credential);
    if (exchange.hostOrganization !== undefined && exchange.hostOrganization.clientId !== token.clientId)
      throw wrongOrganization();
    const held = directory.peekToken(token);
    if (held !== undefined) {
      admit(exchange, held);
      return undefined;
    }
    return directory.loadToken(token).then((record) => {
      admit(exchange, record);
      return undefined;
    });
  };

  function admit(exchange: Exchange, found: TokenRecord | undefined): void {
    const { hostOrganization } = exchange;
    const record = usableToken(found, clock());
    // The text named the organisation; this is what the directory says of the row behind it.
    if (hostOrganization !== undefined && hostOrganization.id !== record.principal.orgId) throw wrongOrganization();
    exchange.principal = record.principal;
  }
};

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
const isJwt = (text: string): boolean => text.startsWith('eyJ') && text.split('.', 4).length === 3;

const wrongOrganization = (): AppError =>
  new AppError('wrong_organization', 'This credential belongs to another organisation. Use the address of your own one.');
