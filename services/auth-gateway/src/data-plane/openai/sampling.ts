import type { GenerateRequest, ModelSpec } from '../../clients.ts';
import type { OrgSettings } from '../../pipeline/settings.ts';
import type { PreparedLocal } from '../prepared-target.ts';
import type { SamplingFields } from './sampling-schema.ts';

/** The part of a generate request that every OpenAI endpoint fills in the same way. */
export function commonRequest(
  requestId: string,
  target: PreparedLocal,
  settings: OrgSettings | undefined,
  fields: SamplingFields,
): GenerateRequest {
  return {
    requestId,
    modelId: target.modelId,
    model: modelSpec(target, settings),
    sampling: samplingOf(fields),
    stop: typeof fields.stop === 'string' ? [fields.stop] : (fields.stop ?? []),
    n: fields.n ?? 1,
  };
}

/** What the runner must load: the file, and the context as the alias, else the organisation wants it. */
export function modelSpec({ local }: PreparedLocal, settings: OrgSettings | undefined): ModelSpec {
  const { context } = local;
  const contextSize = context?.contextSize ?? settings?.contextSize;
  return {
    sha256: local.sha256,
    chatTemplate: local.chatTemplate,
    ...(contextSize === undefined ? {} : { contextSize }),
    ...(context?.sequences === undefined ? {} : { sequences: context.sequences }),
    ...(context?.batchSize === undefined ? {} : { batchSize: context.batchSize }),
    ...(context?.threads === undefined ? {} : { threads: context.threads }),
    ...(context?.gpuLayers === undefined ? {} : { gpuLayers: context.gpuLayers }),
    ...(settings === undefined ? {} : { keepAliveSecs: settings.keepAliveSecs }),
  };
}

function samplingOf(fields: SamplingFields): NonNullable<GenerateRequest['sampling']> {
  const said: NonNullable<GenerateRequest['sampling']> = {};
  if (isSaid(fields.temperature)) said.temperature = fields.temperature;
  if (isSaid(fields.top_p)) said.topP = fields.top_p;
  if (isSaid(fields.top_k)) said.topK = fields.top_k;
  if (isSaid(fields.min_p)) said.minP = fields.min_p;
  if (isSaid(fields.frequency_penalty)) said.frequencyPenalty = fields.frequency_penalty;
  if (isSaid(fields.presence_penalty)) said.presencePenalty = fields.presence_penalty;
  if (isSaid(fields.repeat_penalty)) said.repeatPenalty = fields.repeat_penalty;
  // OpenAI's seeds are 64 bits wide and may be negative, the engine's are 32: the low bits are as good a seed.
  if (isSaid(fields.seed)) said.seed = Number(BigInt.asUintN(32, BigInt(fields.seed)));
  if (isSaid(fields.logit_bias)) said.logitBias = fields.logit_bias;
  return said;
}

const isSaid = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;
