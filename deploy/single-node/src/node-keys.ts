import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@sangha/errors';
import { writePrivateFile } from './write-file.ts';

export interface NodeKeys {
  /** Wraps the organisations' data keys; text as in BODHI_ENCRYPTION_KEY. */
  platformKey: string;
  /** The platform operator's credential for /platform/v1. */
  operatorKey: string;
  /** The files that hold them, for people. */
  files: { platformKey: string; operatorKey: string };
}

/**
 * The node's own keys, made on the first start (32 random bytes each) and kept in `<home>/keys`, mode 0600.
 * `BODHI_ENCRYPTION_KEY` wins over the file when it is set, and is then not written down.
 * @throws AppError `invalid_value` for an emptied file: a new key would not open what the old one closed.
 */
export function readNodeKeys(folder: string, configured: string | undefined): NodeKeys {
  const files = { platformKey: join(folder, 'platform.key'), operatorKey: join(folder, 'operator.key') };
  return {
    platformKey: configured ?? readOrMake(files.platformKey, () => randomBytes(32).toString('base64')),
    operatorKey: readOrMake(files.operatorKey, () => `sangha_operator_${randomBytes(32).toString('base64url')}`),
    files,
  };
}

function readOrMake(file: string, make: () => string): string {
  if (!existsSync(file)) writePrivateFile(file, `${make()}\n`);
  const key = readFileSync(file, 'utf8').trim();
  if (key === '') throw new AppError('invalid_value', `The key file ${file} is empty. Put your copy of it back.`);
  return key;
}
