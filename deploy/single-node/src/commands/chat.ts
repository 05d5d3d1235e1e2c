import { createInterface } from 'node:readline/promises';
import { AppError } from '@sangha/errors';
import type { ApiClient } from '../api-client.ts';
import type { Terminal } from '../terminal.ts';

interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

interface Chunk {
  choices: { delta: { content?: string } }[];
  usage?: object;
  error?: { message: string };
}

/** `sangha chat`: one question, or a conversation on a terminal. Ctrl-C stops the answer, a second one leaves. */
export async function chat(api: ApiClient, terminal: Terminal, prompt: string, options: Record<string, unknown>): Promise<void> {
  const model = (options.model as string | undefined) ?? (await firstModel(api));
  const turns: Turn[] = options.system ? [{ role: 'system', content: String(options.system) }] : [];
  const ask = (text: string) => answer(api, terminal, model, turns, text, options.maxTokens as number | undefined);
  if (prompt) {
    await ask(prompt);
    return;
  }
  if (!process.stdin.isTTY) throw new AppError('missing_field', 'Say what to ask: sangha chat "Why is the sky blue?"');
  terminal.say(`Talking to ${model}. An empty line or Ctrl-D leaves.`);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  for (let text = await lines.question('> '); text; text = await lines.question('> ')) await ask(text);
  lines.close();
}

async function answer(
  api: ApiClient,
  terminal: Terminal,
  model: string,
  turns: Turn[],
  text: string,
  maxTokens: number | undefined,
): Promise<void> {
  turns.push({ role: 'user', content: text });
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  let reply = '';
  let usage: object | undefined;
  try {
    const body = {
      model,
      messages: turns,
      stream: true,
      stream_options: { include_usage: true },
      ...(maxTokens ? { max_tokens: maxTokens } : {}),
    };
    for await (const event of api.events('POST', '/v1/chat/completions', body, stop.signal)) {
      if (event.data === '[DONE]') break;
      const chunk: Chunk = JSON.parse(event.data);
      if (chunk.error) throw new AppError('upstream_failed', chunk.error.message);
      usage = chunk.usage ?? usage;
      const piece = chunk.choices[0]?.delta.content ?? '';
      reply += piece;
      if (!terminal.json) terminal.write(piece);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
  turns.push({ role: 'assistant', content: reply });
  terminal.answer({ model, content: reply, usage }, '');
}

async function firstModel(api: ApiClient): Promise<string> {
  const { data } = await api.get<{ data: { id: string }[] }>('/v1/models');
  const [first] = data;
  if (!first) throw new AppError('model_not_found', 'There is no model yet. Fetch one: sangha pull Qwen/Qwen3-0.6B-GGUF:Q8_0');
  return first.id;
}
