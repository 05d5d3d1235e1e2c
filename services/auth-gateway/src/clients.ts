import type {
  Aliases,
  Directory,
  Downloads,
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
import type { Client } from '@sangha/rpc';

/** Everyone the gateway asks. */
export interface GatewayClients {
  directory: Client<typeof Directory>;
  organizations: Client<typeof Organizations>;
  members: Client<typeof Members>;
  tokens: Client<typeof Tokens>;
  settings: Client<typeof Settings>;
  usage: Client<typeof Usage>;
  resolver: Client<typeof Resolver>;
  aliases: Client<typeof Aliases>;
  remoteModels: Client<typeof RemoteModels>;
  models: Client<typeof Models>;
  downloads: Client<typeof Downloads>;
  inference: Client<typeof Inference>;
}

type Answer<Method> = Method extends (...given: never[]) => Promise<infer A> ? A : never;
type Event<Method> = Method extends (...given: never[]) => AsyncIterable<infer E> ? E : never;
type Request<Method> = Method extends (request: infer R, ...rest: never[]) => unknown ? R : never;

export type Organization = Answer<GatewayClients['directory']['findOrganization']>;
export type AuthenticatedToken = Answer<GatewayClients['directory']['authenticateToken']>;
export type Target = Answer<GatewayClients['resolver']['resolve']>;
export type LocalTarget = NonNullable<Target['local']>;
export type RemoteTarget = NonNullable<Target['remote']>;
export type GenerateRequest = Request<GatewayClients['inference']['generate']>;
export type GenerateEvent = Event<GatewayClients['inference']['generate']>;
export type Chunk = NonNullable<GenerateEvent['delta']>['chunks'][number];
export type Finished = NonNullable<GenerateEvent['finished']>;
export type EngineUsage = NonNullable<Finished['usage']>;
export type TokenLogprob = Chunk['logprobs'][number];
export type EmbedRequest = Request<GatewayClients['inference']['embed']>;
export type ModelSpec = NonNullable<GenerateRequest['model']>;
