import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@sangha/errors';
import Database from 'better-sqlite3';

/** The data folder of a node: every path that is written lies below `root`. */
export interface Home {
  readonly root: string;
  readonly databases: string;
  readonly keys: string;
  readonly models: string;
  readonly logs: string;
  readonly settingsFile: string;
  readonly firstRunFile: string;
  /** Lets another process use the folder. */
  close(): void;
}

/**
 * Makes the data folder (mode 0700) and takes it for this process until `close`.
 * The lock is SQLite's own lock on a file, held open: the operating system lets go of it at any death of the process, so
 * there is no stale lock to clean up.
 * @throws AppError `home_in_use` with the other process's number.
 */
export function openHome(root: string): Home {
  const path = (...parts: string[]) => join(root, ...parts);
  for (const folder of [root, path('databases'), path('keys'), path('models'), path('logs')]) makeFolder(folder);
  const lock = takeLock(path('node.lock'), path('node.pid'), root);
  return {
    root,
    databases: path('databases'),
    keys: path('keys'),
    models: path('models'),
    logs: path('logs'),
    settingsFile: path('settings.yaml'),
    firstRunFile: path('first-run.json'),
    close() {
      rmSync(path('node.pid'), { force: true });
      lock.close();
    },
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      'invalid_value',
      `The data folder ${folder} can't be made (${reason}). Choose another one with --home or BODHI_HOME.`,
      { cause },
    );
  }
}

function takeLock(file: string, pidFile: string, root: string): Database.Database {
  const lock = new Database(file, { timeout: 200 });
  try {
    lock.pragma('journal_mode = delete');
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    const pid = readPid(pidFile);
    throw new AppError(
      'home_in_use',
      `The data folder ${root} is in use by another process${pid ? ` (number ${pid})` : ''}. Stop that one first, or choose another folder with --home.`,
      { cause },
    );
  }
  chmodSync(file, 0o600);
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 });
  return lock;
}

function readPid(file: string): string | undefined {
  try {
    return /^\d{1,10}$/.exec(readFileSync(file, 'utf8'))?.[0];
  } catch {
    return undefined; // only decorates the message
  }
}
