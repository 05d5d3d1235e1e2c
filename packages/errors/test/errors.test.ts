import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AppError,
  codes,
  type ErrorCode,
  grpcStatusOf,
  httpStatusOf,
  isAppError,
  isErrorCode,
  toAppError,
  toPublicError,
  typeOf,
} from '../src/index.ts';

const allCodes = Object.keys(codes) as ErrorCode[];

test('every code has an HTTP status and a gRPC status of an error', () => {
  for (const code of allCodes) {
    const [http, grpc] = [httpStatusOf(code), grpcStatusOf(code)];
    assert.ok(Number.isInteger(http) && http >= 400 && http <= 504, `${code} → ${http}`);
    assert.ok(Number.isInteger(grpc) && grpc >= 1 && grpc <= 16, `${code} → ${grpc}`);
    assert.match(code, /^[a-z][a-z0-9_]*$/);
  }
});

test('the status follows from the type that clients are promised', () => {
  for (const [code, type, status] of [
    ['invalid_request', 'invalid_request_error', 400],
    ['token_invalid', 'authentication_error', 401],
    ['forbidden', 'forbidden_error', 403],
    ['not_found', 'not_found_error', 404],
    ['conflict', 'conflict_error', 409],
    ['body_too_large', 'payload_too_large_error', 413],
    ['unprocessable', 'unprocessable_entity_error', 422],
    ['rate_limited', 'rate_limit_error', 429],
    ['internal', 'internal_error', 500],
    ['unavailable', 'service_unavailable', 503],
  ] as const) {
    assert.deepEqual([typeOf(code), httpStatusOf(code)], [type, status], code);
  }
});

test('only a known text is a code', () => {
  assert.ok(allCodes.every(isErrorCode));
  for (const text of ['', 'constructor', '__proto__', 'toString', 'INTERNAL', 'internal '])
    assert.equal(isErrorCode(text), false, text);
});

test('an AppError is shown as itself', () => {
  const error = new AppError('alias_taken', 'Taken.');
  assert.equal(toAppError(error), error);
  assert.ok(isAppError(error) && error instanceof Error);
});

test('an abort is shown as cancelled, everything else as internal with the thing as cause', () => {
  assert.equal(toAppError(new DOMException('aborted', 'AbortError')).code, 'cancelled');
  for (const thrown of [new TypeError('hunter2'), 'hunter2', undefined, null, 7, { code: 'forbidden', message: 'hunter2' }]) {
    const shown = toAppError(thrown);
    assert.equal(shown.code, 'internal');
    assert.doesNotMatch(shown.message, /hunter2/);
    assert.equal(shown.cause, thrown);
  }
});

test('a caller sees the sentence, type, code, field and facts, and nothing of the cause', () => {
  const error = new AppError('invalid_value', 'Too long. Shorten it.', {
    cause: new Error('hunter2'),
    param: 'name',
    params: { most: 10 },
    retryAfterSecs: 3,
  });
  assert.deepEqual(toPublicError(error), {
    message: 'Too long. Shorten it.',
    type: 'invalid_request_error',
    code: 'invalid_value',
    param: 'name',
    params: { most: 10 },
  });
  assert.deepEqual(Object.keys(toPublicError(new AppError('not_found', 'No.'))), ['message', 'type', 'code']);
  for (const thrown of [error, new Error('hunter2'), { toJSON: () => 'hunter2' }]) {
    assert.doesNotMatch(JSON.stringify(toPublicError(thrown)), /hunter2|stack|cause/);
  }
});

test('an AppError written as JSON by accident shows neither its cause nor its stack', () => {
  const error = new AppError('internal', 'Something went wrong.', { cause: new Error('hunter2') });
  assert.doesNotMatch(JSON.stringify({ error }), /hunter2|stack|errors\.test/);
});
