import type { OrgId } from '@sangha/identity';
import { type DestinationStream, type Logger, pino } from 'pino';
import { redact } from './redact.ts';

export type { Logger };

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** Who writes: the service's name. */
  service: string;
  level: LogLevel;
  /** Where the lines go. Default: standard output, unbuffered, so that the last words of a crash arrive. */
  destination?: DestinationStream;
}

/** One JSON object per line, time as ISO text, level by name; every line passes `redact` before it is written. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError, cause: describeError },
      hooks: { streamWrite: redact },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** The log of one request. */
export const withRequest = (log: Logger, request: { orgId?: OrgId; requestId: string }): Logger => log.child(request);

const maxDepth = 5;

/**
 * Name, code, message, stack and causes of something that was thrown, and nothing else: errors of clients carry whole
 * requests, headers included, as further properties. For the log only.
 */
function describeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { code, param } = thrown as { code?: unknown; param?: unknown };
  return {
    type: thrown.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof param === 'string' ? { param } : {}),
    message: thrown.message,
    stack: thrown.stack,
    ...(thrown.cause !== undefined && depth < maxDepth ? { cause: describeError(thrown.cause, depth + 1) } : {}),
    ...(thrown instanceof AggregateError && depth < maxDepth
      ? { errors: thrown.errors.slice(0, maxDepth).map((one) => describeError(one, depth + 1)) }
      : {}),
  };
}
