import type { IncomingHttpHeaders } from 'node:http';
import { AppError, type ErrorCode } from '@sangha/errors';
import { redact } from '@sangha/telemetry';

/** How much of a provider's refusal is read. */
export const maxErrorBytes = 64 * 1024;
const maxMessageLength = 2000;

interface Refusal {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Texts that may not get through: the upstream key, extra headers. */
  secrets: readonly string[];
}

/**
 * A provider's refusal for the caller: its sentence without secrets, under our codes. What concerns the request stays a fault of the
 * caller; what concerns the credential or the account is the operator's and becomes 502, since the caller's own key is fine.
 */
export function refusalOf({ status, headers, body, secrets }: Refusal): AppError {
  const said = messageIn(body);
  const message = said === undefined ? `The provider of this model refused with status ${status}.` : clean(said.message, secrets);
  const code = codeOf(status);
  const retryAfterSecs = code === 'rate_limited' || status === 503 ? retryAfter(headers['retry-after']) : undefined;
  return new AppError(code, message, {
    params: { upstream_status: status, ...(said?.code === undefined ? {} : { upstream_code: clean(said.code, secrets) }) },
    ...(said?.param === undefined ? {} : { param: clean(said.param, secrets) }),
    ...(retryAfterSecs === undefined ? {} : { retryAfterSecs }),
  });
}

function codeOf(status: number): ErrorCode {
  if (status === 400) return 'invalid_request';
  if (status === 404) return 'model_not_found';
  if (status === 413) return 'body_too_large';
  if (status === 422) return 'unprocessable';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 504) return 'upstream_timeout';
  return 'upstream_failed';
}

/** `{"error":{"message","code","param"}}`, `{"error":"…"}`, `{"message":"…"}`, `{"detail":"…"}`, or a plain text. */
function messageIn(body: Buffer): { message: string; code?: string; param?: string } | undefined {
  const text = body.toString('utf8').trim();
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.startsWith('<') ? undefined : { message: text };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { error, message, detail } = value as Record<string, unknown>;
  const inner =
    typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : { message: error ?? message ?? detail };
  if (typeof inner.message !== 'string' || inner.message === '') return undefined;
  return {
    message: inner.message,
    ...(typeof inner.code === 'string' ? { code: inner.code } : {}),
    ...(typeof inner.param === 'string' ? { param: inner.param } : {}),
  };
}

function clean(text: string, secrets: readonly string[]): string {
  let shown = redact(text);
  for (const secret of secrets) shown = shown.replaceAll(secret, '[redacted]');
  return shown.length > maxMessageLength ? `${shown.slice(0, maxMessageLength)}…` : shown;
}

/** Seconds, from either form of the header; bounded to an hour. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const secs = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(secs) ? Math.min(3600, Math.max(1, Math.ceil(secs))) : undefined;
}
