import type { Logger } from '@sangha/telemetry';
import type { GatewayClients } from '../clients.ts';
import type { GatewayConfig } from '../config.ts';
import type { DirectoryCache } from '../pipeline/directory.ts';

/** What the handlers of the control plane share. */
export interface ControlPlane {
  readonly config: GatewayConfig;
  readonly clients: GatewayClients;
  readonly directory: DirectoryCache;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** The table of routes as a document, made when first asked for: anyone may ask, and often. */
  readonly openApi: () => object;
  /** Whether what serving needs answers. */
  readonly ready: () => Promise<boolean>;
}
