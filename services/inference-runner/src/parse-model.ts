import type { ModelSpec__Output } from '../../../protos/generated/sangha/inference/v1/ModelSpec.ts';
import type { AskedModel } from './engine-spec.ts';
import type { Problems } from './parse-problems.ts';

export const sha256Pattern = /^[0-9a-f]{64}$/;
const maxTemplateChars = 512 * 1024;

/** The engine that a request asks for. What is wrong goes to `problems`; the value counts only when there are none. */
export function parseModel(spec: ModelSpec__Output | null, problems: Problems): AskedModel {
  if (!spec) {
    problems.add('model', 'is missing');
    return { sha256: '', chatTemplate: '' };
  }
  problems.check('model.sha256', sha256Pattern.test(spec.sha256), 'must be 64 lower-case hexadecimal digits');
  return {
    sha256: spec.sha256,
    chatTemplate: problems.text('model.chat_template', spec.chatTemplate, { max: maxTemplateChars }),
    ...given('contextSize', problems.integer('context_size', spec.contextSize, 8, 4_194_304)),
    ...given('sequences', problems.integer('model.sequences', spec.sequences, 1, 64)),
    ...given('batchSize', problems.integer('model.batch_size', spec.batchSize, 1, 16_384)),
    ...given('threads', problems.integer('model.threads', spec.threads, 1, 1_024)),
    ...given('gpuLayers', problems.integer('model.gpu_layers', spec.gpuLayers, 0, 1_000)),
    ...given('keepAliveSecs', problems.integer('keep_alive', spec.keepAliveSecs, 0, 86_400)),
  };
}

const given = <K extends string>(key: K, value: number | undefined): { [P in K]?: number } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };
