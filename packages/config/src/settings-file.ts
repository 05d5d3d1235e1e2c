import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '@sangha/errors';
import { type Document, parseDocument } from 'yaml';
import type { Layer } from './definition.ts';

const maxBytes = 1024 ** 2;

/**
 * The layer `file`. A file that is not there says nothing.
 * @throws AppError when it is larger than 1 MiB or not a list of `KEY: value`; the text says the line, never its content
 */
export function readSettingsFile(file: string): Layer {
  return (contentOf(readDocument(file), file) ?? {}) as Layer;
}

/**
 * Writes one key, or takes it out when the value is undefined. Comments and order stay. Whoever reads meanwhile, also
 * after a crash, sees the old file or the new one whole. Readable by its owner only: it may hold secrets.
 */
export function writeSetting(file: string, key: string, value: unknown): void {
  // Through a link to the file itself: renaming over the link would part it from what it points at.
  const target = existsSync(file) ? realpathSync(file) : file;
  const document = readDocument(target);
  if (value === undefined) document.delete(key);
  else document.set(key, value);
  replaceFile(target, document.toString());
}

/** `~/x` inside the home folder of the user. */
export const expandHome = (path: string, home: string = homedir()): string =>
  path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path;

function readDocument(file: string): Document {
  const document = parseDocument(readBounded(file), { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    // The parser's own text quotes the line, which may hold a secret.
    throw refuse(file, `line ${error.linePos?.[0].line ?? '?'} is not YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`);
  }
  const content = contentOf(document, file);
  if (content !== null && (typeof content !== 'object' || Array.isArray(content)))
    throw refuse(file, 'it is not a list of `KEY: value`');
  return document;
}

function contentOf(document: Document, file: string): unknown {
  try {
    // Aliases can make a small file a huge value, and no setting needs one.
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw refuse(file, 'it uses aliases (`*name`)', cause);
  }
}

function readBounded(file: string): string {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    if (fstatSync(handle).size > maxBytes) throw refuse(file, 'it is larger than 1 MiB');
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

const refuse = (file: string, reason: string, cause?: unknown): AppError =>
  new AppError('invalid_value', `${file} can't be used: ${reason}.`, { cause });

function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

// The new name is durable once its folder is; Windows can't open folders and needs no such thing.
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
