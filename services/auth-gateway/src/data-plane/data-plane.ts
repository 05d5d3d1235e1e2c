import type { AppError } from '@sangha/errors';
import type { Logger } from '@sangha/telemetry';
import type { Agent } from 'undici';
import type { GatewayClients } from '../clients.ts';
import type { GatewayConfig } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import type { UsagePublisher } from '../usage-publisher.ts';
import type { ModelResolver } from './model-resolver.ts';

/** What the handlers of the data plane share. */
export interface DataPlane {
  readonly config: GatewayConfig;
  readonly models: ModelResolver;
  readonly resolver: GatewayClients['resolver'];
  readonly inference: GatewayClients['inference'];
  readonly upstream: Agent;
  readonly usage: UsagePublisher;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Answers with the error, or ends the answer that has begun; logs what the operator should know. */
  readonly fail: (exchange: Exchange, error: AppError) => void;
}
