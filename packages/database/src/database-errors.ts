import { AppError, isAppError } from '@sangha/errors';

/** The parts of Prisma's, pg's and better-sqlite3's errors that we read; their classes are not imported for it. */
interface DriverError extends Error {
  code?: unknown;
  meta?: { driverAdapterError?: { cause?: DriverCause } };
}
interface DriverCause {
  kind?: string;
  originalCode?: string;
  table?: string;
  constraint?: { index?: string; fields?: string[] };
}

const isError = (error: unknown): error is DriverError => error instanceof Error;
const codeOf = (error: DriverError): string => (typeof error.code === 'string' ? error.code : '');
const causeOf = (error: DriverError): DriverCause => error.meta?.driverAdapterError?.cause ?? {};
/** The engine's own code: an SQLSTATE or SQLITE_*. */
const engineCodeOf = (error: DriverError): string => causeOf(error).originalCode ?? codeOf(error);

/** Looks through the AppError that a scope throws to what the engine said. */
const engineError = (error: unknown): DriverError | undefined =>
  isAppError(error) ? engineError(error.cause) : isError(error) ? error : undefined;

/**
 * The name of the unique key that a write violated, the same on both engines: `<table>_<column>_<column>_key`, or
 * `<table>_pkey` for a primary key. Undefined for every other error. A row can violate several keys at once; the engine
 * reports the first it meets, and which one that is may differ between engines.
 */
export function violatedKey(error: unknown): string | undefined {
  const driverError = engineError(error);
  if (driverError === undefined) return undefined;
  const { kind, table, constraint, originalCode } = causeOf(driverError);
  if (kind !== 'UniqueConstraintViolation') return undefined;
  if (constraint?.index !== undefined) return constraint.index;
  if (originalCode === 'SQLITE_CONSTRAINT_PRIMARYKEY') return `${table}_pkey`;
  return [table, ...(constraint?.fields ?? []), 'key'].join('_');
}

/** Lost a race against another transaction, which is over by now: the same work may succeed the next time. */
export function isRetryable(error: unknown): boolean {
  if (!isError(error)) return false;
  return (
    codeOf(error) === 'P2034' ||
    causeOf(error).kind === 'TransactionWriteConflict' ||
    ['40001', '40P01'].includes(engineCodeOf(error))
  );
}

const connectionCodes = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOENT'];
const connectionMessages =
  /^(connection terminated|timeout exceeded when trying to connect|client has encountered a connection error)/i;
const outOfTime = '57014'; // query_canceled: statement_timeout
const idleInTransaction = '25P03';

function isUnavailable(error: DriverError): boolean {
  const [code, engineCode] = [codeOf(error), engineCodeOf(error)];
  return (
    /^P1\d\d\d$/.test(code) || // could not connect, connection lost, busy
    ['P2024', 'P2034', 'P2037'].includes(code) || // no connection left, retries used up
    /^(08|53|57P|40)/.test(engineCode) || // connection, resources, shutdown, serialization
    engineCode.startsWith('SQLITE_BUSY') ||
    connectionCodes.includes(code) ||
    connectionMessages.test(error.message) ||
    error.name === 'PrismaClientInitializationError'
  );
}

/** What a caller may see: down or busy as `unavailable`, too slow as `deadline_exceeded`; everything else unchanged. */
export function toDatabaseError(error: unknown): unknown {
  if (isAppError(error) || !isError(error)) return error;
  const engineCode = engineCodeOf(error);
  if (
    engineCode === outOfTime ||
    engineCode === idleInTransaction ||
    (codeOf(error) === 'P2028' && /expired/i.test(error.message))
  )
    return new AppError(
      'deadline_exceeded',
      'The database took too long for this request. Try again; if it keeps happening, tell the operator.',
      {
        cause: error,
      },
    );
  if (codeOf(error) === 'P2028' || isUnavailable(error))
    return new AppError('unavailable', 'The database is not available at the moment. Try again in a few seconds.', {
      cause: error,
      retryAfterSecs: 2,
    });
  return error;
}
