import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { AppError } from '@sangha/errors';

/**
 * The real path of `candidate` below `root`, or `invalid_value`: whatever the text holds (`..`, an absolute path, a NUL)
 * and whatever symbolic links lie on the way. The last parts may not exist yet. `root` itself is not inside.
 */
export async function resolveInside(root: string, candidate: string): Promise<string> {
  if (candidate.includes('\0')) throw outside();
  const realRoot = await realpath(root);
  const real = await realOfExisting(resolve(realRoot, candidate));
  if (!real.startsWith(realRoot === sep ? sep : realRoot + sep)) throw outside();
  return real;
}

/** Links are followed as far as the path exists; the rest can't be a link. */
async function realOfExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A link to nowhere answers ENOENT as well; it must not be taken for a name that is free.
    if (code !== 'ENOENT' || (await isLink(path)) || dirname(path) === path) throw outside(error);
    return join(await realOfExisting(dirname(path)), basename(path));
  }
}

async function isLink(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

const outside = (cause?: unknown): AppError =>
  new AppError('invalid_value', 'The path leaves the folder it belongs to. Use a plain name.', { cause });
