import type { ChatInput__Output } from '../../../protos/generated/sangha/inference/v1/ChatInput.ts';
import type { ChatMessage__Output } from '../../../protos/generated/sangha/inference/v1/ChatMessage.ts';
import type { Constraint__Output } from '../../../protos/generated/sangha/inference/v1/Constraint.ts';
import type { GenerateRequest__Output } from '../../../protos/generated/sangha/inference/v1/GenerateRequest.ts';
import type { Sampling__Output } from '../../../protos/generated/sangha/inference/v1/Sampling.ts';
import type { Tool__Output } from '../../../protos/generated/sangha/inference/v1/Tool.ts';
import type { EngineRequest } from './engine.ts';
import type { AskedModel } from './engine-spec.ts';
import { parseModel } from './parse-model.ts';
import { createProblems, type Problems } from './parse-problems.ts';

/** A generation that can be understood; whether the model can do it is the engine's to say. */
export interface AskedGeneration {
  requestId: string;
  modelId: string;
  model: AskedModel;
  engineRequest: Omit<EngineRequest, 'orgId'>;
  /** For the estimate of its cost. */
  promptCharacters: number;
  promptTokens: number;
}

const maxText = 16 * 1024 ** 2;
const maxMessages = 4_096;
const maxTools = 128;
const maxToolCalls = 128;
const maxSchema = 256 * 1024;
const maxPromptTokens = 1_048_576;
const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool']);
const uint32Max = 2 ** 32 - 1;

/** Throws one `invalid_value` that names every field at fault, as an OpenAI client wrote it. */
export function parseGenerate(request: GenerateRequest__Output): AskedGeneration {
  const problems = createProblems();
  parseIds(request, problems);
  const model = parseModel(request.model, problems);
  const input = parseInput(request, problems);
  const sampling = parseSampling(request.sampling, problems);
  const n = problems.integer('n', request.n, 0, 16) || 1;
  const maxTokens = problems.integer('max_tokens', request.maxTokens, 1, 4_194_304);
  const topLogprobs = problems.integer('top_logprobs', request.topLogprobs, 0, 20);
  parseStop(request.stop, problems);
  const constraint = parseConstraint(request.constraint, problems);
  problems.throwIfAny();

  return {
    requestId: request.requestId,
    modelId: request.modelId,
    model,
    promptCharacters: charactersOf(input),
    promptTokens: 'promptTokens' in input ? input.promptTokens.length : 0,
    engineRequest: {
      requestId: request.requestId,
      input,
      sampling,
      stop: request.stop,
      n,
      ignoreEos: request.ignoreEos,
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(topLogprobs === undefined ? {} : { topLogprobs }),
      ...(constraint === undefined ? {} : { constraint }),
    },
  };
}

/** The id and the model's name go into usage records and logs. */
export function parseIds({ requestId, modelId }: { requestId: string; modelId: string }, problems: Problems): void {
  problems.check('request_id', /^[\x21-\x7e]{1,128}$/.test(requestId), 'must be 1 to 128 visible ASCII characters');
  problems.text('model', modelId, { min: 1, max: 512 });
}

function parseInput(request: GenerateRequest__Output, problems: Problems): EngineRequest['input'] {
  if (request.input === 'chat' && request.chat) {
    parseChat(request.chat, problems);
    return { chat: request.chat };
  }
  if (request.input === 'prompt' && request.prompt !== undefined)
    return { prompt: problems.text('prompt', request.prompt, { max: maxText }) };
  if (request.input === 'promptTokens' && request.promptTokens) {
    const { ids } = request.promptTokens;
    problems.check('prompt', ids.length >= 1 && ids.length <= maxPromptTokens, `must have 1 to ${maxPromptTokens} tokens`);
    return { promptTokens: ids };
  }
  problems.add('messages', 'is missing');
  return { prompt: '' };
}

function parseChat({ messages, tools, toolChoice, templateKwargs }: ChatInput__Output, problems: Problems): void {
  problems.check('messages', messages.length >= 1, 'must not be empty');
  if (messages.length > maxMessages) problems.add('messages', `must have at most ${maxMessages} entries`);
  else for (const [index, message] of messages.entries()) parseMessage(`messages[${index}]`, message, problems);

  if (tools.length > maxTools) problems.add('tools', `must have at most ${maxTools} entries`);
  else for (const [index, tool] of tools.entries()) parseTool(`tools[${index}].function`, tool, problems);
  const names = tools.map(({ name }) => name);
  problems.check('tools', new Set(names).size === names.length, 'must not name a function twice');
  parseToolChoice(toolChoice, names, problems);
  problems.jsonObject('chat_template_kwargs', templateKwargs, 16 * 1024);
}

function parseMessage(
  at: string,
  { role, content, toolCalls, toolCallId, name, reasoning }: ChatMessage__Output,
  problems: Problems,
): void {
  problems.check(`${at}.role`, roles.has(role), `must be one of ${[...roles].join(', ')}`);
  problems.text(`${at}.content`, content, { max: maxText });
  problems.text(`${at}.reasoning`, reasoning, { max: maxText });
  problems.text(`${at}.name`, name, { max: 256 });
  problems.text(`${at}.tool_call_id`, toolCallId, { max: 256 });
  if (toolCalls.length > maxToolCalls) problems.add(`${at}.tool_calls`, `must have at most ${maxToolCalls} entries`);
  else
    for (const [index, call] of toolCalls.entries()) {
      problems.text(`${at}.tool_calls[${index}].id`, call.id, { max: 256 });
      problems.text(`${at}.tool_calls[${index}].function.name`, call.name, { min: 1, max: 128 });
      problems.text(`${at}.tool_calls[${index}].function.arguments`, call.arguments, { max: maxText });
    }
}

function parseTool(at: string, { name, description, parameters }: Tool__Output, problems: Problems): void {
  problems.check(`${at}.name`, /^[A-Za-z0-9_.:-]{1,128}$/.test(name), 'must be 1 to 128 letters, digits, _, -, . or :');
  problems.text(`${at}.description`, description, { max: 64 * 1024 });
  problems.jsonObject(`${at}.parameters`, parameters, maxSchema);
}

function parseToolChoice(choice: string, names: readonly string[], problems: Problems): void {
  if (choice === '' || choice === 'auto' || choice === 'none') return;
  if (choice === 'required') problems.check('tool_choice', names.length > 0, 'is "required", but there are no tools');
  else if (choice.startsWith('function:'))
    problems.check(
      'tool_choice',
      names.includes(choice.slice('function:'.length)),
      'names a function that is not among the tools',
    );
  else problems.add('tool_choice', 'must be auto, none, required or the name of a function');
}

function parseSampling(sampling: Sampling__Output | null, problems: Problems): Sampling__Output {
  if (!sampling) return { logitBias: {} };
  problems.number('temperature', sampling.temperature, 0, 2);
  problems.number('top_p', sampling.topP, 0, 1);
  problems.integer('top_k', sampling.topK, 0, 1_000_000);
  problems.number('min_p', sampling.minP, 0, 1);
  problems.number('frequency_penalty', sampling.frequencyPenalty, -2, 2);
  problems.number('presence_penalty', sampling.presencePenalty, -2, 2);
  problems.number('repeat_penalty', sampling.repeatPenalty, 0, 10);
  problems.integer('seed', sampling.seed, 0, uint32Max);
  const biases = Object.values(sampling.logitBias);
  if (biases.length > 1_024) problems.add('logit_bias', 'must have at most 1024 entries');
  else
    problems.check(
      'logit_bias',
      biases.every((bias) => bias >= -100 && bias <= 100),
      'must have values between -100 and 100',
    );
  return sampling;
}

function parseStop(stop: readonly string[], problems: Problems): void {
  if (stop.length > 16) problems.add('stop', 'must have at most 16 entries');
  else
    problems.check(
      'stop',
      stop.every(({ length }) => length >= 1 && length <= 256),
      'must have entries of 1 to 256 characters',
    );
}

function parseConstraint(constraint: Constraint__Output | null, problems: Problems): Constraint__Output | undefined {
  if (constraint?.kind === 'jsonSchema')
    problems.jsonObject('response_format.json_schema.schema', constraint.jsonSchema || 'null', maxSchema);
  if (constraint?.kind === 'gbnf') problems.text('grammar', constraint.gbnf ?? '', { min: 1, max: 64 * 1024 });
  return constraint?.kind === undefined ? undefined : constraint;
}

function charactersOf(input: EngineRequest['input']): number {
  if ('prompt' in input) return input.prompt.length;
  if ('promptTokens' in input) return 0;
  const messages = input.chat.messages.map(
    ({ content, reasoning, toolCalls }) =>
      content.length + reasoning.length + toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0),
  );
  const tools = input.chat.tools.map(({ name, description, parameters }) => name.length + description.length + parameters.length);
  return [...messages, ...tools].reduce((sum, length) => sum + length, 0);
}
