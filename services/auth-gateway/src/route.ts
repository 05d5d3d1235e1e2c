import type { ErrorCode } from '@sangha/errors';
import type { OrgContext, Role } from '@sangha/identity';
import type { z } from 'zod';
import type { ControlPlane } from './control-plane/control-plane.ts';
import type { DataPlane } from './data-plane/data-plane.ts';
import type { Exchange } from './exchange.ts';

/** Who may pass (contract §2). `session` = only a signed-in person; `any` = session, API token or app. */
export interface Group {
  readonly credential: 'none' | 'optional' | 'session' | 'any' | 'platform';
  readonly role: Role;
  /** Open: any origin, without credentials. Same-origin: the preflight gets no allow-origin. */
  readonly cors: 'open' | 'same-origin';
}

export const groups = {
  public: { credential: 'none', role: 'resource_guest', cors: 'open' },
  optional: { credential: 'optional', role: 'resource_guest', cors: 'open' },
  guest: { credential: 'session', role: 'resource_guest', cors: 'same-origin' },
  user: { credential: 'any', role: 'resource_user', cors: 'open' },
  user_session: { credential: 'session', role: 'resource_user', cors: 'same-origin' },
  power_user: { credential: 'any', role: 'resource_power_user', cors: 'open' },
  power_user_session: { credential: 'session', role: 'resource_power_user', cors: 'same-origin' },
  manager_session: { credential: 'session', role: 'resource_manager', cors: 'same-origin' },
  admin_session: { credential: 'session', role: 'resource_admin', cors: 'same-origin' },
  platform: { credential: 'platform', role: 'resource_admin', cors: 'same-origin' },
} as const satisfies Record<string, Group>;
export type GroupName = keyof typeof groups;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface RouteFacts {
  readonly method: Method;
  /** `/bodhi/v1/tokens/{id}`; a last segment `{id+}` takes the rest of the path, slashes included. */
  readonly path: string;
  readonly group: GroupName;
  /** One line for `/openapi.json`. */
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** Status of success. Default 200. */
  readonly status?: number;
  /** What it refuses beyond what its group and schema imply. */
  readonly errors: readonly ErrorCode[];
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
  /** A body for the documentation. */
  readonly example?: unknown;
}

/** Works on the bare request: reads the body itself, writes the answer itself. */
export interface DataRoute extends RouteFacts {
  readonly plane: 'data';
  readonly handler: (plane: DataPlane, exchange: Exchange) => void | Promise<void>;
}

/** What a handler of the control plane gets: everything parsed. */
export interface ControlCall<Query = unknown, Body = unknown> {
  readonly exchange: Exchange;
  readonly requestId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

/** What such a handler answers: a JSON body, or events that are sent as they come. */
export interface Answer {
  readonly body?: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly events?: AsyncIterable<{ event: string; data: unknown }>;
}

export interface ControlRoute extends RouteFacts {
  readonly plane: 'control';
  readonly handler: (plane: ControlPlane, call: ControlCall<never, never>) => Promise<Answer> | Answer;
}

export type Route = DataRoute | ControlRoute;

/** A row of the table whose handler gets what its schemas parse. */
export const control = <Query = undefined, Body = undefined>(
  row: Omit<RouteFacts, 'query' | 'body'> & {
    query?: z.ZodType<Query>;
    body?: z.ZodType<Body>;
    handler: (plane: ControlPlane, call: ControlCall<Query, Body>) => Promise<Answer> | Answer;
  },
): ControlRoute => ({ ...row, plane: 'control' }) as ControlRoute;

export const data = (row: Omit<DataRoute, 'plane'>): DataRoute => ({ ...row, plane: 'data' });

/** Who asks, on a route whose group demands somebody. */
export function principalOf(exchange: Exchange): OrgContext {
  if (exchange.principal === undefined)
    throw new Error(`The route ${exchange.route?.path} has no principal; its group must demand one.`);
  return exchange.principal;
}
