import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUlid, type OrgId, parseOrgId } from '@sangha/identity';
import { createLogger } from '@sangha/telemetry';
import { type TinyGgufOptions, tinyTemplates, writeTinyGguf } from '@sangha/testkit/tiny-gguf';
import type { ChatInput__Output } from '../../../protos/generated/sangha/inference/v1/ChatInput.ts';
import type { ChatMessage__Output } from '../../../protos/generated/sangha/inference/v1/ChatMessage.ts';
import type { Chunk } from '../../../protos/generated/sangha/inference/v1/Chunk.ts';
import type { Finished } from '../../../protos/generated/sangha/inference/v1/Finished.ts';
import type { Sampling__Output } from '../../../protos/generated/sangha/inference/v1/Sampling.ts';
import type { Started } from '../../../protos/generated/sangha/inference/v1/Started.ts';
import type { Engine, EngineRequest, EngineSpec } from '../src/engine.ts';
import { createLlamaEngines, type LlamaEnginesDeps } from '../src/engines/llama/index.ts';

export const silentLog = createLogger({ level: 'silent', service: 'test' });

/** A folder that `remove` takes away again. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'sangha-engine-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** An engine on a tiny random model in a process of its own. One thread: the machine is shared. */
export async function openTiny({
  model,
  spec,
  deps,
}: {
  model?: TinyGgufOptions;
  spec?: Partial<EngineSpec>;
  deps?: Partial<LlamaEnginesDeps>;
} = {}): Promise<{
  engine: Engine;
  modelPath: string;
  close: () => Promise<void>;
}> {
  const folder = await temporaryFolder();
  try {
    const modelPath = join(folder.path, 'tiny.gguf');
    const { sha256 } = await writeTinyGguf(modelPath, model);
    const engine = await createLlamaEngines({ log: silentLog, ...deps }).open(
      { ...tinySpec, modelPath, sha256, ...spec },
      { signal: new AbortController().signal, onProgress: () => {} },
    );
    return {
      engine,
      modelPath,
      async close() {
        await engine.close();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

export const tinySpec = {
  contextSize: 1024,
  sequences: 4,
  batchSize: 512,
  threads: 1,
  gpuLayers: 0,
  chatTemplate: tinyTemplates.chatml as string,
};

export const newOrg = (): OrgId => parseOrgId(newUlid());

export type RequestParts = Partial<Omit<EngineRequest, 'sampling'>> & { sampling?: Partial<Sampling__Output> };

export function request({ sampling, ...parts }: RequestParts = {}): EngineRequest {
  return {
    orgId: newOrg(),
    requestId: 'request',
    input: { prompt: 'once upon a time' },
    stop: [],
    n: 1,
    ignoreEos: false,
    ...parts,
    sampling: { logitBias: {}, ...sampling },
  };
}

export const message = (role: string, content: string, more: Partial<ChatMessage__Output> = {}): ChatMessage__Output => ({
  role,
  content,
  toolCalls: [],
  toolCallId: '',
  name: '',
  reasoning: '',
  ...more,
});

export const chat = (messages: ChatMessage__Output[], more: Partial<ChatInput__Output> = {}): { chat: ChatInput__Output } => ({
  chat: { messages, tools: [], toolChoice: '', parallelToolCalls: false, templateKwargs: '', ...more },
});

export interface Answer {
  text: string;
  /** By choice. */
  texts: string[];
  chunks: Chunk[];
  started: Started | undefined;
  finished: Finished | undefined;
}

/** Everything that a request yields, put together. */
export async function answer(
  engine: Engine,
  parts: RequestParts = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Answer> {
  const result: Answer = { text: '', texts: [], chunks: [], started: undefined, finished: undefined };
  for await (const event of engine.generate(request(parts), signal)) {
    if ('started' in event) result.started = event.started;
    if ('finished' in event) result.finished = event.finished;
    if ('delta' in event) result.chunks.push(...(event.delta.chunks ?? []));
  }
  for (const { index = 0, text = '' } of result.chunks) result.texts[index] = (result.texts[index] ?? '') + text;
  result.text = result.texts[0] ?? '';
  return result;
}

/** Random enough that two seeds differ: the weights of a tiny model are as certain as they are senseless. */
export const wild = { temperature: 5, topP: 1, minP: 0 };

/** A constraint that leaves the model one answer. */
export const exactly = (text: string): { constraint: { gbnf: string; kind: 'gbnf' } } => ({
  constraint: { gbnf: `root ::= ${JSON.stringify(text)}`, kind: 'gbnf' },
});
