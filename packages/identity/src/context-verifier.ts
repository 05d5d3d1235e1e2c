import type { KeyObject } from 'node:crypto';
import { decodeJwt, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Context, OrgContext } from './context.ts';
import { contextOf, contextType, invalid, lifetimeSecs, maxContextLength } from './context-claims.ts';

/** Reads signed contexts addressed to one service. Answers at once for a text that it verified before and that still lives. */
export interface ContextVerifier {
  /** The frozen context. Throws or rejects with `context_invalid`, whatever is wrong; the cause says what. */
  verify(text: string): Context | Promise<Context>;
}

/** A service whose contexts are believed, and for which kinds of principal it may speak. Two entries replace a key. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly keyId: string;
  /** Ed25519. */
  readonly publicKey: KeyObject;
  readonly kinds: readonly OrgContext['kind'][];
}

export interface ContextVerifierOptions {
  /** The verifying service's name; a context for another is refused. */
  audience: string;
  issuers: readonly TrustedIssuer[];
  /** Milliseconds since 1970. */
  clock?: () => number;
}

interface Verified {
  context: Context;
  expiresAtMs: number;
}

const maxSkewSecs = 5;
const maxKeptTexts = 10_000;
const maxKeptCharacters = 16 * 1024 * 1024;

/**
 * A verifier of contexts. Strict: EdDSA only, the issuer's own key, `typ`, exact audience, at most 60 s of life with
 * 5 s of skew, kinds that the issuer may speak for, complete claims. Verified texts are kept until they expire.
 */
export function createContextVerifier(options: ContextVerifierOptions): ContextVerifier {
  const { audience, issuers, clock = Date.now } = options;
  const trusted = new Map(issuers.map((issuer) => [nameOf(issuer.issuer, issuer.keyId), checked(issuer)]));
  const kept = new LRUCache<string, Verified>({
    max: maxKeptTexts,
    maxSize: maxKeptCharacters,
    sizeCalculation: (_verified, text) => text.length,
  });

  async function verifyNow(text: string): Promise<Context> {
    try {
      const { payload, issuer } = await signedPayload(text);
      if (payload.aud !== audience) throw invalid('aud is not exactly this service');
      const context = contextOf(payload);
      if (!issuer.kinds.includes(context.kind)) throw invalid(`${issuer.issuer} may not speak for ${context.kind}`);
      kept.set(text, { context, expiresAtMs: Number(payload.exp) * 1000 });
      return context;
    } catch (cause) {
      throw invalid('refused', cause);
    }
  }

  async function signedPayload(text: string): Promise<{ payload: JWTPayload; issuer: TrustedIssuer }> {
    const claimed = decodeJwt(text).iss;
    const { payload, protectedHeader } = await jwtVerify(
      text,
      (header: JWTHeaderParameters) => issuerOf(claimed, header.kid).publicKey,
      {
        algorithms: ['EdDSA'],
        typ: contextType,
        audience,
        requiredClaims: ['iss', 'aud', 'iat', 'exp'],
        clockTolerance: maxSkewSecs,
        maxTokenAge: lifetimeSecs,
        currentDate: new Date(clock()),
      },
    );
    if (Number(payload.exp) - Number(payload.iat) > lifetimeSecs) throw invalid('lives too long');
    return { payload, issuer: issuerOf(payload.iss, protectedHeader.kid) };
  }

  function issuerOf(name: string | undefined, keyId: string | undefined): TrustedIssuer {
    const issuer = name === undefined || keyId === undefined ? undefined : trusted.get(nameOf(name, keyId));
    if (issuer === undefined) throw invalid('unknown issuer or key');
    return issuer;
  }

  return {
    verify(text) {
      if (text.length > maxContextLength) throw invalid('too long');
      const verified = kept.get(text);
      // Without the skew: a cached text is never accepted for longer than a fresh one.
      return verified !== undefined && clock() < verified.expiresAtMs ? verified.context : verifyNow(text);
    },
  };
}

const nameOf = (issuer: string, keyId: string): string => JSON.stringify([issuer, keyId]);

function checked(issuer: TrustedIssuer): TrustedIssuer {
  if (issuer.publicKey.asymmetricKeyType !== 'ed25519' || issuer.publicKey.type !== 'public') {
    throw new Error(`The key that verifies contexts of ${issuer.issuer} must be an Ed25519 public key.`);
  }
  return issuer;
}
