import { z } from 'zod';
import { samplingFields } from './sampling-schema.ts';

const maxMessages = 4096;
const maxTools = 256;
const maxName = 128;

const part = z.looseObject({ type: z.string().max(64), text: z.string().nullish(), refusal: z.string().nullish() });
const content = z.union([z.string(), z.array(part).max(1024)], 'must be a text or a list of content parts').nullish();

const toolCall = z.object({
  id: z.string().min(1).max(256),
  type: z.literal('function').nullish(),
  function: z.object({ name: z.string().min(1).max(maxName), arguments: z.string() }),
});

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool'], 'must be system, developer, user, assistant or tool'),
  content,
  name: z.string().max(maxName).nullish(),
  tool_calls: z.array(toolCall).max(256).nullish(),
  tool_call_id: z.string().max(256).nullish(),
  reasoning_content: z.string().nullish(),
});

const jsonSchema = z.record(z.string(), z.unknown());

const tool = z.object({
  type: z.literal('function', 'must be "function"'),
  function: z.object({
    name: z.string().regex(/^[a-zA-Z0-9_.:-]{1,128}$/, 'must be 1 to 128 letters, digits, _ . : or -'),
    description: z.string().max(65_536).nullish(),
    parameters: jsonSchema.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({ name: z.string().max(maxName).nullish(), schema: jsonSchema, strict: z.boolean().nullish() }),
    }),
  ],
  'must have the type text, json_object or json_schema',
);

/** `POST /v1/chat/completions`. Fields that OpenAI knows and we don't are ignored, as a user of its clients would expect. */
export const chatSchema = z.object({
  ...samplingFields,
  messages: z.array(message).min(1, 'must have at least one message').max(maxMessages),
  max_completion_tokens: samplingFields.max_tokens,
  tools: z.array(tool).max(maxTools).nullish(),
  tool_choice: z
    .union(
      [
        z.enum(['none', 'auto', 'required']),
        z.object({ type: z.literal('function'), function: z.object({ name: z.string().max(maxName) }) }),
      ],
      'must be none, auto, required or one named function',
    )
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  chat_template_kwargs: z
    .record(z.string(), z.unknown())
    .nullish()
    .describe('For the chat template of the model, for example {"enable_thinking": false}.'),
  reasoning_effort: z.string().max(32).nullish(),
  functions: z.null('is the old form; use tools').optional(),
  function_call: z.null('is the old form; use tool_choice').optional(),
});

export type ChatRequest = z.infer<typeof chatSchema>;
