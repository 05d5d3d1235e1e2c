import { AppError } from '@sangha/errors';
import type { EngineEmbedRequest } from '../../../engine.ts';
import type { LoadedModel } from './load-model.ts';
import { checkedTokens, checkLength } from './prompt.ts';

const inputsAtMost = 2048;

/**
 * One vector of length 1 per input, and their tokens. One after the other: together they were slower, and so an abort is felt
 * between two; the answer then holds what was done until there.
 */
export async function embedAll(
  loaded: LoadedModel,
  request: EngineEmbedRequest,
  signal: AbortSignal,
): Promise<{ embeddings: Float32Array[]; promptTokens: number }> {
  const { embedding, model, facts } = loaded;
  if (!embedding)
    throw new AppError(
      'not_an_embedding_model',
      'This model generates text and makes no embeddings. Choose an embedding model.',
      { param: 'model' },
    );
  if (request.inputs.length > inputsAtMost) {
    throw new AppError('invalid_value', `At most ${inputsAtMost} inputs in one request; this one has ${request.inputs.length}.`, {
      param: 'input',
    });
  }
  const inputs = request.inputs.map((input, index) => {
    const param = `input[${index}]`;
    if ('text' in input) checkLength(loaded, input.text.length);
    const tokens = 'text' in input ? model.tokenize(input.text, false) : checkedTokens(model, input.tokens, param);
    if (tokens.length === 0) throw new AppError('invalid_value', 'An input is empty.', { param });
    const length = embedding.calculateInputLength(tokens);
    // The library keeps one place of the context free.
    if (length >= facts.contextSize) {
      throw new AppError(
        'context_length_exceeded',
        `This model reads ${facts.contextSize - 1} tokens, but input ${index} has ${length}. Shorten it.`,
        {
          param,
          params: { context_size: facts.contextSize - 1, prompt_tokens: length },
        },
      );
    }
    return { tokens, length };
  });
  const embeddings: Float32Array[] = [];
  let promptTokens = 0;
  for (const { tokens, length } of inputs) {
    if (signal.aborted) break;
    const { vector } = await embedding.getEmbeddingFor(tokens);
    embeddings.push(normalized(vector));
    promptTokens += length;
  }
  return { embeddings, promptTokens };
}

function normalized(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length > 0 ? value / length : 0));
}
