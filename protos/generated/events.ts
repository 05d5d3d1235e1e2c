import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { CatalogChanged as _sangha_events_v1_CatalogChanged, CatalogChanged__Output as _sangha_events_v1_CatalogChanged__Output } from './sangha/events/v1/CatalogChanged.ts';
import type { DownloadFinished as _sangha_events_v1_DownloadFinished, DownloadFinished__Output as _sangha_events_v1_DownloadFinished__Output } from './sangha/events/v1/DownloadFinished.ts';
import type { DownloadProgress as _sangha_events_v1_DownloadProgress, DownloadProgress__Output as _sangha_events_v1_DownloadProgress__Output } from './sangha/events/v1/DownloadProgress.ts';
import type { DownloadRequested as _sangha_events_v1_DownloadRequested, DownloadRequested__Output as _sangha_events_v1_DownloadRequested__Output } from './sangha/events/v1/DownloadRequested.ts';
import type { RegistryChanged as _sangha_events_v1_RegistryChanged, RegistryChanged__Output as _sangha_events_v1_RegistryChanged__Output } from './sangha/events/v1/RegistryChanged.ts';
import type { UsageRecorded as _sangha_events_v1_UsageRecorded, UsageRecorded__Output as _sangha_events_v1_UsageRecorded__Output } from './sangha/events/v1/UsageRecorded.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sangha: {
    events: {
      v1: {
        CatalogChanged: MessageTypeDefinition<_sangha_events_v1_CatalogChanged, _sangha_events_v1_CatalogChanged__Output>
        DownloadFinished: MessageTypeDefinition<_sangha_events_v1_DownloadFinished, _sangha_events_v1_DownloadFinished__Output>
        DownloadProgress: MessageTypeDefinition<_sangha_events_v1_DownloadProgress, _sangha_events_v1_DownloadProgress__Output>
        DownloadRequested: MessageTypeDefinition<_sangha_events_v1_DownloadRequested, _sangha_events_v1_DownloadRequested__Output>
        RegistryChanged: MessageTypeDefinition<_sangha_events_v1_RegistryChanged, _sangha_events_v1_RegistryChanged__Output>
        UsageRecorded: MessageTypeDefinition<_sangha_events_v1_UsageRecorded, _sangha_events_v1_UsageRecorded__Output>
      }
    }
  }
}

