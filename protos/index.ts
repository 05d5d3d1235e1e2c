/**
 * The contract between processes: one value per service and per event, typed from the .proto files beside this one.
 *
 * A `ServiceContract` carries the wire definition at run time and, in phantom fields, what the generated types know of
 * its methods; `@sangha/rpc` derives clients and handlers from it. Types of single messages come from `./generated`.
 */
import { fileURLToPath } from 'node:url';
import { loadSync, type MessageTypeDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as CatalogTypes } from './generated/catalog.ts';
import type { ProtoGrpcType as DownloadTypes } from './generated/download.ts';
import type { ProtoGrpcType as EventTypes } from './generated/events.ts';
import type { ProtoGrpcType as InferenceTypes } from './generated/inference.ts';
import type { AliasesHandlers } from './generated/sangha/catalog/v1/Aliases.ts';
import type { ModelsHandlers } from './generated/sangha/catalog/v1/Models.ts';
import type { RemoteModelsHandlers } from './generated/sangha/catalog/v1/RemoteModels.ts';
import type { ResolverHandlers } from './generated/sangha/catalog/v1/Resolver.ts';
import type { DownloadsHandlers } from './generated/sangha/download/v1/Downloads.ts';
import type { InferenceHandlers } from './generated/sangha/inference/v1/Inference.ts';
import type { DirectoryHandlers } from './generated/sangha/tenant/v1/Directory.ts';
import type { MembersHandlers } from './generated/sangha/tenant/v1/Members.ts';
import type { OrganizationsHandlers } from './generated/sangha/tenant/v1/Organizations.ts';
import type { SettingsHandlers } from './generated/sangha/tenant/v1/Settings.ts';
import type { TokensHandlers } from './generated/sangha/tenant/v1/Tokens.ts';
import type { UsageHandlers } from './generated/sangha/tenant/v1/Usage.ts';
import type { ProtoGrpcType as TenantTypes } from './generated/tenant.ts';

/** A service of the contract. `Definition` and `Handlers` exist for the type checker only. */
export interface ServiceContract<Definition, Handlers> {
  readonly name: string;
  readonly methods: ServiceDefinition;
  readonly types?: { definition: Definition; handlers: Handlers };
}

/** Writes and reads one event payload. `decode` throws on bytes that are not this message. */
export interface EventCodec<Input, Output> {
  encode(event: Input): Buffer;
  decode(bytes: Uint8Array): Output;
}

const packages = loadSync(
  [
    'tenant/v1/tenant.proto',
    'catalog/v1/catalog.proto',
    'download/v1/download.proto',
    'inference/v1/inference.proto',
    'events/v1/events.proto',
  ],
  { includeDirs: [fileURLToPath(new URL('.', import.meta.url))], longs: Number, enums: String, defaults: true, oneofs: true },
);

const service = <Definition, Handlers>(name: string): ServiceContract<Definition, Handlers> => ({
  name,
  methods: packages[name] as ServiceDefinition,
});

const event = <Type>(name: string): EventOf<Type> => {
  const { serialize, deserialize } = packages[name] as MessageTypeDefinition<object, object>;
  return {
    encode: (value: object) => serialize(value),
    decode: (bytes: Uint8Array) => deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  } as EventOf<Type>;
};
type EventOf<Type> = Type extends { serialize: (value: infer Input) => Buffer; deserialize: (bytes: Buffer) => infer Output }
  ? EventCodec<Input, Output>
  : never;

type Tenant = TenantTypes['sangha']['tenant']['v1'];
export const Directory = service<Tenant['Directory']['service'], DirectoryHandlers>('sangha.tenant.v1.Directory');
export const Organizations = service<Tenant['Organizations']['service'], OrganizationsHandlers>('sangha.tenant.v1.Organizations');
export const Members = service<Tenant['Members']['service'], MembersHandlers>('sangha.tenant.v1.Members');
export const Tokens = service<Tenant['Tokens']['service'], TokensHandlers>('sangha.tenant.v1.Tokens');
export const Settings = service<Tenant['Settings']['service'], SettingsHandlers>('sangha.tenant.v1.Settings');
export const Usage = service<Tenant['Usage']['service'], UsageHandlers>('sangha.tenant.v1.Usage');

type Catalog = CatalogTypes['sangha']['catalog']['v1'];
export const Resolver = service<Catalog['Resolver']['service'], ResolverHandlers>('sangha.catalog.v1.Resolver');
export const Aliases = service<Catalog['Aliases']['service'], AliasesHandlers>('sangha.catalog.v1.Aliases');
export const RemoteModels = service<Catalog['RemoteModels']['service'], RemoteModelsHandlers>('sangha.catalog.v1.RemoteModels');
export const Models = service<Catalog['Models']['service'], ModelsHandlers>('sangha.catalog.v1.Models');

export const Downloads = service<DownloadTypes['sangha']['download']['v1']['Downloads']['service'], DownloadsHandlers>(
  'sangha.download.v1.Downloads',
);
export const Inference = service<InferenceTypes['sangha']['inference']['v1']['Inference']['service'], InferenceHandlers>(
  'sangha.inference.v1.Inference',
);

type Events = EventTypes['sangha']['events']['v1'];
/** Payloads of the bus; the subjects are written at the top of events.proto. */
export const events = {
  registryChanged: event<Events['RegistryChanged']>('sangha.events.v1.RegistryChanged'),
  catalogChanged: event<Events['CatalogChanged']>('sangha.events.v1.CatalogChanged'),
  downloadRequested: event<Events['DownloadRequested']>('sangha.events.v1.DownloadRequested'),
  downloadProgress: event<Events['DownloadProgress']>('sangha.events.v1.DownloadProgress'),
  downloadFinished: event<Events['DownloadFinished']>('sangha.events.v1.DownloadFinished'),
  usageRecorded: event<Events['UsageRecorded']>('sangha.events.v1.UsageRecorded'),
} as const;
