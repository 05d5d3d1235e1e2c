import { AppError } from '@sangha/errors';
import { hostSlug } from './host-slug.ts';
import type { PipelineParts, Rule } from './rule.ts';
import { organizationHeader } from './strip-identity-headers.ts';

/**
 * Finds the organisation that a trusted proxy or the host names. An unknown one is refused; a host that names none leaves the
 * question to the credential.
 */
export const nameOrganization =
  ({ config, directory }: PipelineParts): Rule =>
  (exchange) => {
    const { headers } = exchange.req;
    // Only a trusted proxy's header is still there.
    const slug = (headers[organizationHeader] as string | undefined) ?? hostSlug(headers.host, config.orgDomain);
    if (slug === undefined) return undefined;
    const held = directory.peekOrganization(slug);
    if (held !== undefined) {
      exchange.hostOrganization = held;
      return undefined;
    }
    return directory.loadOrganization(slug).then((found) => {
      if (found === undefined || found.status === 'deleted') {
        throw new AppError('org_not_found', 'There is no organisation at this address. Check its spelling.');
      }
      exchange.hostOrganization = found;
      return undefined;
    });
  };
