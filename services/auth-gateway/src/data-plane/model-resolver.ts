import { createMemoryCache } from '@sangha/cache';
import { AppError, isAppError } from '@sangha/errors';
import { allowsModel, type OrgContext, type OrgId } from '@sangha/identity';
import type { GatewayClients } from '../clients.ts';
import { type PreparedTarget, prepareTarget } from './prepared-target.ts';

const maxNameLength = 512;

/** What a name means to an asker, at most 30 s old, dropped by event. */
export interface ModelResolver {
  /** At once when it is held. @throws AppError `model_not_found`, `model_not_granted` */
  resolve(asker: OrgContext, name: string, requestId: string): PreparedTarget | Promise<PreparedTarget>;
  forget(orgId: OrgId): void;
}

/** `clock` in milliseconds that never run backwards. */
export function createModelResolver({
  resolver,
  clock,
}: {
  resolver: GatewayClients['resolver'];
  clock: () => number;
}): ModelResolver {
  const targets = createMemoryCache<PreparedTarget>({ max: 20_000, ttlMs: 30_000, clock });

  return {
    resolve(asker, name, requestId) {
      if (name.length > maxNameLength) throw notFound(name);
      // Names are resolved for the asker: a private alias of one member is no name for another.
      // The length keeps an id with a slash in it apart from a name with one.
      const key = { orgId: asker.orgId, key: `${asker.tokenId ?? ''}/${asker.userId.length}/${asker.userId}/${name}` };
      const held = targets.get(key);
      return held !== undefined ? demandGrant(asker, held, name) : load(asker, key, name, requestId);
    },
    forget: (orgId) => targets.invalidateOrg(orgId),
  };

  async function load(
    asker: OrgContext,
    key: { orgId: OrgId; key: string },
    name: string,
    requestId: string,
  ): Promise<PreparedTarget> {
    // Postgres holds no NUL, so no model has one in its name.
    if (name.includes('\0')) throw notFound(name);
    const found = await targets.load(key, async () => {
      try {
        return prepareTarget(await resolver.resolve({ name }, { context: asker, requestId }));
      } catch (error) {
        if (isAppError(error) && error.code === 'model_not_found') return undefined;
        throw error;
      }
    });
    if (found === undefined) throw notFound(name);
    return demandGrant(asker, found, name);
  }
}

/** The catalog decides by grants too; this holds also for an answer that was kept from before the grants were narrowed. */
function demandGrant(asker: OrgContext, target: PreparedTarget, name: string): PreparedTarget {
  if (allowsModel(asker.grants, target.grantIds)) return target;
  throw new AppError('model_not_granted', `This token may not use the model "${name}". Ask its owner to grant it.`, {
    param: 'model',
  });
}

const notFound = (name: string): AppError =>
  new AppError('model_not_found', `There is no model "${name.slice(0, 100)}". GET /v1/models lists what you can use.`, {
    param: 'model',
  });
