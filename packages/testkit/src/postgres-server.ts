import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findPostgresBinaries, type PostgresBinaries, type ServerUser, serverUser } from './postgres-binaries.ts';

export interface PostgresServer {
  /** As a superuser, database `postgres`. */
  adminUrl: string;
  /** Resolves when the server is gone and its folder removed. */
  stop(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Where to look for PostgreSQL's programs before taking npm's. Default: the PATH and Debian's folders. */
  folders?: readonly string[];
}

// The shell outlives a test process that is killed: when its standard input closes, it stops the server and removes everything.
const supervise = `
trap '' INT TERM HUP
"$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
  -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB -c max_connections=200 \
  </dev/null >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT $server 2>/dev/null
wait $server
rm -rf "$2"`;

/** A PostgreSQL of its own for tests, without durability, in a folder under the system's temporary one. About two seconds. */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const user = serverUser();
  const home = await mkdtemp(join(tmpdir(), 'sangha-postgres-'));
  try {
    if (user !== undefined) await chown(home, user.uid, user.gid);
    const binaries = await findPostgresBinaries(user, join(home, 'postgresql'), options.folders);
    const password = randomBytes(12).toString('hex');
    await initialise(binaries, home, password, user);
    return await start(binaries, home, password, user);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

async function initialise({ initdb }: PostgresBinaries, home: string, password: string, user: ServerUser | undefined) {
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const options = [
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  await promisify(execFile)(initdb, ['-D', join(home, 'data'), `--pwfile=${passwordFile}`, ...options], {
    ...user,
    env,
    cwd: home,
  });
}

async function start(
  { postgres }: PostgresBinaries,
  home: string,
  password: string,
  user: ServerUser | undefined,
): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const supervisor = spawn('sh', ['-c', supervise, 'sh', postgres, home, String(port)], {
      ...user,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // an interrupt typed at the terminal must not reach the shell, which cleans up afterwards
    });
    const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    if (await answers(adminUrl, home)) {
      supervisor.unref(); // a test file may end without stopping us
      (supervisor.stdin as Writable & { unref(): void }).unref();
      return { adminUrl, stop: () => stop(supervisor) };
    }
    const log = await readFile(join(home, 'log'), 'utf8').catch(() => '');
    if (attempt === 3 || !log.includes('Address already in use')) {
      await stop(supervisor);
      throw new Error(`PostgreSQL did not start:\n${log}`);
    }
    supervisor.kill('SIGKILL'); // another process took the port; its server has ended already
  }
}

async function stop(supervisor: ChildProcess) {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
  supervisor.ref();
  const gone = once(supervisor, 'exit');
  supervisor.stdin?.end();
  await gone;
}

/** Whether the server takes connections before its log says that it ended. */
async function answers(url: string, home: string): Promise<boolean> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(25)) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      const log = await readFile(join(home, 'log'), 'utf8').catch(() => '');
      if (/FATAL: {2}(?!the database system is starting up)/.test(log)) return false;
    }
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}
