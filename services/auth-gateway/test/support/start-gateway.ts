import { AppError } from '@sangha/errors';
import {
  clientIdOf,
  createContextSigner,
  createContextVerifier,
  generateContextKeys,
  hashToken,
  isOrgContext,
  issueToken,
  newUlid,
  type OrgId,
  parseOrgId,
} from '@sangha/identity';
import {
  Aliases,
  Directory,
  Downloads,
  events,
  Inference,
  Members,
  Models,
  Organizations,
  RemoteModels,
  Resolver,
  Settings,
  Tokens,
  Usage,
} from '@sangha/protos';
import { type Handlers, type Implementation, implement, local } from '@sangha/rpc';
import { createLogger, createMetrics, type Registry } from '@sangha/telemetry';
import { type AuthGateway, createAuthGateway, type GatewayClients, type GatewayOptions, gatewayConfig } from '../../src/app.ts';

/** A small world around a real gateway: organisations, tokens and models in memory, everything else over real rpc and HTTP. */
export interface World {
  readonly url: string;
  readonly gateway: AuthGateway;
  readonly metrics: Registry;
  readonly usage: ReturnType<typeof events.usageRecorded.decode>[];
  /** Everything the gateway logged. */
  readonly logged: string[];
  /** What the stand-ins were asked, newest last. */
  readonly asked: { method: string; request: unknown; context: unknown }[];
  readonly counts: Record<string, number>;
  addOrganization(slug: string, status?: string): Org;
  /** Answers the token's text. */
  addToken(org: Org, token?: Partial<TokenRow>): string;
  addModel(org: Org, name: string, target: ModelRow): void;
  setSetting(org: Org, key: string, value: unknown): void;
  tokenRow(text: string): TokenRow;
  /** As if its owner had ended it; nobody is told. */
  removeToken(text: string): void;
  /** From now on the directory answers this token with a row of that organisation. */
  lie(text: string, org: Org): void;
  /** What the registry broadcasts after a change. */
  registryChanged(org: Org): void;
  catalogChanged(org: Org): void;
  close(): Promise<void>;
}

export interface Org {
  readonly id: OrgId;
  readonly slug: string;
  status: string;
}

export interface TokenRow {
  orgId: OrgId;
  tokenId: string;
  userId: string;
  username: string;
  role: string;
  scope: string;
  grants: string;
  expiresAt: string;
}

type TargetInput = Awaited<ReturnType<Handlers<typeof Resolver>['resolve']>>;
export type ModelRow = Pick<TargetInput, 'local' | 'remote' | 'requestParams' | 'grantIds'>;

export const allGrants = JSON.stringify({
  version: '1',
  models_list: true,
  models: { type: 'all' },
  toolsets_list: true,
  toolsets: { type: 'all' },
});

export const localTarget = {
  local: {
    sha256: 'ab'.repeat(32),
    sizeBytes: 1,
    architecture: 'llama',
    contextLength: 4096,
    chatTemplate: '{{ messages }}',
    chatTemplateSource: 'file',
    capabilities: ['chat'],
  },
};

export const remoteTarget = (baseUrl: string, more: Partial<NonNullable<ModelRow['remote']>> = {}): ModelRow => ({
  remote: {
    id: 'r1',
    apiFormat: 'openai',
    baseUrl,
    apiKey: 'upstream-key-1234567890',
    upstreamModel: 'gpt-up',
    extraHeaders: {},
    extraBody: '',
    ...more,
  },
});

export interface WorldOptions {
  config?: GatewayOptions;
  inference?: Partial<Handlers<typeof Inference>>;
  /** Further services, for the management API. */
  services?: readonly Implementation[];
  now?: () => number;
  /** What the directory waits for before it answers a token. */
  beforeToken?: () => Promise<void>;
  /** For measurements: what is published is forgotten. */
  discardUsage?: boolean;
}

const refuse = (what: string) => async (): Promise<never> => {
  throw new AppError('unavailable', `${what} is not part of this test.`);
};

export async function startGateway(options: WorldOptions = {}): Promise<World> {
  const orgs: Org[] = [];
  const tokens = new Map<string, TokenRow>();
  const lies = new Map<string, OrgId>();
  const models = new Map<string, ModelRow>();
  const settings = new Map<string, Record<string, string>>();
  const usage: World['usage'] = [];
  const logged: string[] = [];
  const asked: World['asked'] = [];
  const counts: Record<string, number> = {};
  const listeners: { subject: string; handler: (orgId: OrgId, payload: Uint8Array) => void }[] = [];
  const note = (method: string, request: unknown, context: unknown): void => {
    counts[method] = (counts[method] ?? 0) + 1;
    asked.push({ method, request, context });
  };

  const organizationOf = (org: Org) => ({
    id: org.id,
    slug: org.slug,
    displayName: org.slug,
    clientId: clientIdOf(org.id),
    status: org.status,
    createdAt: '',
    updatedAt: '',
  });

  const directory = implement(Directory, {
    async findOrganization(request, { context }) {
      note('findOrganization', request, context);
      const found = orgs.find((org) => (request.only ? true : org.slug === request.slug || org.id === request.id));
      if (found === undefined || found.status === 'deleted') throw new AppError('org_not_found', 'No such organisation.');
      return organizationOf(found);
    },
    async authenticateToken(request, { context }) {
      note('authenticateToken', request, context);
      await options.beforeToken?.();
      const row = tokens.get(request.tokenHash);
      if (row === undefined || clientIdOf(row.orgId) !== request.clientId) throw new AppError('token_invalid', 'Unknown token.');
      const org = orgs.find(({ id }) => id === row.orgId);
      return {
        ...row,
        orgId: lies.get(request.tokenHash) ?? row.orgId,
        orgSlug: org?.slug ?? '',
        orgStatus: org?.status ?? '',
        name: 'test',
      };
    },
    getOrganizationKey: refuse('getOrganizationKey'),
    async getEffectiveSettings(request, { context }) {
      note('getEffectiveSettings', request, context);
      return { values: settings.get(context.orgId ?? '') ?? {} };
    },
  });

  const resolver = implement(Resolver, {
    async resolve({ name }, { context }) {
      note('resolve', name, context);
      const row = models.get(`${context.orgId}/${name}`);
      if (row === undefined || !isOrgContext(context)) throw new AppError('model_not_found', 'No such model.');
      return { name, modelId: name, requestParams: '', grantIds: [name], ...row };
    },
    async listNames(request, { context }) {
      note('listNames', request, context);
      const mine = [...models.keys()]
        .filter((key) => key.startsWith(`${context.orgId}/`))
        .map((key) => key.slice((context.orgId ?? '').length + 1));
      const grants = isOrgContext(context) ? context.grants : undefined;
      return {
        names: mine.sort().map((name) => ({
          name,
          ownedBy: 'test',
          created: 1_700_000_000,
          allowed: grants === undefined || grants.models.type === 'all' || grants.models.ids.includes(name),
          type: 'model_alias',
          contextLength: 4096,
          capabilities: [],
        })),
      };
    },
  });

  const inference = implement(Inference, {
    // biome-ignore lint/correctness/useYield: it only refuses
    generate: async function* () {
      throw new AppError('unavailable', 'generate is not part of this test.');
    },
    embed: refuse('embed'),
    // biome-ignore lint/correctness/useYield: it only refuses
    loadModel: async function* () {
      throw new AppError('unavailable', 'loadModel is not part of this test.');
    },
    unloadModel: refuse('unloadModel'),
    listEngines: refuse('listEngines'),
    ...options.inference,
  });

  const keys = generateContextKeys();
  const signer = createContextSigner({ issuer: 'auth-gateway', privateKey: keys.privateKey, keyId: keys.keyId });
  const brought = options.services ?? [];
  const ours = [directory, resolver, inference].filter(
    ({ contract }) => !brought.some((each) => each.contract.name === contract.name),
  );
  const services = [...brought, ...ours];
  const client = <S extends Parameters<typeof local>[0]>(contract: S, audience: string) => {
    const verifier = createContextVerifier({
      audience,
      issuers: [
        {
          issuer: 'auth-gateway',
          keyId: keys.keyId,
          publicKey: keys.publicKey,
          kinds: ['session', 'api_token', 'service', 'platform'],
        },
      ],
    });
    if (!services.some((service) => service.contract.name === contract.name))
      return absent(contract.name) as ReturnType<typeof local<S>>;
    return local(contract, { services, audience, signer, verifier, onError: (error) => logged.push(String(error)) });
  };

  const clients: GatewayClients = {
    directory: client(Directory, 'tenant-registry'),
    organizations: client(Organizations, 'tenant-registry'),
    members: client(Members, 'tenant-registry'),
    tokens: client(Tokens, 'tenant-registry'),
    settings: client(Settings, 'tenant-registry'),
    usage: client(Usage, 'tenant-registry'),
    resolver: client(Resolver, 'model-catalog'),
    aliases: client(Aliases, 'model-catalog'),
    remoteModels: client(RemoteModels, 'model-catalog'),
    models: client(Models, 'model-catalog'),
    downloads: client(Downloads, 'download-worker'),
    inference: client(Inference, 'inference-runner'),
  };

  const metrics = createMetrics({ service: 'auth-gateway' });
  const gateway = createAuthGateway({
    clients,
    messaging: {
      listen(subject, handler) {
        const entry = { subject, handler };
        listeners.push(entry);
        return { close: () => void listeners.splice(listeners.indexOf(entry), 1) };
      },
      async publish({ payload }) {
        if (options.discardUsage !== true) usage.push(events.usageRecorded.decode(payload));
      },
    },
    log: createLogger({
      service: 'auth-gateway',
      level: 'info',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    metrics,
    config: gatewayConfig({
      closeGraceMs: 200,
      waitCommentAfterMs: 0,
      ...options.config,
      upstream: { allowedPrivateHosts: ['127.0.0.1'], ...options.config?.upstream },
    }),
    ...(options.now === undefined ? {} : { clock: options.now }),
  });
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  const broadcast = (subject: string, org: Org): void => {
    for (const listener of listeners) if (listener.subject === subject) listener.handler(org.id, new Uint8Array());
  };

  return {
    url,
    gateway,
    metrics,
    usage,
    logged,
    asked,
    counts,
    addOrganization(slug, status = 'active') {
      const org = { id: parseOrgId(newUlid()), slug, status };
      orgs.push(org);
      return org;
    },
    addToken(org, token = {}) {
      const { text, hash } = issueToken(clientIdOf(org.id));
      tokens.set(hash, {
        orgId: org.id,
        tokenId: newUlid(),
        userId: 'user-1',
        username: 'asha',
        role: 'resource_user',
        scope: 'scope_token_user',
        grants: allGrants,
        expiresAt: '',
        ...token,
      });
      return text;
    },
    addModel: (org, name, row) => void models.set(`${org.id}/${name}`, row),
    setSetting: (org, key, value) => void settings.set(org.id, { ...settings.get(org.id), [key]: JSON.stringify(value) }),
    tokenRow: (text) => tokens.get(hashToken(text)) as TokenRow,
    removeToken: (text) => void tokens.delete(hashToken(text)),
    lie: (text, org) => void lies.set(hashToken(text), org.id),
    registryChanged: (org) => broadcast('registry.changed', org),
    catalogChanged: (org) => broadcast('catalog.changed', org),
    close: () => gateway.close(),
  };
}

/** A client of a service that the test left out: every call fails as if nobody listened. */
const absent = (name: string): object => new Proxy({}, { get: (_, method) => refuse(`${name}.${String(method)}`) });
