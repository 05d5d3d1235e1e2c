/** A registered file, as far as its name depends on it. */
export interface NamedFile {
  readonly source: string;
  readonly repo: string;
  readonly filename: string;
  readonly quantization: string;
}

/** The last part of the path without `.gguf`. */
export const baseName = (filename: string): string => (filename.split('/').at(-1) ?? filename).replace(/\.gguf$/i, '');

/**
 * What callers write as `model` for a file.
 * From a hub `<repo>:<quantization>`; where other files of the repo have the same quantization, or it is unknown,
 * `<repo>:<filename without .gguf>`. From a local folder the file name without `.gguf`.
 * @param siblings every file of the same source and repo, the file itself included or not; snapshots of one file count once
 */
export function fileName(file: NamedFile, siblings: readonly NamedFile[]): string {
  if (file.source === 'local') return baseName(file.filename);
  const ambiguous = siblings.some((other) => other.filename !== file.filename && sameQuantization(other, file));
  return ambiguous || file.quantization === '' ? exactFileName(file) : `${file.repo}:${file.quantization}`;
}

/** The name that stays right whatever else is downloaded from the repo later. */
export const exactFileName = (file: Pick<NamedFile, 'repo' | 'filename'>): string =>
  `${file.repo}:${file.filename.replace(/\.gguf$/i, '')}`;

const sameQuantization = (a: NamedFile, b: NamedFile): boolean => a.quantization.toLowerCase() === b.quantization.toLowerCase();
