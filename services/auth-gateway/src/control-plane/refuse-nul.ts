import { AppError } from '@sangha/errors';

/**
 * Refuses texts that hold a NUL, wherever they stand: Postgres stores none, so that further on they would be a fault of ours.
 * Bodies are at most 64 levels deep, which the scan has seen to.
 * @throws AppError `invalid_value`
 */
export function refuseNul(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new AppError('invalid_value', 'A text holds a NUL character. Send it without.');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      refuseNul(key);
      refuseNul(inner);
    }
  }
}
