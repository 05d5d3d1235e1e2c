import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '@sangha/errors';

/** The call fails with this code; answers the error for a closer look. */
export async function refused(call: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppError, `expected ${code}, got ${error === undefined ? 'an answer' : String(error)}`);
  assert.equal(error.code, code, error.message);
  return error;
}

/** Two refusals that a stranger can't tell apart. */
export async function sameRefusal(one: Promise<unknown>, other: Promise<unknown>, code: ErrorCode): Promise<void> {
  const [a, b] = await Promise.all([refused(one, code), refused(other, code)]);
  assert.deepEqual(
    { message: a.message, param: a.param, params: a.params },
    { message: b.message, param: b.param, params: b.params },
  );
}
