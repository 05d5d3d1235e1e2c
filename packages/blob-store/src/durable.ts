import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The file's bytes are on the disk when this resolves. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** A rename that survives a power cut: the folder's entry is on the disk as well. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await using folder = await open(dirname(to), 'r');
  await folder.sync();
}
