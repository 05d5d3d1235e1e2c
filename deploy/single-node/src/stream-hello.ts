import { createParser } from 'eventsource-parser';
import type { Connection } from './api-client.ts';
import { showProgress } from './progress.ts';

/**
 * Asks a model for a few words over the node's own HTTP door, as any client would, and writes them as they come.
 * Loading shows as a bar (the stream tells of it in comments). Answers the number of chunks that carried text.
 */
export async function streamHello(
  { url, token }: Connection,
  model: string,
  write: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const bar = showProgress('load    ', { unit: 'percent' });
  let pieces = 0;
  let failure: string | undefined;
  const parser = createParser({
    onComment(comment) {
      const loaded = /loading\s+(\d+)/.exec(comment)?.[1];
      if (loaded && pieces === 0) bar.update(Number(loaded), 100);
    },
    onEvent({ data }) {
      if (data === '[DONE]') return;
      const { choices = [], error } = JSON.parse(data);
      failure ??= error?.message;
      const text: string = choices[0]?.delta?.content ?? '';
      if (text === '') return;
      if (pieces++ === 0) bar.stop();
      write(text);
    },
  });
  const response = await fetch(new URL('/v1/chat/completions', url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      stream: true,
      max_tokens: 24,
      messages: [{ role: 'user', content: 'Say hello in one short sentence.' }],
    }),
    signal,
  });
  if (!response.ok)
    failure = ((await response.json()) as { error?: { message?: string } }).error?.message ?? `status ${response.status}`;
  const decoder = new TextDecoder();
  if (response.ok) for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  bar.stop();
  if (failure !== undefined) write(`(no answer: ${failure})`);
  return pieces;
}
