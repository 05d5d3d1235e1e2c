import type { Endpoint } from '../generation.ts';
import { collectLocal, generate, sendJson, streamLocal } from '../local-stream.ts';
import { chatGenerateRequest } from './chat-request.ts';
import type { ChatRequest } from './chat-schema.ts';
import { chatSchema } from './chat-schema.ts';
import { chatStream } from './chat-stream.ts';
import { type Collected, collector } from './collect.ts';
import { chatLogprobs } from './logprobs.ts';
import { parseRequest } from './parse-request.ts';
import { usageBody } from './usage.ts';

/** `POST /v1/chat/completions` */
export const chat: Endpoint = {
  upstreamPath: '/chat/completions',
  streams: true,
  async local(plane, exchange, { target, request, settle }) {
    const asked = parseRequest(chatSchema, request);
    const events = generate(plane, exchange, chatGenerateRequest(exchange.requestId, target, exchange.settings, asked));
    const head = {
      id: `chatcmpl-${exchange.requestId}`,
      created: Math.floor(exchange.startedAtMs / 1000),
      model: target.modelId,
      choices: asked.n ?? 1,
      logprobs: asked.logprobs === true,
    };
    if (asked.stream) {
      const writer = chatStream({ ...head, includeUsage: asked.stream_options?.include_usage === true });
      return streamLocal(plane, exchange, events, settle, writer);
    }
    const { choices, add } = collector(head.choices);
    const finished = await collectLocal(events, settle, add);
    for (const { index, finishReason } of finished.choices) {
      const choice = choices[index];
      if (choice !== undefined) choice.finishReason = finishReason;
    }
    sendJson(exchange, {
      id: head.id,
      object: 'chat.completion',
      created: head.created,
      model: head.model,
      choices: choices.map((choice, index) => choiceBody(choice, index, asked)),
      usage: usageBody(finished.usage),
    });
  },
};

const choiceBody = ({ text, reasoning, toolCalls, logprobs, finishReason }: Collected, index: number, asked: ChatRequest) => ({
  index,
  message: {
    role: 'assistant',
    content: text === '' && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
            id,
            type: 'function',
            function: { name, arguments: args },
          })),
        }),
  },
  logprobs: asked.logprobs ? chatLogprobs(logprobs) : null,
  finish_reason: finishReason,
});
