/**
 * The gateway in a process of its own, as a cluster runs it: its real pipeline, caches, forwarding and metering. Who asks and where
 * a name leads is answered from memory (in production its caches hold both for 30 s); usage goes to a queue that nobody
 * reads here. Prints its port and a token.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createAuthGateway, type GatewayClients, gatewayConfig } from '@sangha/auth-gateway';
import {
  clientIdOf,
  createContextSigner,
  createContextVerifier,
  generateContextKeys,
  issueToken,
  newUlid,
  parseOrgId,
} from '@sangha/identity';
import { openSqliteQueue } from '@sangha/messaging';
import { Directory, Resolver } from '@sangha/protos';
import { implement, local } from '@sangha/rpc';
import { createLogger, createMetrics } from '@sangha/telemetry';

// As every process of ours that serves (see the single node's command).
setFlagsFromString('--no-allocation-site-pretenuring');

const [origin = ''] = process.argv.slice(2);
const orgId = parseOrgId(newUlid());
const token = issueToken(clientIdOf(orgId));
const grants = JSON.stringify({
  version: '1',
  models_list: true,
  models: { type: 'all' },
  toolsets_list: true,
  toolsets: { type: 'all' },
});
const notHere = async (): Promise<never> => {
  throw new Error('The benchmark asks for nothing else.');
};

const directory = implement(Directory, {
  findOrganization: notHere,
  getOrganizationKey: notHere,
  getEffectiveSettings: async () => ({
    values: { BODHI_REQUESTS_PER_MINUTE: '1000000', BODHI_CONCURRENT_REQUESTS: '100000', BODHI_TOKENS_PER_MINUTE: '1000000000' },
  }),
  authenticateToken: async () => ({
    tokenId: 'bench',
    orgId,
    orgSlug: 'bench',
    orgStatus: 'active',
    userId: 'u',
    username: 'u',
    role: 'resource_user',
    scope: 'scope_token_user',
    grants,
    expiresAt: '',
    name: 'bench',
  }),
});
const resolver = implement(Resolver, {
  listNames: notHere,
  resolve: async ({ name }) => ({
    name,
    modelId: name,
    requestParams: '',
    grantIds: [name],
    remote: {
      id: 'r',
      apiFormat: 'openai',
      baseUrl: `${origin}/v1`,
      apiKey: 'sk-bench',
      upstreamModel: name,
      extraHeaders: {},
      extraBody: '',
    },
  }),
});

const keys = generateContextKeys();
const signer = createContextSigner({ issuer: 'auth-gateway', keyId: keys.keyId, privateKey: keys.privateKey });
const issuers = [
  {
    issuer: 'auth-gateway',
    keyId: keys.keyId,
    publicKey: keys.publicKey,
    kinds: ['session', 'api_token', 'service', 'platform'] as const,
  },
];
const to = (audience: string) => ({
  services: [directory, resolver],
  audience,
  signer,
  verifier: createContextVerifier({ audience, issuers }),
});
const folder = mkdtempSync(join(tmpdir(), 'sangha-bench-'));
const log = createLogger({ service: 'auth-gateway', level: 'error' });
const messaging = openSqliteQueue({ file: join(folder, 'messages.db'), log });
const gateway = createAuthGateway({
  clients: {
    directory: local(Directory, to('tenant-registry')),
    resolver: local(Resolver, to('model-catalog')),
  } as GatewayClients,
  messaging,
  log,
  metrics: createMetrics({ service: 'auth-gateway' }),
  config: gatewayConfig({ upstream: { allowedPrivateHosts: ['127.0.0.1'] } }),
});
const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(url).port), token: token.text });
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
