import { AppError } from '@sangha/errors';
import { z } from 'zod';
import { parseJsonObject } from './json-object.ts';

const stop = z.string().min(1).max(256);

/**
 * What an alias may preset, under OpenAI's field names and those of the engine beside them. Only how a model answers:
 * never the model, the messages, tools or who asks. Bounds are those of the request itself.
 */
const requestParams = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).max(10_000).optional(),
  min_p: z.number().min(0).max(1).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  repeat_penalty: z.number().min(0).max(10).optional(),
  max_tokens: z.int().min(1).max(10_000_000).optional(),
  max_completion_tokens: z.int().min(1).max(10_000_000).optional(),
  seed: z.int().min(0).max(4_294_967_295).optional(),
  stop: z.union([stop, z.array(stop).max(16)]).optional(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
});

/**
 * The presets of an alias in their stored form (JSON text with known fields only).
 * @throws AppError invalid_json, invalid_value naming the field
 */
export function parseRequestParams(text: string): string {
  const result = requestParams.safeParse(parseJsonObject(text, 'request_params', 16_384));
  if (result.success) return JSON.stringify(result.data);
  const [issue] = result.error.issues;
  const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  const param = `request_params.${field ?? ''}`;
  if (issue?.code === 'unrecognized_keys')
    throw new AppError('invalid_value', `${param} is not a parameter that an alias can preset.`, { param });
  throw new AppError('invalid_value', `${param}: ${issue?.message ?? 'not valid'}.`, { param });
}
