import { AppError } from '@sangha/errors';
import type { EmbedRequest } from '../../clients.ts';
import { principalOf } from '../../route.ts';
import type { Endpoint } from '../generation.ts';
import { sendJson } from '../local-stream.ts';
import { type EmbeddingsRequest, embeddingsSchema } from './embeddings-schema.ts';
import { parseRequest } from './parse-request.ts';
import { modelSpec } from './sampling.ts';

/** A batch of long texts on a processor takes minutes. */
const deadlineMs = 600_000;

/** `POST /v1/embeddings` */
export const embeddings: Endpoint = {
  upstreamPath: '/embeddings',
  streams: false,
  async local(plane, exchange, { target, request, settle }) {
    const asked = parseRequest(embeddingsSchema, request);
    const work = new AbortController();
    exchange.abort = (reason) => work.abort(reason);
    const answer = plane.inference.embed(
      {
        requestId: exchange.requestId,
        modelId: target.modelId,
        model: modelSpec(target, exchange.settings),
        inputs: inputsOf(asked.input),
      },
      { context: principalOf(exchange), requestId: exchange.requestId, signal: work.signal, deadlineMs },
    );
    const { embeddings, promptTokens } = await answer.catch((error: unknown) => {
      // Who leaves underway has had it computed: what was reserved stays spent.
      if (work.signal.aborted) settle(undefined);
      throw work.signal.aborted ? work.signal.reason : error;
    });
    exchange.abort = undefined;
    settle(promptTokens);
    const size = embeddings[0]?.values.length ?? 0;
    if (asked.dimensions !== null && asked.dimensions !== undefined && asked.dimensions !== size) {
      throw new AppError('invalid_value', `dimensions: this model makes vectors of ${size} numbers and can't shorten them.`, {
        param: 'dimensions',
      });
    }
    sendJson(exchange, {
      object: 'list',
      data: embeddings.map(({ values }, index) => ({
        object: 'embedding',
        index,
        embedding: asked.encoding_format === 'base64' ? base64(values) : values,
      })),
      model: target.modelId,
      usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    });
  },
};

function inputsOf(input: EmbeddingsRequest['input']): NonNullable<EmbedRequest['inputs']> {
  const all =
    typeof input === 'string' || typeof input[0] === 'number' ? [input as string | number[]] : (input as (string | number[])[]);
  return all.map((one) => (typeof one === 'string' ? { text: one } : { tokens: { ids: one } }));
}

/** Little-endian 32-bit floats, as OpenAI's clients read them. */
function base64(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString('base64');
}
