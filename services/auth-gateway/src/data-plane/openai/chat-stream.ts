import type { Chunk, Finished } from '../../clients.ts';
import type { StreamWriter } from '../local-stream.ts';
import { chatLogprobs } from './logprobs.ts';
import { usageBody } from './usage.ts';

/**
 * Writes chat chunks. What is the same in every chunk of an answer is one text made once, so that a token costs a
 * concatenation and the quoting of its text.
 */
export function chatStream(head: {
  id: string;
  created: number;
  model: string;
  choices: number;
  includeUsage: boolean;
  logprobs: boolean;
}): StreamWriter {
  const shared = `data: {"id":${JSON.stringify(head.id)},"object":"chat.completion.chunk","created":${head.created},"model":${JSON.stringify(head.model)},`;
  const usage = head.includeUsage ? ',"usage":null' : '';
  const lead = `${shared}"choices":[{"index":`;
  const tail = `,"finish_reason":null}]${usage}}\n\n`;
  const logprobs = (chunk: Chunk): string =>
    head.logprobs && chunk.logprobs.length > 0
      ? `,"logprobs":${JSON.stringify(chatLogprobs(chunk.logprobs))}`
      : ',"logprobs":null';

  return {
    begin() {
      let frames = '';
      for (let index = 0; index < head.choices; index += 1) {
        frames += `${lead}${index},"delta":{"role":"assistant","content":""},"logprobs":null${tail}`;
      }
      return frames;
    },
    chunks(chunks) {
      let frames = '';
      for (const chunk of chunks) {
        if (chunk.reasoning !== '')
          frames += `${lead}${chunk.index},"delta":{"reasoning_content":${JSON.stringify(chunk.reasoning)}},"logprobs":null${tail}`;
        if (chunk.text !== '' || (head.logprobs && chunk.logprobs.length > 0)) {
          frames += `${lead}${chunk.index},"delta":{"content":${JSON.stringify(chunk.text)}}${logprobs(chunk)}${tail}`;
        }
        if (chunk.toolCalls.length > 0)
          frames += `${lead}${chunk.index},"delta":{"tool_calls":${JSON.stringify(chunk.toolCalls.map(toolCallDelta))}},"logprobs":null${tail}`;
      }
      return frames;
    },
    finish(finished: Finished) {
      let frames = '';
      for (const choice of finished.choices) {
        frames += `${lead}${choice.index},"delta":{},"logprobs":null,"finish_reason":${JSON.stringify(choice.finishReason)}}]${usage}}\n\n`;
      }
      if (head.includeUsage) frames += `${shared}"choices":[],"usage":${JSON.stringify(usageBody(finished.usage))}}\n\n`;
      return frames;
    },
  };
}

/** The first delta of a call carries its id and name, later ones only more of its arguments. */
const toolCallDelta = ({ index, id, name, arguments: text }: Chunk['toolCalls'][number]) =>
  id === '' && name === ''
    ? { index, function: { arguments: text } }
    : { index, id, type: 'function', function: { name, arguments: text } };
