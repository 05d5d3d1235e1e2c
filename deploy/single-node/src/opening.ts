import { AppError, isAppError } from '@sangha/errors';

/**
 * Opens a database file of the node, or says which one it was and what to do.
 * @throws AppError `unavailable`
 */
export async function opening<T>(file: string, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    const { message, code } = cause as Error & { code?: unknown };
    const isDamaged = typeof code === 'string' && /^SQLITE_(NOTADB|CORRUPT)/.test(code);
    throw new AppError(
      'unavailable',
      isDamaged
        ? `The database file ${file} is damaged (${message}). Keep it aside with its -wal and -shm files, put your copy of it in its place, then start again.`
        : `The database file ${file} can't be used. ${message}`,
      { cause },
    );
  }
}
