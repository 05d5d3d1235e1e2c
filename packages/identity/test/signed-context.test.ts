import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { SignJWT } from 'jose';
import {
  type Context,
  createContextSigner,
  createContextVerifier,
  generateContextKeys,
  newUlid,
  type OrgContext,
  parseGrants,
  parseOrgId,
  type TrustedIssuer,
} from '../src/index.ts';

const orgId = parseOrgId(newUlid());
const session: OrgContext = Object.freeze({
  kind: 'session',
  orgId,
  userId: 'u1',
  username: 'anna@example.com',
  role: 'resource_admin',
});
const token: OrgContext = Object.freeze({
  kind: 'api_token',
  orgId,
  userId: 'u1',
  username: 'anna@example.com',
  role: 'resource_user',
  scope: 'scope_token_user',
  tokenId: newUlid(),
  grants: parseGrants('{"version":"1","models":{"type":"specific","ids":["a"]}}'),
});
const service: OrgContext = Object.freeze({
  kind: 'service',
  orgId,
  userId: 'download-worker',
  username: '',
  role: 'resource_admin',
});
const platform: Context = Object.freeze({ kind: 'platform' });

const startMs = 1_800_000_000_000;
const keys = generateContextKeys();
const allKinds = ['session', 'api_token', 'external_app', 'service', 'platform'] as const;

function pair(options: { kinds?: TrustedIssuer['kinds']; issuer?: string } = {}) {
  const time = { ms: startMs };
  const clock = () => time.ms;
  const issuer = options.issuer ?? 'auth-gateway';
  const signer = createContextSigner({ issuer, privateKey: keys.privateKey, keyId: keys.keyId, clock });
  const verifier = createContextVerifier({
    audience: 'model-catalog',
    issuers: [{ issuer: 'auth-gateway', keyId: keys.keyId, publicKey: keys.publicKey, kinds: options.kinds ?? allKinds }],
    clock,
  });
  return { time, signer, verifier };
}

const refused = async (verify: () => unknown, why?: string) => {
  await assert.rejects(
    async () => verify(),
    (error) => isAppError(error) && error.code === 'context_invalid' && error.cause !== undefined,
    why,
  );
};

/** A text signed with the right key whose header and claims can be bent. */
function forge(
  bend: { header?: Record<string, unknown>; claims?: Record<string, unknown>; key?: KeyObject | Uint8Array; atMs?: number } = {},
) {
  const issuedAt = Math.floor((bend.atMs ?? startMs) / 1000);
  const claims = {
    iss: 'auth-gateway',
    aud: 'model-catalog',
    iat: issuedAt,
    exp: issuedAt + 60,
    kind: 'session',
    org_id: orgId,
    user_id: 'u',
    username: 'u',
    role: 'resource_user',
  };
  return new SignJWT({ ...claims, ...bend.claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'sangha-context+jwt', kid: keys.keyId, ...bend.header })
    .sign(bend.key ?? keys.privateKey);
}

for (const context of [session, token, service, platform]) {
  test(`a ${context.kind} context arrives as the same frozen value`, async () => {
    const { signer, verifier } = pair();
    const arrived = await verifier.verify(await signer.sign(context, 'model-catalog'));
    assert.deepEqual(arrived, context);
    assert.ok(Object.isFrozen(arrived));
  });
}

test('the forged text that the refusals below start from is itself valid', async () => {
  assert.equal((await pair().verifier.verify(await forge())).kind, 'session');
});

test('a context for one service is refused by another', async () => {
  const { signer, verifier } = pair();
  await refused(async () => verifier.verify(await signer.sign(session, 'tenant-registry')));
  await refused(async () => verifier.verify(await forge({ claims: { aud: ['model-catalog', 'tenant-registry'] } })));
});

test('a context lives 60 seconds and not one more than the allowed skew, also when it was seen before', async () => {
  const { time, signer, verifier } = pair();
  const text = await signer.sign(session, 'model-catalog');
  time.ms = startMs + 59_000;
  await verifier.verify(text);
  time.ms = startMs + 66_000;
  await refused(() => verifier.verify(text));
});

test('a context from the future or with a longer life is refused', async () => {
  const { verifier } = pair();
  const seconds = startMs / 1000;
  await verifier.verify(await forge({ atMs: startMs + 4_000 }));
  await refused(async () => verifier.verify(await forge({ atMs: startMs + 7_000 })));
  await refused(async () => verifier.verify(await forge({ claims: { exp: seconds + 61 } })));
  await refused(async () => verifier.verify(await forge({ claims: { exp: undefined } })));
  await refused(async () => verifier.verify(await forge({ claims: { iat: undefined } })));
});

test('an issuer speaks only for its kinds of principal', async () => {
  const { signer, verifier } = pair({ kinds: ['service'] });
  await verifier.verify(await signer.sign(service, 'model-catalog'));
  for (const context of [session, token, platform])
    await refused(async () => verifier.verify(await signer.sign(context, 'model-catalog')), context.kind);
});

test('an unknown issuer, an unknown key and another key under a known name are refused', async () => {
  const { verifier } = pair();
  await refused(async () => verifier.verify(await pair({ issuer: 'download-worker' }).signer.sign(session, 'model-catalog')));
  await refused(async () => verifier.verify(await forge({ header: { kid: 'other' } })));
  await refused(async () => verifier.verify(await forge({ header: { kid: undefined } })));
  await refused(async () => verifier.verify(await forge({ key: generateKeyPairSync('ed25519').privateKey })));
});

test('one service cannot borrow the name of another whose key it does not have', async () => {
  const other = generateContextKeys();
  const verifier = createContextVerifier({
    audience: 'model-catalog',
    issuers: [
      { issuer: 'auth-gateway', keyId: keys.keyId, publicKey: keys.publicKey, kinds: allKinds },
      { issuer: 'download-worker', keyId: other.keyId, publicKey: other.publicKey, kinds: ['service'] },
    ],
    clock: () => startMs,
  });
  await refused(async () => verifier.verify(await forge({ header: { kid: other.keyId }, key: other.privateKey })));
  await refused(async () => verifier.verify(await forge({ key: other.privateKey })));
});

test('the algorithm is pinned: neither none nor a MAC over the public key passes', async () => {
  const { verifier } = pair();
  const [, payload] = (await forge()).split('.');
  const head = (alg: string) =>
    Buffer.from(JSON.stringify({ alg, typ: 'sangha-context+jwt', kid: keys.keyId })).toString('base64url');
  await refused(() => verifier.verify(`${head('none')}.${payload}.`));
  const secret = keys.publicKey.export({ type: 'spki', format: 'pem' });
  const mac = createHmac('sha256', secret)
    .update(`${head('HS256')}.${payload}`)
    .digest('base64url');
  await refused(() => verifier.verify(`${head('HS256')}.${payload}.${mac}`));
});

test('another kind of token signed with the same key is no context', async () => {
  const { verifier } = pair();
  await refused(async () => verifier.verify(await forge({ header: { typ: 'JWT' } })));
  await refused(async () => verifier.verify(await forge({ header: { typ: undefined } })));
});

test('a changed byte of the claims breaks the signature, also when the original is known', async () => {
  const { signer, verifier } = pair();
  const text = await signer.sign(session, 'model-catalog');
  await verifier.verify(text);
  const [head, payload = '', signature] = text.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const raised = Buffer.from(JSON.stringify({ ...claims, org_id: newUlid() })).toString('base64url');
  await refused(() => verifier.verify(`${head}.${raised}.${signature}`));
});

test('claims that no signer makes are refused', async () => {
  const { verifier } = pair();
  const app = { kind: 'external_app', scope: 'scope_user_user', grants: '{"version":"1"}' };
  const key = { kind: 'api_token', scope: 'scope_token_user', grants: '{"version":"1"}', token_id: 't' };
  await verifier.verify(await forge({ claims: app }));
  await verifier.verify(await forge({ claims: key }));
  for (const claims of [
    { kind: 'root' },
    { kind: undefined },
    { org_id: undefined },
    { org_id: '' },
    { org_id: '*' },
    { user_id: '' },
    { user_id: 7 },
    { user_id: 'u'.repeat(513) },
    { username: undefined },
    { role: 'resource_owner' },
    { role: '' },
    { scope: 'scope_token_user' },
    { grants: '{"version":"1"}' },
    { token_id: 't' },
    { ...key, grants: undefined },
    { ...key, grants: '' },
    { ...key, grants: '{"version":"1","model":{}}' },
    { ...key, scope: undefined },
    { ...key, scope: 'scope_user_user' },
    { ...key, token_id: undefined },
    { ...app, grants: undefined },
    { ...app, scope: 'scope_token_user' },
    { kind: 'platform', org_id: undefined },
    { kind: 'platform', org_id: '', user_id: '', role: 'resource_admin' },
  ]) {
    await refused(async () => verifier.verify(await forge({ claims })), JSON.stringify(claims));
  }
});

test('a signer refuses what no verifier would accept', async () => {
  const { signer } = pair();
  const { grants, ...unlimited } = token;
  assert.ok(grants);
  await refused(() => signer.sign(unlimited, 'model-catalog'));
});

test('garbage of any length is refused', async () => {
  const { verifier } = pair();
  for (const text of ['', '.', '..', 'a.b.c', 'null', '\u0000', 'a'.repeat(10_000_000), `${await forge()}.x`])
    await refused(() => verifier.verify(text), text.slice(0, 10));
});

test('a text beyond the limit is refused even when it is properly signed', async () => {
  const { verifier } = pair();
  await verifier.verify(await forge({ claims: { extra: 'x'.repeat(20_000) } }));
  await refused(async () => verifier.verify(await forge({ claims: { extra: 'x'.repeat(40_000) } })));
});

test('the largest grants still fit', async () => {
  const { signer, verifier } = pair();
  const ids = Array.from({ length: 510 }, (_, at) => `"\\"${String(at).padStart(20, 'x')}"`).join();
  const large = Object.freeze({ ...token, grants: parseGrants(`{"version":"1","models":{"type":"specific","ids":[${ids}]}}`) });
  assert.deepEqual(await verifier.verify(await signer.sign(large, 'model-catalog')), large);
});

test('a signature is kept per context and audience and made anew before it runs out', async () => {
  const { time, signer } = pair();
  const first = await signer.sign(session, 'model-catalog');
  assert.equal(signer.sign(session, 'model-catalog'), first);
  assert.notEqual(await signer.sign(session, 'tenant-registry'), first);
  assert.notEqual(await signer.sign(token, 'model-catalog'), first);
  time.ms = startMs + 39_000;
  assert.equal(signer.sign(session, 'model-catalog'), first);
  time.ms = startMs + 41_000;
  assert.notEqual(await signer.sign(session, 'model-catalog'), first);
});

test('a verified text is answered from memory, as the same value', async () => {
  const { signer, verifier } = pair();
  const text = await signer.sign(session, 'model-catalog');
  const first = await verifier.verify(text);
  assert.equal(verifier.verify(text), first);
});

test('keys of another kind are refused at the start', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  assert.throws(() => createContextSigner({ issuer: 'x', privateKey: rsa.privateKey, keyId: 'k' }), /Ed25519/);
  assert.throws(
    () => createContextVerifier({ audience: 'x', issuers: [{ issuer: 'x', keyId: 'k', publicKey: keys.privateKey, kinds: [] }] }),
    /Ed25519/,
  );
});
