import { type Context, createContextSigner, createContextVerifier, generateContextKeys } from '@sangha/identity';
import type { ErrorPlace, Implementation, LocalOptions } from '@sangha/rpc';
import type { Logger } from '@sangha/telemetry';

/** Who calls others, and for whom each may speak. */
const callers = {
  'auth-gateway': ['session', 'api_token', 'external_app', 'service', 'platform'],
  'model-catalog': ['service'],
  'download-worker': ['service'],
} as const satisfies Record<string, readonly Context['kind'][]>;
export type Caller = keyof typeof callers;

export interface LocalCalls {
  /** What `local` needs to call a service of this process as `caller`. */
  to(audience: string, services: readonly Implementation[], caller: Caller): LocalOptions;
}

/**
 * Calls between the services of one process. Signing keys live in memory: nobody outside has to know them. Each service
 * still signs as itself and accepts only what is addressed to it, so a call that a cluster would refuse is refused here.
 */
export function createLocalCalls(clock: () => number, log: Logger): LocalCalls {
  const names = Object.keys(callers) as Caller[];
  const keys = new Map(names.map((name) => [name, generateContextKeys()]));
  const issuers = [...keys].map(([issuer, { keyId, publicKey }]) => ({ issuer, keyId, publicKey, kinds: callers[issuer] }));
  const signers = new Map(
    [...keys].map(([issuer, { keyId, privateKey }]) => [issuer, createContextSigner({ issuer, keyId, privateKey, clock })]),
  );
  return {
    to(audience, services, caller) {
      const signer = signers.get(caller);
      if (signer === undefined) throw new Error(`${caller} calls nobody.`);
      const verifier = createContextVerifier({ audience, issuers, clock });
      const onError = (err: unknown, place: ErrorPlace) => log.error({ err, ...place }, 'a handler failed');
      return { services, audience, signer, verifier, onError };
    },
  };
}
