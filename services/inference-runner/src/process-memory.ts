import { readFile } from 'node:fs/promises';

/**
 * Bytes that a process holds for itself, without the files it maps (weights are mapped). Undefined where the system does not
 * tell (anything but Linux) and when the process is gone.
 */
export async function ownMemoryOf(pid: number | undefined): Promise<number | undefined> {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
