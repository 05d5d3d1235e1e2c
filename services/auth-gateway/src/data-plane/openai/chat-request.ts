import { AppError } from '@sangha/errors';
import type { GenerateRequest } from '../../clients.ts';
import type { OrgSettings } from '../../pipeline/settings.ts';
import type { PreparedLocal } from '../prepared-target.ts';
import type { ChatRequest } from './chat-schema.ts';
import { commonRequest } from './sampling.ts';

type Message = ChatRequest['messages'][number];
type ChatInput = NonNullable<GenerateRequest['chat']>;

/** A checked chat request as the runner understands it. @throws AppError `unsupported_content`, `invalid_value` */
export function chatGenerateRequest(
  requestId: string,
  target: PreparedLocal,
  settings: OrgSettings | undefined,
  request: ChatRequest,
): GenerateRequest {
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  return {
    ...commonRequest(requestId, target, settings, request),
    chat: {
      messages: request.messages.map(messageOf),
      tools: (request.tools ?? []).map(({ function: fn }) => ({
        name: fn.name,
        description: fn.description ?? '',
        parameters: fn.parameters ? JSON.stringify(fn.parameters) : '',
        strict: fn.strict ?? false,
      })),
      toolChoice: toolChoiceOf(request),
      parallelToolCalls: request.parallel_tool_calls ?? true,
      templateKwargs: request.chat_template_kwargs ? JSON.stringify(request.chat_template_kwargs) : '',
    },
    ...(maxTokens === null || maxTokens === undefined ? {} : { maxTokens }),
    ...(wantsLogprobs(request) ? { topLogprobs: request.top_logprobs ?? 0 } : {}),
    ...constraintOf(request),
  };
}

function messageOf(message: Message, index: number): NonNullable<ChatInput['messages']>[number] {
  const { role } = message;
  const text = textOf(message.content, index);
  if (message.tool_calls && role !== 'assistant') throw wrong(`messages[${index}].tool_calls`, 'only an assistant calls tools');
  if (text === undefined && !(role === 'assistant' && message.tool_calls))
    throw wrong(`messages[${index}].content`, 'is missing');
  return {
    role,
    content: text ?? '',
    toolCalls: (message.tool_calls ?? []).map(({ id, function: fn }) => ({ id, name: fn.name, arguments: fn.arguments })),
    toolCallId: message.tool_call_id ?? '',
    name: message.name ?? '',
    reasoning: message.reasoning_content ?? '',
  };
}

/** Parts joined. Pictures, sound and files are refused by name and place, never dropped. */
function textOf(content: Message['content'], index: number): string | undefined {
  if (content === null || content === undefined) return undefined;
  if (typeof content === 'string') return content;
  return content
    .map((part, at) => {
      const param = `messages[${index}].content[${at}]`;
      const text = part.type === 'refusal' ? part.refusal : part.text;
      if (part.type !== 'text' && part.type !== 'refusal') {
        throw new AppError('unsupported_content', `This model reads text only; ${param} is of type "${part.type}".`, { param });
      }
      if (typeof text !== 'string') throw wrong(`${param}.${part.type}`, 'must be a text');
      return text;
    })
    .join('');
}

function toolChoiceOf({ tools, tool_choice: choice }: ChatRequest): string {
  const names = (tools ?? []).map((tool) => tool.function.name);
  if (names.length === 0) {
    if (choice !== null && choice !== undefined && choice !== 'none' && choice !== 'auto')
      throw wrong('tool_choice', 'names a tool, but tools is empty');
    return 'none';
  }
  if (choice === null || choice === undefined) return 'auto';
  if (typeof choice === 'string') return choice;
  if (!names.includes(choice.function.name))
    throw wrong('tool_choice', `names "${choice.function.name}", which is not among the tools`);
  return `function:${choice.function.name}`;
}

function constraintOf({ response_format: format }: ChatRequest): Pick<GenerateRequest, 'constraint'> {
  if (format?.type === 'json_object') return { constraint: { jsonObject: true } };
  if (format?.type === 'json_schema') return { constraint: { jsonSchema: JSON.stringify(format.json_schema.schema) } };
  return {};
}

function wantsLogprobs({ logprobs, top_logprobs }: ChatRequest): boolean {
  if (logprobs) return true;
  if (top_logprobs) throw wrong('top_logprobs', 'needs logprobs: true');
  return false;
}

const wrong = (param: string, problem: string): AppError => new AppError('invalid_value', `${param} ${problem}.`, { param });
