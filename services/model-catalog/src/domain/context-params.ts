import { AppError } from '@sangha/errors';

/** How an engine is set up for an alias; absent = the runner decides. */
export interface ContextParams {
  contextSize?: number;
  sequences?: number;
  batchSize?: number;
  threads?: number;
  gpuLayers?: number;
  chatTemplate?: string;
}

// Largest values that make sense on any machine; what a machine can hold is the runner's to judge.
const bounds = {
  contextSize: { field: 'context_size', min: 8, max: 10_000_000 },
  sequences: { field: 'sequences', min: 1, max: 256 },
  batchSize: { field: 'batch_size', min: 1, max: 16_384 },
  threads: { field: 'threads', min: 1, max: 1024 },
  gpuLayers: { field: 'gpu_layers', min: 0, max: 10_000 },
} as const;
const templateLimit = 65_536;

type Given = { [K in keyof ContextParams]?: ContextParams[K] | undefined };

/** @throws AppError invalid_value naming the field */
export function parseContextParams(given: Given | null | undefined): ContextParams {
  const params: ContextParams = {};
  for (const [name, { field, min, max }] of Object.entries(bounds) as [
    keyof typeof bounds,
    (typeof bounds)[keyof typeof bounds],
  ][]) {
    const value = given?.[name];
    if (value === undefined) continue;
    const param = `context_params.${field}`;
    if (!Number.isInteger(value) || value < min || value > max)
      throw new AppError('invalid_value', `${param} lies between ${min} and ${max}.`, { param });
    params[name] = value;
  }
  if (given?.chatTemplate) params.chatTemplate = parseTemplate(given.chatTemplate);
  return params;
}

/** Stored form to value; the text was written by this service. */
export const readContextParams = (stored: string): ContextParams => JSON.parse(stored) as ContextParams;

function parseTemplate(template: string): string {
  if (Buffer.byteLength(template) > templateLimit) {
    throw new AppError('invalid_value', `context_params.chat_template is larger than ${templateLimit} bytes.`, {
      param: 'context_params.chat_template',
    });
  }
  return template;
}
