import { AppError } from '@sangha/errors';
import { isFileName } from './file-reference.ts';

export interface ListedFile {
  name: string;
  sizeBytes: number | undefined;
  /** What the hub says the content's SHA-256 is. */
  sha256: string | undefined;
}

/**
 * The file that was meant: by its name, by a quantization (`Q4_K_M`, `Q4_K_M.gguf`), or by nothing where the repository has
 * one model file.
 * @throws AppError file_ambiguous naming the choices, hub_not_found naming what is there, not_a_gguf, model_unusable
 */
export function chooseFile(wanted: string, files: readonly ListedFile[], repo: string): ListedFile {
  const exact = files.find(({ name }) => name === wanted) ?? onlyOne(files.filter(({ name }) => baseName(name) === wanted));
  if (exact !== undefined) return checkedFile(exact);
  const models = files.filter(({ name }) => isModel(name));
  if (models.length === 0)
    throw new AppError(
      'hub_not_found',
      `${repo} has no GGUF files. Look for a repository of the same model whose name ends in GGUF.`,
    );
  const matching =
    wanted === '' ? models : models.filter(({ name }) => quantizationOf(name) === wanted.replace(/\.gguf$/i, '').toUpperCase());
  if (matching.length === 1 && matching[0] !== undefined) return checkedFile(matching[0]);
  if (matching.length > 1 && matching.every(({ name }) => isPart(name)))
    throw inParts(wanted === '' ? repo : `${repo} ${wanted}`);
  if (matching.length === 0)
    throw new AppError('hub_not_found', `${repo} has no file "${wanted}". It has: ${choices(models)}.`, { param: 'filename' });
  throw new AppError('file_ambiguous', `${repo} has several files that fit. Choose one of: ${choices(matching)}.`, {
    param: 'filename',
  });
}

function checkedFile(file: ListedFile): ListedFile {
  if (!/\.gguf$/i.test(file.name))
    throw new AppError('not_a_gguf', `"${file.name}" is not a GGUF file. Choose one whose name ends in .gguf.`, {
      param: 'filename',
    });
  if (isPart(file.name)) throw inParts(file.name);
  return file;
}

/** `Q4_K_M` of `model-Q4_K_M.gguf`, upper case; the last one where several words look like it. */
export function quantizationOf(filename: string): string | undefined {
  const stem = baseName(filename).replace(/\.gguf$/i, '');
  const words = stem.matchAll(/(?<=^|[-_. ])(?:UD-)?(?:I?Q\d[0-9A-Z_]*|F16|F32|BF16|MXFP4(?:_MOE)?|TQ\d_\d)(?=$|[-. ])/gi);
  return [...words].at(-1)?.[0].toUpperCase();
}

const isModel = (name: string): boolean => /\.gguf$/i.test(name) && isFileName(name) && !/mmproj|imatrix/i.test(baseName(name));
const isPart = (name: string): boolean => /-\d{5}-of-\d{5}\.gguf$/i.test(name);
const baseName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const onlyOne = (files: readonly ListedFile[]): ListedFile | undefined => (files.length === 1 ? files[0] : undefined);

const choices = (files: readonly ListedFile[]): string =>
  files.length > 20
    ? `${files
        .slice(0, 20)
        .map(({ name }) => name)
        .join(', ')} and ${files.length - 20} more`
    : files.map(({ name }) => name).join(', ');

const inParts = (what: string): AppError =>
  new AppError(
    'model_unusable',
    `${what} is split into parts, which can't be loaded. Choose a smaller quantization that comes as one file.`,
    { param: 'filename' },
  );
