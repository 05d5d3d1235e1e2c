import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { AppError } from '@sangha/errors';
import {
  type ContextSigner,
  createContextSigner,
  createContextVerifier,
  generateContextKeys,
  newUlid,
  type OrgContext,
  parseOrgId,
} from '@sangha/identity';
import { Inference, type ServiceContract, Tokens } from '@sangha/protos';
import {
  type Call,
  type Client,
  dial,
  type ErrorPlace,
  type Handlers,
  type Implementation,
  implement,
  local,
  serve,
} from '../src/index.ts';

export const context: OrgContext = Object.freeze({
  kind: 'session',
  orgId: parseOrgId(newUlid()),
  userId: 'u1',
  username: 'anna',
  role: 'resource_admin',
});

const keys = generateContextKeys();
export const signerAt = (clock: () => number): ContextSigner => createContextSigner({ issuer: 'auth-gateway', ...keys, clock });
export const verifier = createContextVerifier({
  audience: 'runner',
  issuers: [{ issuer: 'auth-gateway', keyId: keys.keyId, publicKey: keys.publicKey, kinds: ['session', 'api_token'] }],
});

/** What a test wants to be done with a call; everything else answers `not_found`. */
export interface Script {
  createToken?: Handlers<typeof Tokens>['createToken'];
  generate?: Handlers<typeof Inference>['generate'];
}

function services(script: Script): Implementation[] {
  const missing = async (): Promise<never> => {
    throw new AppError('not_found', 'Not in this test.');
  };
  const missingStream = () => ({ [Symbol.asyncIterator]: () => ({ next: missing }) });
  return [
    implement(Tokens, {
      createToken: script.createToken ?? missing,
      listTokens: missing,
      updateToken: missing,
      deleteToken: missing,
    }),
    implement(Inference, {
      generate: script.generate ?? missingStream,
      embed: missing,
      loadModel: missingStream,
      unloadModel: missing,
      listEngines: missing,
    }),
  ];
}

export interface Scene {
  tokens: Client<typeof Tokens>;
  inference: Client<typeof Inference>;
  /** Errors that were told to the log. */
  logged: { error: unknown; place: ErrorPlace }[];
  /** Ends the service, running calls included. */
  close(): Promise<void>;
}

export interface SceneOptions {
  signer?: ContextSigner;
  audience?: string;
  serverMaxBytes?: number;
  clientMaxBytes?: number;
}

export type Stage = (t: TestContext, script: Script, options?: SceneOptions) => Promise<Scene>;

export const stages: Record<'local' | 'TCP' | 'unix socket', Stage> = {
  async local(t, script, options = {}) {
    const logged: Scene['logged'] = [];
    const stop = new AbortController();
    const { signer, audience, serverMaxBytes, clientMaxBytes } = withDefaults(options);
    const client = <S extends ServiceContract<unknown, unknown>>(contract: S) =>
      local(contract, {
        services: services(script),
        audience,
        signer,
        verifier,
        maxMessageBytes: Math.min(serverMaxBytes, clientMaxBytes),
        onError: (error, place) => logged.push({ error, place }),
        stop: stop.signal,
      });
    t.after(() => stop.abort());
    return { tokens: client(Tokens), inference: client(Inference), logged, close: async () => stop.abort() };
  },

  TCP: (t, script, options = {}) => networked(t, '127.0.0.1:0', script, options),

  async 'unix socket'(t, script, options = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'rpc-'));
    t.after(() => rm(folder, { recursive: true }));
    return networked(t, `unix:${join(folder, 's')}`, script, options);
  },
};

async function networked(t: TestContext, address: string, script: Script, options: SceneOptions): Promise<Scene> {
  const logged: Scene['logged'] = [];
  const { signer, audience, serverMaxBytes, clientMaxBytes } = withDefaults(options);
  const server = await serve({
    address,
    services: services(script),
    verifier,
    maxMessageBytes: serverMaxBytes,
    onError: (error, place) => logged.push({ error, place }),
  });
  const dialOptions = { address: server.address, audience, signer, maxMessageBytes: clientMaxBytes };
  const tokens = dial(Tokens, dialOptions);
  const inference = dial(Inference, dialOptions);
  t.after(async () => {
    tokens.close();
    inference.close();
    await server.close(0);
  });
  return { tokens, inference, logged, close: () => server.close(0) };
}

const maxBytes = 16 * 1024 * 1024;
const withDefaults = (options: SceneOptions) => ({
  signer: options.signer ?? signerAt(Date.now),
  audience: options.audience ?? 'runner',
  serverMaxBytes: options.serverMaxBytes ?? maxBytes,
  clientMaxBytes: options.clientMaxBytes ?? maxBytes,
});

export const delta = (text: string) => ({ delta: { chunks: [{ text }] } });

/** A promise and the function that keeps it: what a test and a handler tell each other. */
export function signalling<T = void>() {
  let tell: (value: T) => void = () => {};
  const told = new Promise<T>((resolve) => {
    tell = resolve;
  });
  return { told, tell: (value: T) => tell(value) };
}

/** Resolves with the reason when the call is told to stop. */
export const stopped = (call: Call): Promise<unknown> =>
  new Promise((resolve) => {
    if (call.signal.aborted) resolve(call.signal.reason);
    call.signal.addEventListener('abort', () => resolve(call.signal.reason), { once: true });
  });
