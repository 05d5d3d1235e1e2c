import type { EmbedRequest__Output } from '../../../protos/generated/sangha/inference/v1/EmbedRequest.ts';
import type { EngineEmbedRequest } from './engine.ts';
import type { AskedModel } from './engine-spec.ts';
import { parseIds } from './parse-generate.ts';
import { parseModel } from './parse-model.ts';
import { createProblems } from './parse-problems.ts';

export interface AskedEmbedding {
  requestId: string;
  modelId: string;
  model: AskedModel;
  inputs: EngineEmbedRequest['inputs'];
}

const maxInputs = 2_048;
const maxInputChars = 4 * 1024 ** 2;
const maxInputTokens = 1_048_576;

/** Throws one `invalid_value` that names every field at fault, as an OpenAI client wrote it. */
export function parseEmbed(request: EmbedRequest__Output): AskedEmbedding {
  const problems = createProblems();
  parseIds(request, problems);
  const model = parseModel(request.model, problems);
  const tooMany = request.inputs.length > maxInputs;
  problems.check('input', request.inputs.length >= 1, 'must not be empty');
  problems.check('input', !tooMany, `must have at most ${maxInputs} entries`);

  const inputs = (tooMany ? [] : request.inputs).map((input, index): EngineEmbedRequest['inputs'][number] => {
    const at = `input[${index}]`;
    if (input.input === 'tokens' && input.tokens) {
      const { ids } = input.tokens;
      problems.check(at, ids.length >= 1 && ids.length <= maxInputTokens, `must have 1 to ${maxInputTokens} tokens`);
      return { tokens: ids };
    }
    return { text: problems.text(at, input.text ?? '', { min: 1, max: maxInputChars }) };
  });
  problems.throwIfAny();
  return { requestId: request.requestId, modelId: request.modelId, model, inputs };
}
