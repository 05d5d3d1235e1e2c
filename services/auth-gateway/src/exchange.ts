import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '@sangha/errors';
import type { OrgContext } from '@sangha/identity';
import type { Organization } from './clients.ts';
import type { OrgLimits } from './pipeline/limits.ts';
import type { OrgSettings } from './pipeline/settings.ts';
import type { Route } from './route.ts';

const noParams: Readonly<Record<string, string>> = Object.freeze({});

/** One request and its answer, from the first header to the last byte. The pipeline fills it in, rule by rule. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Ours, never the caller's: it is the key of the usage record. */
  readonly requestId: string;
  readonly startedAtMs: number;
  /** The path without the query. */
  readonly path: string;
  route: Route | undefined = undefined;
  params: Readonly<Record<string, string>> = noParams;
  /** The text of the one credential, whatever header carried it. */
  credential: string | undefined = undefined;
  /** The organisation that the host (or a trusted proxy) names. */
  hostOrganization: Organization | undefined = undefined;
  /** Who asks; undefined = anonymous. */
  principal: OrgContext | undefined = undefined;
  /** The platform operator's key was shown. */
  isPlatform = false;
  settings: OrgSettings | undefined = undefined;
  limits: OrgLimits | undefined = undefined;
  /** Its place among the open exchanges. */
  slot = 0;
  /** Set by whoever works on the answer: stops that work, because the caller left or we shut down. */
  abort: ((reason: AppError) => void) | undefined = undefined;

  constructor(req: IncomingMessage, res: ServerResponse, requestId: string, nowMs: number) {
    this.req = req;
    this.res = res;
    this.requestId = requestId;
    this.startedAtMs = nowMs;
    const url = req.url ?? '/';
    const query = url.indexOf('?');
    this.path = query === -1 ? url : url.slice(0, query);
  }
}
