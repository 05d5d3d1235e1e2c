import { chmodSync, closeSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteConnection from 'better-sqlite3';

// f_type of statfs(2) on Linux. FUSE and 9p are left out: they also carry the local disks of virtual machines.
const networkFileSystems: Record<number, string> = {
  26985: 'NFS', // 0x6969
  20859: 'SMB', // 0x517B
  4266872130: 'SMB2', // 0xFE534D42
  4283649346: 'CIFS', // 0xFF534D42
  1937076805: 'Coda', // 0x73757245
  1397113167: 'AFS', // 0x5346414F
  1799439955: 'AFS', // 0x6B414653
  12805120: 'Ceph', // 0x00C36400
};

/** The name of the network file system behind a statfs type, or undefined when it isn't one. */
export const networkFileSystemOf = (type: number): string | undefined => networkFileSystems[type >>> 0];

/**
 * Waiting for another process's write lock blocks the event loop, so it is short; within this process transactions queue
 * without blocking.
 */
export const busyTimeoutMs = 2_000;

/**
 * Settings of every writing connection. Journal mode is a property of the file; the others are per connection.
 * synchronous = full: in WAL mode `normal` does not sync at commit, so a power cut could take back a write that was
 * already acknowledged to a caller.
 */
export const connectionPragmas =
  'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off;';

/**
 * Makes the file (mode 0600) and its folder (0700) if they are missing, and opens it ready to write.
 * Refuses network file systems, where SQLite's locks and shared memory don't hold. The caller closes it.
 */
export function openSqliteFile(file: string): SqliteConnection.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  refuseNetworkFileSystem(file);
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600); // an older file; SQLite gives -wal and -shm the same mode
  const connection = new SqliteConnection(file, { timeout: busyTimeoutMs });
  try {
    connection.exec(connectionPragmas);
    const mode = connection.pragma('journal_mode', { simple: true });
    if (mode !== 'wal')
      throw new Error(`${file} can't use write-ahead logging (journal mode is "${mode}"). Keep the data folder on a local disk.`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function refuseNetworkFileSystem(file: string) {
  if (process.platform !== 'linux') return; // other systems number their file systems differently
  const name = networkFileSystemOf(statfsSync(dirname(file)).type);
  if (name !== undefined)
    throw new Error(
      `${file} is on a network file system (${name}), where SQLite files get damaged. Move the data folder to a local disk.`,
    );
}
