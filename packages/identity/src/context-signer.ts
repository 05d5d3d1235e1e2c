import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Context } from './context.ts';
import { claimsOf, contextOf, contextType, lifetimeSecs, maxContextLength } from './context-claims.ts';
import { newUlid } from './org-id.ts';

/** Signs a context for the one service that may accept it. Answers at once while a signature made before is good for long enough. */
export interface ContextSigner {
  sign(context: Context, audience: string): string | Promise<string>;
}

export interface ContextSignerOptions {
  /** The signing service's name, for example `auth-gateway`. */
  issuer: string;
  /** Ed25519. */
  privateKey: KeyObject;
  /** Names the key to verifiers, so that keys can be replaced one after the other. */
  keyId: string;
  /** Milliseconds since 1970. */
  clock?: () => number;
}

interface Signed {
  text: string;
  staleAtMs: number;
}

// A text must outlive the call it travels with: it is made anew when this little is left.
const refreshBeforeMs = 20_000;

/**
 * A signer of contexts: compact JWS, Ed25519, 60 s. Signatures are kept per context object and audience, so the one
 * who holds a principal for a while (the gateway's cache) should hold the same frozen value.
 * Rejects what no verifier would accept (`context_invalid`).
 */
export function createContextSigner(options: ContextSignerOptions): ContextSigner {
  const { issuer, privateKey, keyId, clock = Date.now } = options;
  if (privateKey.asymmetricKeyType !== 'ed25519' || privateKey.type !== 'private') {
    throw new Error('The key that signs contexts must be an Ed25519 private key.');
  }
  const kept = new WeakMap<Context, Map<string, Signed>>();

  async function signNow(context: Context, audience: string): Promise<string> {
    const claims = claimsOf(context);
    contextOf(claims);
    const nowMs = clock();
    const issuedAt = Math.floor(nowMs / 1000);
    const text = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: contextType, kid: keyId })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSecs)
      .sign(privateKey);
    if (text.length > maxContextLength) throw new Error(`A signed context of ${text.length} characters is too long to send.`);
    keep(context, audience, { text, staleAtMs: nowMs + lifetimeSecs * 1000 - refreshBeforeMs });
    return text;
  }

  function keep(context: Context, audience: string, signed: Signed) {
    const perAudience = kept.get(context) ?? new Map<string, Signed>();
    perAudience.set(audience, signed);
    kept.set(context, perAudience);
  }

  return {
    sign(context, audience) {
      const signed = kept.get(context)?.get(audience);
      return signed !== undefined && clock() < signed.staleAtMs ? signed.text : signNow(context, audience);
    },
  };
}

/** A fresh pair of keys for processes that trust only themselves: a node that runs every service, and tests. */
export function generateContextKeys(): { privateKey: KeyObject; publicKey: KeyObject; keyId: string } {
  return { ...generateKeyPairSync('ed25519'), keyId: newUlid() };
}
