import { AppError } from '@sangha/errors';
import type { ChatInput__Output } from '../../../../../../protos/generated/sangha/inference/v1/ChatInput.ts';
import type { ChatMessage__Output } from '../../../../../../protos/generated/sangha/inference/v1/ChatMessage.ts';

/** A turn as chat templates of the transformers world expect it. */
export interface TemplateMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  name?: string;
  reasoning_content?: string;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: unknown } }[];
  tool_call_id?: string;
}

const roles: Record<string, TemplateMessage['role']> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
};

export function templateMessages(messages: readonly ChatMessage__Output[]): TemplateMessage[] {
  return messages.map((message, index) => {
    const role = roles[message.role];
    if (!role) {
      throw new AppError(
        'invalid_value',
        `"${message.role.slice(0, 40)}" is not a role; use system, developer, user, assistant or tool.`,
        { param: `messages[${index}].role` },
      );
    }
    return {
      role,
      content: message.content,
      ...(message.name && { name: message.name }),
      ...(message.reasoning && { reasoning_content: message.reasoning }),
      ...(message.toolCallId && { tool_call_id: message.toolCallId }),
      ...(message.toolCalls.length > 0 && {
        tool_calls: message.toolCalls.map((call) => ({
          id: call.id,
          type: 'function' as const,
          function: { name: call.name, arguments: parsedOrText(call.arguments) },
        })),
      }),
    };
  });
}

/** Undefined when the caller gave none or forbade them. */
export function templateTools(chat: ChatInput__Output): object[] | undefined {
  if (chat.tools.length === 0 || chat.toolChoice === 'none') return undefined;
  return chat.tools.map((tool, index) => ({
    type: 'function',
    function: { name: tool.name, description: tool.description, parameters: parseParameters(tool.parameters, index) },
  }));
}

/** For templates that know no system role: its text goes before the first user message. */
export function withoutSystem(messages: readonly TemplateMessage[]): TemplateMessage[] | undefined {
  const system = messages.filter(({ role }) => role === 'system');
  if (system.length === 0) return undefined;
  const others = messages.filter(({ role }) => role !== 'system');
  const prefix = system.map(({ content }) => content).join('\n\n');
  const first = others.findIndex(({ role }) => role === 'user');
  if (first < 0) return [{ role: 'user', content: prefix }, ...others];
  return others.map((message, index) => (index === first ? { ...message, content: `${prefix}\n\n${message.content}` } : message));
}

/** The parameters' JSON schema of one tool; an absent one takes no arguments. */
export function parseParameters(text: string, index: number): unknown {
  if (text.trim() === '') return { type: 'object', properties: {} };
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid_value', 'The parameters of a tool must be a JSON schema.', {
      param: `tools[${index}].function.parameters`,
      cause: error,
    });
  }
}

/** Templates write arguments with `tojson`, so they want the value; what isn't JSON is shown as it came. */
function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
