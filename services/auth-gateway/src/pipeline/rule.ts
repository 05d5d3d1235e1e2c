import type { GatewayConfig } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import type { Router } from '../router.ts';
import type { DirectoryCache } from './directory.ts';
import type { Limits } from './limits.ts';

/** What the rules stand on. */
export interface PipelineParts {
  config: GatewayConfig;
  router: Router;
  directory: DirectoryCache;
  limits: Limits;
  /** Milliseconds since 1970. */
  clock: () => number;
}

/** A rule went as far as to answer; nothing may follow. */
export const answered = Symbol('answered');

/**
 * One rule on the way of a request. It throws to refuse, answers nothing to let pass. A rule that has to wait answers a
 * promise, which happens only when a cache is cold: a warm request runs through all of them in one go.
 */
export type Rule = (exchange: Exchange) => undefined | typeof answered | Promise<undefined>;
