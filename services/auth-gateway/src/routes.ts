import { live, ping, ready } from './control-plane/health.ts';
import { generation } from './data-plane/generation.ts';
import { chat } from './data-plane/openai/chat.ts';
import { chatSchema } from './data-plane/openai/chat-schema.ts';
import { completions } from './data-plane/openai/completions.ts';
import { completionsSchema } from './data-plane/openai/completions-schema.ts';
import { embeddings } from './data-plane/openai/embeddings.ts';
import { embeddingsSchema } from './data-plane/openai/embeddings-schema.ts';
import { getModel, listModels } from './data-plane/openai/models.ts';
import { control, data, type Route } from './route.ts';

const generating = [
  'model_not_found',
  'model_not_granted',
  'context_length_exceeded',
  'rate_limited',
  'queue_full',
  'upstream_failed',
] as const;

/**
 * Every door of the platform and who may pass. Dispatch, the access matrix and its test, and `/openapi.json` come from here.
 */
export const routes: readonly Route[] = [
  // Data plane: OpenAI
  data({
    method: 'GET',
    path: '/v1/models',
    group: 'user',
    tag: 'openai',
    summary: 'Models you can call',
    errors: [],
    handler: listModels,
  }),
  data({
    method: 'GET',
    path: '/v1/models/{id+}',
    group: 'user',
    tag: 'openai',
    summary: 'One model',
    errors: ['model_not_found'],
    handler: getModel,
  }),
  data({
    method: 'POST',
    path: '/v1/chat/completions',
    group: 'user',
    tag: 'openai',
    summary: 'Chat, streaming or not',
    body: chatSchema,
    errors: [...generating, 'no_chat_template', 'unsupported_content', 'schema_unsupported'],
    handler: generation(chat),
  }),
  data({
    method: 'POST',
    path: '/v1/completions',
    group: 'user',
    tag: 'openai',
    summary: 'Continue a text',
    body: completionsSchema,
    errors: generating,
    handler: generation(completions),
  }),
  data({
    method: 'POST',
    path: '/v1/embeddings',
    group: 'user',
    tag: 'openai',
    summary: 'Texts as vectors',
    body: embeddingsSchema,
    errors: [...generating, 'not_an_embedding_model'],
    handler: generation(embeddings),
  }),

  // Health
  control({ method: 'GET', path: '/ping', group: 'public', tag: 'health', summary: 'Answers pong', errors: [], handler: ping }),
  control({
    method: 'GET',
    path: '/health',
    group: 'public',
    tag: 'health',
    summary: 'Whether requests can be served',
    errors: ['unavailable'],
    handler: ready,
  }),
  control({
    method: 'GET',
    path: '/health/live',
    group: 'public',
    tag: 'health',
    summary: 'Whether the process lives',
    errors: [],
    handler: live,
  }),
  control({
    method: 'GET',
    path: '/health/ready',
    group: 'public',
    tag: 'health',
    summary: 'Whether requests can be served',
    errors: ['unavailable'],
    handler: ready,
  }),
];
