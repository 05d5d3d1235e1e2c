import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { AppError, type ErrorCode, grpcStatusOf, isErrorCode } from '@sangha/errors';

export const contextKey = 'sangha-context';
export const requestIdKey = 'x-request-id';
/** `-bin`: parameters may hold any text, plain metadata only ASCII. */
const errorKey = 'sangha-error-bin';

export const defaultMaxMessageBytes = 16 * 1024 * 1024;
export const defaultUnaryDeadlineMs = 10_000;

export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** A caller's request id is used in logs and answers: only plain short text, else none. */
export const cleanRequestId = (text: string | undefined): string | undefined =>
  text && /^[\w.:-]{1,128}$/.test(text) ? text : undefined;

/** What of an AppError crosses a process boundary: everything but its cause. */
export function errorToStatus(error: AppError): Partial<StatusObject> {
  const metadata = new Metadata();
  const { code, param, params, retryAfterSecs } = error;
  metadata.set(errorKey, Buffer.from(JSON.stringify({ code, param, params, retryAfterSecs })));
  return { code: grpcStatusOf(code), details: error.message, metadata };
}

/** The AppError on the other side; statuses that no handler of ours made are named by their gRPC code. */
export function statusToError(failure: ServiceError): AppError {
  const [packed] = failure.metadata?.get(errorKey) ?? [];
  if (Buffer.isBuffer(packed)) {
    const { code, param, params, retryAfterSecs } = parsePacked(packed);
    if (typeof code === 'string' && isErrorCode(code)) {
      return new AppError(code, failure.details, {
        ...(typeof param === 'string' ? { param } : {}),
        ...(typeof params === 'object' && params !== null ? { params: params as Record<string, string> } : {}),
        ...(typeof retryAfterSecs === 'number' ? { retryAfterSecs } : {}),
      });
    }
  }
  const [code, sentence] = foreignStatus(failure);
  return new AppError(code, sentence, { cause: failure });
}

function parsePacked(packed: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(packed.toString());
  } catch {
    return {}; // not ours: the status alone decides
  }
}

function foreignStatus({ code, details }: ServiceError): [ErrorCode, string] {
  switch (code) {
    case status.CANCELLED:
      return ['cancelled', 'The request was cancelled.'];
    case status.DEADLINE_EXCEEDED:
      return ['deadline_exceeded', 'A part of the platform did not answer in time. Try again.'];
    case status.UNAVAILABLE:
      return ['unavailable', 'A part of the platform can not be reached right now. Try again in a moment.'];
    case status.RESOURCE_EXHAUSTED:
      return ['body_too_large', messageTooLarge];
    default:
      return ['internal', `Something went wrong between two parts of the platform (${status[code] ?? code}: ${details}).`];
  }
}

export const messageTooLarge = 'The request or its answer is larger than one message between two parts of the platform may be.';

/** The error as the other side of a boundary would see it: no cause, no stack of ours. */
export const withoutCause = ({ code, message, param, params, retryAfterSecs }: AppError): AppError =>
  new AppError(code, message, {
    ...(param ? { param } : {}),
    ...(params ? { params } : {}),
    ...(retryAfterSecs === undefined ? {} : { retryAfterSecs }),
  });
