import { randomBytes } from 'node:crypto';
import type { Chunk } from '../../../../../../protos/generated/sangha/inference/v1/Chunk.ts';
import type { TokenLogprob } from '../../../../../../protos/generated/sangha/inference/v1/TokenLogprob.ts';
import { createForcedCall } from './forced-call.ts';
import { createReasoningSplitter, type ReasoningTags } from './reasoning.ts';
import { createStopStrings } from './stop-strings.ts';
import { createToolCallParser, type ToolCallFormat } from './tool-calls.ts';

/** How the text of an answer is read. */
export interface Reading {
  stop: readonly string[];
  /** The whole answer is one call (see `toolCallGrammar`). */
  forcedCall: boolean;
  reasoning: { tags: ReasoningTags; startsInside: boolean } | undefined;
  tools: { format: ToolCallFormat; names: readonly string[] } | undefined;
}

/** Text of one choice in, chunks out: thoughts, calls and stop strings are told apart on the way. */
export interface AnswerOutput {
  /** `tokens` of the answer brought `text`. */
  push(text: string, tokens: number, logprob?: TokenLogprob): void;
  end(): void;
  readonly stopSequence: string | undefined;
  readonly calls: number;
}

export function createAnswerOutput(index: number, reading: Reading, emit: (chunk: Chunk) => void): AnswerOutput {
  let chunk: Chunk = { index };
  let waitingTokens = 0;
  let waitingLogprobs: TokenLogprob[] = [];
  let filled = false;
  let calls = 0;

  const stops = createStopStrings(reading.stop);
  const showText = (text: string) => {
    if (text === '') return;
    chunk.text = (chunk.text ?? '') + text;
    filled = true;
  };
  const answerText = reading.stop.length === 0 ? showText : (text: string) => showText(stops.push(text));

  const callDelta = (delta: { id?: string; name?: string; arguments?: string }, at: number) => {
    chunk.toolCalls ??= [];
    chunk.toolCalls.push({ index: at, ...delta });
    filled = true;
  };
  const newCallId = reading.tools?.format === 'mistral' ? shortId : longId;

  const parser =
    reading.tools &&
    createToolCallParser(reading.tools.format, reading.tools.names, {
      text: answerText,
      call: (call) => callDelta({ id: newCallId(), ...call }, calls++),
    });
  const forced = reading.forcedCall
    ? createForcedCall({
        name: (name) => callDelta({ id: newCallId(), name }, calls++),
        arguments: (text) => callDelta({ arguments: text }, calls - 1),
      })
    : undefined;
  const beyondThought = forced ? forced.push : parser ? parser.push : answerText;
  const splitter =
    reading.reasoning &&
    createReasoningSplitter(reading.reasoning.tags, reading.reasoning.startsInside, {
      text: beyondThought,
      reasoning(text) {
        chunk.reasoning = (chunk.reasoning ?? '') + text;
        filled = true;
      },
    });
  const read = splitter ? splitter.push : beyondThought;

  function flush(): void {
    if (waitingTokens > 0) chunk.tokens = waitingTokens;
    if (waitingLogprobs.length > 0) chunk.logprobs = waitingLogprobs;
    emit(chunk);
    chunk = { index };
    filled = false;
    waitingTokens = 0;
    waitingLogprobs = [];
  }

  return {
    get stopSequence() {
      return stops.matched;
    },
    get calls() {
      return calls;
    },
    push(text, tokens, logprob) {
      waitingTokens += tokens;
      if (logprob) waitingLogprobs.push(logprob);
      if (text !== '') read(text);
      if (filled) flush();
    },
    end() {
      splitter?.end();
      parser?.end();
      if (stops.matched === undefined) showText(stops.end());
      if (filled || waitingTokens > 0) flush();
    },
  };
}

const longId = (): string => `call_${randomBytes(12).toString('hex')}`;
/** Mistral's templates insist on nine letters and digits. */
const shortId = (): string => randomBytes(9).toString('hex').slice(0, 9);
