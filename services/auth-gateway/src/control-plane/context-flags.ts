import { AppError } from '@sangha/errors';

/** What a list of flags says about the context, under the names of the object form. */
export interface ContextFields {
  context_size?: number;
  sequences?: number;
  batch_size?: number;
  threads?: number;
  gpu_layers?: number;
}

/** llama-server's flags that mean something to our runner, by every spelling. */
const fields: ReadonlyMap<string, keyof ContextFields> = new Map([
  ['-c', 'context_size'],
  ['--ctx-size', 'context_size'],
  ['-np', 'sequences'],
  ['--parallel', 'sequences'],
  ['-b', 'batch_size'],
  ['--batch-size', 'batch_size'],
  ['-t', 'threads'],
  ['--threads', 'threads'],
  ['-ngl', 'gpu_layers'],
  ['--gpu-layers', 'gpu_layers'],
  ['--n-gpu-layers', 'gpu_layers'],
]);

/**
 * Reads flags as BodhiApp's clients send them: `["--ctx-size 4096"]`, `["--ctx-size", "4096"]` or `["--ctx-size=4096"]`. A value
 * is a whole number; how large it may be is the catalogue's to say. Given twice, the last one counts, as for llama-server.
 * @throws AppError `invalid_value` naming the flag
 */
export function parseContextFlags(lines: readonly string[]): ContextFields {
  const words = lines.flatMap((line) => line.trim().split(/\s+|=/)).filter((word) => word !== '');
  const found: ContextFields = {};
  for (let at = 0; at < words.length; at += 2) {
    const [flag = '', value] = words.slice(at, at + 2);
    const field = fields.get(flag);
    if (field === undefined)
      throw refused(`"${flag.slice(0, 64)}" is not a flag that works here: ${[...fields.keys()].join(', ')}`);
    if (value === undefined || !/^\d{1,9}$/.test(value)) throw refused(`"${flag}" needs a whole number`);
    found[field] = Number(value);
  }
  return found;
}

const refused = (problem: string): AppError =>
  new AppError('invalid_value', `context_params: ${problem}.`, { param: 'context_params' });
