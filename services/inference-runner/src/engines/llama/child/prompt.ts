import { AppError } from '@sangha/errors';
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { ChatInput__Output } from '../../../../../../protos/generated/sangha/inference/v1/ChatInput.ts';
import type { EngineRequest } from '../../../engine.ts';
import { templateMessages, templateTools, withoutSystem } from './chat-values.ts';
import { type GenerationParts, type LoadedModel, vocabularySizeOf } from './load-model.ts';
import { unusedMark } from './special-text.ts';

export interface Prompt {
  tokens: Token[];
  /** The end of the rendered text; shows whether the template already opened a thought. */
  tail: string;
}

/** The tokens of a request's input. A template runs only for chat; text and tokens are taken as they are. */
export async function buildPrompt(loaded: LoadedModel, parts: GenerationParts, request: EngineRequest): Promise<Prompt> {
  const { input } = request;
  const { model } = loaded;
  if ('promptTokens' in input) return { tokens: checkedTokens(model, input.promptTokens), tail: '' };
  if ('prompt' in input) {
    checkLength(loaded, input.prompt.length);
    return { tokens: withBeginning(model, model.tokenize(input.prompt, false)), tail: '' };
  }
  return chatPrompt(loaded, parts, input.chat);
}

async function chatPrompt(loaded: LoadedModel, parts: GenerationParts, chat: ChatInput__Output): Promise<Prompt> {
  const { model, spec } = loaded;
  if (spec.chatTemplate.trim() === '') {
    throw new AppError(
      'no_chat_template',
      'This model has no chat template. Set chat_template on an alias of it, or use /v1/completions with a plain prompt.',
    );
  }
  if (chat.messages.length === 0)
    throw new AppError('invalid_value', 'A conversation needs at least one message.', { param: 'messages' });
  const messages = templateMessages(chat.messages);
  const tools = templateTools(chat);
  const kwargs = parseKwargs(chat.templateKwargs);

  const everything = JSON.stringify([messages, tools, kwargs, spec.chatTemplate]);
  checkLength(loaded, everything.length - spec.chatTemplate.length);
  const mark = unusedMark(everything);
  if (mark === undefined)
    throw new AppError('invalid_value', 'The messages use up the noncharacters U+FDD0 to U+FDEF. Leave one out.', {
      param: 'messages',
    });

  const render = (turns: readonly { role: string }[]) =>
    parts.templates.render(spec.chatTemplate, {
      ...parts.special.guard(kwargs, mark),
      messages: turns.map((turn) =>
        turn.role === 'assistant' ? parts.special.guardAssistant(turn, mark) : parts.special.guard(turn, mark),
      ),
      ...(tools && { tools: parts.special.guard(tools, mark) }),
      add_generation_prompt: true,
      bos_token: model.tokens.bosString ?? '',
      eos_token: model.tokens.eosString ?? '',
    });

  const text = await render(messages).catch((error: Error) => {
    const alternative = /system/i.test(error.message) ? withoutSystem(messages) : undefined;
    if (!alternative) throw error;
    return render(alternative);
  });
  checkLength(loaded, text.length);
  return { tokens: withBeginning(model, tokenizeMarked(model, text, mark)), tail: text.slice(-64) };
}

/** Control tokens where the template wrote them; the marks are where a user wrote the text of one. */
function tokenizeMarked(model: LlamaModel, text: string, mark: string): Token[] {
  const [first = '', ...others] = text.split(mark);
  const tokens = model.tokenize(first, true);
  for (const piece of others) tokens.push(...model.tokenize(piece, true, 'trimLeadingSpace'));
  return tokens;
}

/** Some templates write the first token themselves, some leave it to the tokeniser: exactly one. */
function withBeginning(model: LlamaModel, tokens: Token[]): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
  if (tokens.length === 0) throw new AppError('invalid_value', 'The prompt is empty.', { param: 'prompt' });
  return tokens;
}

export function checkedTokens(model: LlamaModel, ids: readonly number[], param = 'prompt'): Token[] {
  const size = vocabularySizeOf(model);
  if (ids.length === 0) throw new AppError('invalid_value', 'The prompt is empty.', { param });
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= size);
  if (wrong !== undefined)
    throw new AppError('invalid_value', `Token ${wrong} is not in this model's vocabulary of ${size} tokens.`, { param });
  return ids as Token[];
}

/** No token of any vocabulary we know stands for more. Keeps a text of megabytes from stopping the loop while it is tokenised. */
const charsPerTokenAtMost = 256;

export function checkLength({ facts }: Pick<LoadedModel, 'facts'>, chars: number): void {
  const least = Math.ceil(chars / charsPerTokenAtMost);
  if (least <= facts.contextSize) return;
  throw new AppError(
    'context_length_exceeded',
    `This model's context holds ${facts.contextSize} tokens, but the input needs more than ${least}. Shorten it.`,
    {
      params: { context_size: facts.contextSize, prompt_tokens: least },
    },
  );
}

function parseKwargs(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // refused below, like JSON that is no object
  }
  throw new AppError('invalid_value', 'chat_template_kwargs must be a JSON object.', { param: 'chat_template_kwargs' });
}
