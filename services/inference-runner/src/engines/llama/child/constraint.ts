import { AppError } from '@sangha/errors';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Llama, LlamaGrammar } from 'node-llama-cpp';
import type { ChatInput__Output } from '../../../../../../protos/generated/sangha/inference/v1/ChatInput.ts';
import type { EngineRequest } from '../../../engine.ts';
import { parseParameters } from './chat-values.ts';
import { jsonObjectGrammar, jsonSchemaGrammar, parseSchema, toolCallGrammar } from './json-grammar.ts';
import { vetGbnf } from './vet-gbnf.ts';

/** What the answer must look like. */
export interface AnswerShape {
  grammar: LlamaGrammar;
  /** `call`: the answer is one tool call in the layout of `toolCallGrammar`. */
  form: 'text' | 'call';
  /** Throws when a finished answer breaks its schema all the same. */
  validate?: (answer: string) => void;
}

/** The shape that a request asks for, by `tool_choice` or a constraint; undefined = free text. */
export function answerShape(request: EngineRequest, llama: Llama): Promise<AnswerShape | undefined> {
  const forced = 'chat' in request.input ? forcedTools(request.input.chat) : undefined;
  return forced ? toolShape(forced, llama) : constraintShape(request, llama);
}

type Tools = ChatInput__Output['tools'];

function forcedTools(chat: ChatInput__Output): { tools: Tools; offset: number } | undefined {
  const { toolChoice, tools } = chat;
  if (toolChoice === '' || toolChoice === 'auto' || toolChoice === 'none') return undefined;
  if (tools.length === 0)
    throw new AppError('invalid_value', 'tool_choice asks for a tool, but there are no tools.', { param: 'tool_choice' });
  if (toolChoice === 'required') return { tools, offset: 0 };
  const name = toolChoice.startsWith('function:') ? toolChoice.slice('function:'.length) : undefined;
  const index = tools.findIndex((tool) => tool.name === name);
  const tool = tools[index];
  if (!tool)
    throw new AppError('invalid_value', 'tool_choice must be auto, none, required or one of the tools.', {
      param: 'tool_choice',
    });
  return { tools: [tool], offset: index };
}

const toolsAtMost = 128;

async function toolShape({ tools, offset }: { tools: Tools; offset: number }, llama: Llama): Promise<AnswerShape> {
  if (tools.length > toolsAtMost) throw new AppError('invalid_value', `At most ${toolsAtMost} tools.`, { param: 'tools' });
  const described = tools.map(({ name, parameters, strict }, index) => ({
    name,
    strict,
    parameters: parseParameters(parameters, index + offset),
  }));
  return { form: 'call', grammar: await parseGrammar(toolCallGrammar(described), llama, schemaTooComplex) };
}

async function constraintShape({ constraint }: EngineRequest, llama: Llama): Promise<AnswerShape | undefined> {
  if (constraint?.gbnf !== undefined) {
    vetGbnf(constraint.gbnf);
    return { form: 'text', grammar: await parseGrammar(constraint.gbnf, llama, grammarWrong) };
  }
  if (constraint?.jsonSchema !== undefined) {
    const schema = parseSchema(constraint.jsonSchema);
    const grammar = await parseGrammar(jsonSchemaGrammar(schema), llama, schemaTooComplex);
    return { form: 'text', grammar, validate: validator(schema) };
  }
  if (constraint?.jsonObject) return { form: 'text', grammar: await parseGrammar(jsonObjectGrammar(), llama, schemaTooComplex) };
  return undefined;
}

async function parseGrammar(grammar: string, llama: Llama, refusal: (cause: unknown) => AppError): Promise<LlamaGrammar> {
  try {
    return await llama.createGrammar({ grammar });
  } catch (error) {
    throw refusal(error);
  }
}

const grammarWrong = (cause: unknown) =>
  new AppError(
    'grammar_invalid',
    'The grammar is not valid GBNF: it needs a rule named root, every rule it uses, and no rule that begins with itself.',
    { cause, param: 'grammar' },
  );

const schemaTooComplex = (cause: unknown) =>
  new AppError(
    'schema_unsupported',
    'The JSON schema could not be turned into a grammar: it is too large, or a $ref leads to itself with nothing in between.',
    { cause, param: '#' },
  );

/** The grammar holds the structure; what only looking at the whole value tells (`oneOf` met twice) is checked at the end. */
function validator(schema: unknown): (answer: string) => void {
  let validate: ValidateFunction;
  try {
    validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema as object | boolean);
  } catch (error) {
    throw new AppError(
      'schema_unsupported',
      `The JSON schema is not valid: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown reason'}.`,
      { cause: error, param: '#' },
    );
  }
  return (answer) => {
    const value: unknown = JSON.parse(answer);
    if (validate(value)) return;
    throw new Error(`the answer breaks its schema: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  };
}
