import { join } from 'node:path';
import { AppError, type ErrorCode } from '@sangha/errors';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { readFirstRun } from './first-run.ts';

/** Where the command line finds a running node, and as whom it speaks. */
export interface Connection {
  url: string;
  token: string;
}

/**
 * `--url` and `--token`, then SANGHA_URL and SANGHA_TOKEN, then the folder's `first-run.json`.
 * @throws AppError `credential_missing` with the three ways to say it.
 */
export function findConnection(
  home: string,
  given: { url?: string | undefined; token?: string | undefined },
  env: NodeJS.ProcessEnv,
): Connection {
  const url = given.url ?? env.SANGHA_URL;
  const token = given.token ?? env.SANGHA_TOKEN;
  if (url && token) return { url, token };
  const kept = readFirstRun(join(home, 'first-run.json'));
  if (!kept) {
    throw new AppError(
      'credential_missing',
      `There is no first-run.json in ${home}. Start a node first (npm start), or say where one is with --url and --token (or SANGHA_URL and SANGHA_TOKEN).`,
    );
  }
  return { url: url ?? kept.url, token: token ?? kept.api_token };
}

/** Calls a node's HTTP surface; answers are parsed JSON, failures are the node's own sentences as AppError. */
export interface ApiClient {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** Server-sent events, parsed; ends with the stream. */
  events(method: 'GET' | 'POST', path: string, body?: unknown, signal?: AbortSignal): AsyncIterable<EventSourceMessage>;
}

export function createApiClient({ url, token }: Connection): ApiClient {
  const request = async (method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new AppError('unavailable', `No node answers at ${url}. Start one with \`npm start\`, or name another with --url.`, {
        cause,
      });
    });
    if (!response.ok) throw await failure(response);
    return response;
  };
  return {
    get: async <T>(path: string) => (await (await request('GET', path, undefined)).json()) as T,
    send: async <T>(method: string, path: string, body?: unknown) => {
      const response = await request(method, path, body);
      return (response.status === 204 ? undefined : await response.json()) as T;
    },
    async *events(method, path, body, signal) {
      const response = await request(method, path, body, signal);
      const waiting: EventSourceMessage[] = [];
      const parser = createParser({ onEvent: (event) => waiting.push(event) });
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        parser.feed(decoder.decode(chunk, { stream: true }));
        yield* waiting.splice(0);
      }
    },
  };
}

async function failure(response: Response): Promise<AppError> {
  const body = (await response.json().catch(() => undefined)) as { error?: { message?: string; code?: ErrorCode } } | undefined;
  const sentence = body?.error?.message ?? `The node answered ${response.status} ${response.statusText}.`;
  return new AppError(body?.error?.code ?? 'internal', sentence);
}
