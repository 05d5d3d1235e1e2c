import { AppError } from '@sangha/errors';
import type { LocalTarget, RemoteTarget, Target } from '../clients.ts';
import { type Additions, additions } from './splice-body.ts';

/** A resolved name, with everything worked out once that each request would otherwise work out again. */
export type PreparedTarget = PreparedLocal | PreparedRemote;

interface Prepared {
  /** What answers and meters call the model. */
  readonly modelId: string;
  /** Any of these in the asker's grants allows the use. */
  readonly grantIds: readonly string[];
  /** Defaults under the request's own fields. */
  readonly requestParams: Readonly<Record<string, unknown>>;
}

export interface PreparedLocal extends Prepared {
  readonly kind: 'local';
  readonly local: LocalTarget;
}

export interface PreparedRemote extends Prepared {
  readonly kind: 'remote';
  readonly apiFormat: string;
  readonly origin: string;
  /** Path of the base URL, without a slash at the end; the endpoint's path follows. */
  readonly basePath: string;
  /** Flat list for the upstream request, credential included. Never logged, never shown. */
  readonly headers: readonly string[];
  /** What may not appear in any text that leaves us. */
  readonly secrets: readonly string[];
  readonly additions: Additions;
}

/** @throws AppError `model_unusable` when the stored row can't be used */
export function prepareTarget(target: Target): PreparedTarget {
  const shared = {
    modelId: target.modelId,
    grantIds: target.grantIds,
    requestParams: jsonObject(target.requestParams, 'request_params'),
  };
  if (target.local) return Object.freeze({ kind: 'local', ...shared, local: target.local });
  if (target.remote) return Object.freeze({ kind: 'remote', ...shared, ...prepareRemote(target.remote, shared.requestParams) });
  throw new AppError('model_unusable', 'This model has no place where it could run.');
}

function prepareRemote(remote: RemoteTarget, defaults: Readonly<Record<string, unknown>>) {
  const url = baseUrl(remote.baseUrl);
  return {
    apiFormat: remote.apiFormat,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    headers: Object.freeze(upstreamHeaders(remote)),
    secrets: Object.freeze([remote.apiKey, ...Object.values(remote.extraHeaders)].filter((text) => text.length >= 8)),
    additions: additions({
      defaults,
      forced: { ...jsonObject(remote.extraBody, 'extra_body'), model: remote.upstreamModel },
    }),
  };
}

function baseUrl(text: string): URL {
  const url = URL.parse(text);
  if (
    url === null ||
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new AppError(
      'model_unusable',
      'The address of this remote model is not a plain http or https address. Correct its base_url.',
    );
  }
  return url;
}

/** Decided by us for every request; an operator's extra header can't change them. */
const ours = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'keep-alive',
  'accept-encoding',
]);

function upstreamHeaders({ apiKey, extraHeaders }: RemoteTarget): string[] {
  const headers = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream', 'user-agent', 'sangha'];
  const names = new Set(Object.keys(extraHeaders).map((name) => name.toLowerCase()));
  if (apiKey !== '' && !names.has('authorization')) headers.push('authorization', `Bearer ${apiKey}`);
  for (const [name, value] of Object.entries(extraHeaders)) if (!ours.has(name.toLowerCase())) headers.push(name, value);
  return headers;
}

function jsonObject(text: string, what: string): Readonly<Record<string, unknown>> {
  if (text === '') return Object.freeze({});
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.freeze(value as Record<string, unknown>);
  } catch {
    // Said below.
  }
  throw new AppError('model_unusable', `The ${what} of this model are not a JSON object. Correct them.`);
}
