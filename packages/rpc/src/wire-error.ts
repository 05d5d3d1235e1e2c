import { AppError, type ErrorCode, grpcStatusOf, isErrorCode } from '@sangha/errors';

/** An error as it travels: a gRPC status, the public sentence, and the trailer `sangha-error` with the rest. Never a cause. */
export interface WireFailure {
  /** google.rpc.Code */
  status: number;
  details: string;
  /** JSON of code, param, params and retryAfterSecs in printable ASCII. Absent when the transport itself failed. */
  trailer?: string | undefined;
}

// Trailers share 64 KiB with everything else that HTTP/2 sends; a sentence for a person is never near this.
const maxSentenceLength = 2_000;
const maxTrailerLength = 8_000;

export function toWire(error: AppError): WireFailure {
  const { code, param, params, retryAfterSecs } = error;
  const whole = ascii(JSON.stringify({ code, param, params, retryAfterSecs }));
  return {
    status: grpcStatusOf(code),
    details: error.message.slice(0, maxSentenceLength).toWellFormed(),
    trailer: whole.length <= maxTrailerLength ? whole : JSON.stringify({ code, retryAfterSecs }),
  };
}

/** The error that was thrown on the other side, or what the failure of the transport means for the caller. */
export function fromWire({ status, details, trailer }: WireFailure, callerCancelled: boolean): AppError {
  const sent = parseTrailer(trailer);
  if (sent !== undefined) return new AppError(sent.code, details, sent.options);
  const cause = new Error(`gRPC status ${status}: ${details}`);
  switch (status) {
    case 1: // CANCELLED; without our own doing it means that the other side went away
      return callerCancelled ? cancelled(cause) : unavailable(cause);
    case 4: // DEADLINE_EXCEEDED
      return deadlineExceeded(cause);
    case 8: // RESOURCE_EXHAUSTED; without our trailer only the message limit says so
      return tooLarge('message', cause);
    case 14: // UNAVAILABLE
      return unavailable(cause);
    default:
      return new AppError(
        'internal',
        'Something went wrong on our side. The operator finds the reason in the log by the request id.',
        { cause },
      );
  }
}

export const cancelled = (cause?: unknown) => new AppError('cancelled', 'The request was cancelled.', { cause });
export const deadlineExceeded = (cause?: unknown) =>
  new AppError('deadline_exceeded', 'The request took longer than it may. Try again in a moment, or ask for less at once.', {
    cause,
  });
export const shuttingDown = () =>
  new AppError('shutting_down', 'The service is shutting down. Try again in a moment.', { retryAfterSecs: 1 });
export const tooLarge = (what: 'request' | 'answer' | 'message', cause: unknown) =>
  new AppError('body_too_large', `The ${what} is larger than may travel between services. Ask for less at once.`, { cause });
const unavailable = (cause: unknown) =>
  new AppError('unavailable', 'A part of the platform cannot be reached right now. Try again in a moment.', {
    cause,
    retryAfterSecs: 1,
  });

type Sent = {
  code: ErrorCode;
  options: { param?: string; params?: Record<string, string | number | boolean>; retryAfterSecs?: number };
};

function parseTrailer(trailer: string | undefined): Sent | undefined {
  if (trailer === undefined) return undefined;
  const { code, param, params, retryAfterSecs } = parseObject(trailer);
  // A newer service may know codes that this one does not: then its gRPC status has to do.
  if (typeof code !== 'string' || !isErrorCode(code)) return undefined;
  return {
    code,
    options: {
      ...(typeof param === 'string' ? { param } : {}),
      ...(isFacts(params) ? { params } : {}),
      ...(typeof retryAfterSecs === 'number' ? { retryAfterSecs } : {}),
    },
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const isFacts = (value: unknown): value is Record<string, string | number | boolean> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((fact) => ['string', 'number', 'boolean'].includes(typeof fact));

// gRPC metadata carries printable ASCII only.
const ascii = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
