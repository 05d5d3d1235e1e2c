import { type AppError, httpStatusOf } from '@sangha/errors';
import type { Messaging } from '@sangha/messaging';
import type { Logger, Registry } from '@sangha/telemetry';
import type { GatewayClients } from './clients.ts';
import type { GatewayConfig } from './config.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { createControlApp } from './control-plane/create-control-app.ts';
import { openApiDocument } from './control-plane/open-api.ts';
import type { DataPlane } from './data-plane/data-plane.ts';
import { createModelResolver } from './data-plane/model-resolver.ts';
import { createUpstream } from './data-plane/upstream.ts';
import type { Exchange } from './exchange.ts';
import { createFront } from './front.ts';
import { createDirectoryCache } from './pipeline/directory.ts';
import { createEndWithdrawn } from './pipeline/end-withdrawn.ts';
import { createLimits } from './pipeline/limits.ts';
import { createPipeline } from './pipeline/pipeline.ts';
import { requestIds } from './pipeline/request-id.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { createRouter } from './router.ts';
import { routes } from './routes.ts';
import { sendError } from './send-error.ts';
import { createUsagePublisher } from './usage-publisher.ts';
import { createWrongKeys } from './wrong-keys.ts';

export type { GatewayClients } from './clients.ts';
export { type GatewayConfig, type GatewayOptions, gatewayConfig } from './config.ts';
export { createMetricsServer } from './metrics-server.ts';

export interface GatewayDeps {
  clients: GatewayClients;
  messaging: Pick<Messaging, 'listen' | 'publish'>;
  log: Logger;
  metrics: Registry;
  config: GatewayConfig;
  /** Milliseconds since 1970. */
  clock?: () => number;
}

export interface AuthGateway {
  /** Port 0 takes a free one; `url` says which. */
  listen(address: { host: string; port: number }): Promise<{ url: string; close(): Promise<void> }>;
  /** Ends streams properly, then frees everything. Safe to call twice. */
  close(): Promise<void>;
}

/** The only door: who asks, may they, and where does it go. */
export function createAuthGateway({ clients, messaging, log, metrics, config, clock = Date.now }: GatewayDeps): AuthGateway {
  const steadyClock = () => performance.now();
  const directory = createDirectoryCache({ directory: clients.directory, clock: steadyClock });
  const models = createModelResolver({ resolver: clients.resolver, clock: steadyClock });
  const limits = createLimits({ clock: steadyClock });
  const upstream = createUpstream(config.upstream);
  const usage = createUsagePublisher({ messaging, log, metrics, clock });

  const wrongKeys = createWrongKeys({ log, clock: steadyClock });

  const fail = (exchange: Exchange, error: AppError): void => {
    const { requestId, principal, route } = exchange;
    if (httpStatusOf(error.code) >= 500) {
      const level = error.code === 'internal' ? 'error' : 'warn';
      log[level]({ err: error, requestId, orgId: principal?.orgId, route: route?.path }, 'request failed');
    }
    if (route?.group === 'platform' && httpStatusOf(error.code) === 401) wrongKeys.note(exchange);
    sendError(exchange, error);
  };

  const dataPlane: DataPlane = {
    config,
    models,
    resolver: clients.resolver,
    inference: clients.inference,
    upstream,
    usage,
    log,
    clock,
    fail,
  };
  let document: object | undefined;
  const openApi = (): object => {
    document ??= openApiDocument(routes, config);
    return document;
  };
  const controlPlane: ControlPlane = { config, clients, directory, log, clock, openApi, ready: () => answers(directory) };
  const runPipeline = createPipeline({ config, router: createRouter(routes), directory, limits, clock });
  const runControl = createControlApp(controlPlane, fail);

  const dispatch = (exchange: Exchange): void => {
    const { route } = exchange;
    if (route?.plane === 'data') void route.handler(dataPlane, exchange);
    else runControl(exchange);
  };

  const front = createFront({
    handle: (exchange) => runPipeline(exchange, dispatch, fail),
    metrics: (open) => createRequestMetrics(metrics, routes, open),
    newRequestId: requestIds(),
    log,
    clock,
    closeGraceMs: config.closeGraceMs,
  });

  const endWithdrawn = createEndWithdrawn({ directory, config, clock, log, open: front.open, refuse: fail });

  // Losing an event costs at most the caches' 30 s.
  const subscriptions = [
    messaging.listen('registry.changed', (orgId) => {
      directory.forget(orgId);
      models.forget(orgId);
      endWithdrawn(orgId);
    }),
    messaging.listen('catalog.changed', (orgId) => models.forget(orgId)),
  ];

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      await front.close();
      for (const subscription of subscriptions) subscription.close();
      await usage.close();
      await upstream.close();
    })();
    return closing;
  };

  return {
    listen: async (address) => ({ url: await front.listen(address), close }),
    close,
  };
}

async function answers(directory: ReturnType<typeof createDirectoryCache>): Promise<boolean> {
  try {
    await directory.loadOrganization(undefined);
    return true;
  } catch {
    return false;
  }
}
