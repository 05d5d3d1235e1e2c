import { AppError } from '@sangha/errors';

/** A half-open span of time. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** @throws AppError invalid_value */
export function parseInstant(text: string, param: string): Date {
  const instant = rfc3339.test(text) ? new Date(text) : undefined;
  if (instant === undefined || Number.isNaN(instant.getTime())) {
    throw new AppError('invalid_value', `${param} is not a time. Send one like 2026-01-31T00:00:00Z.`, { param });
  }
  return instant;
}

/** `from` up to but without `to`, at most 400 days, so that one question can't read years. */
export function parseSpan(request: { from: string; to: string }): Span {
  const span = { from: parseInstant(request.from, 'from'), to: parseInstant(request.to, 'to') };
  if (span.from >= span.to) throw new AppError('invalid_value', 'from must lie before to.', { param: 'from' });
  if (span.to.getTime() - span.from.getTime() > 400 * dayMs)
    throw new AppError('invalid_value', 'Ask for 400 days or less at once.', { param: 'to' });
  return span;
}

/** Whole UTC days can be answered from the daily sums; anything else needs the single events. */
export const isWholeDays = (span: Span): boolean => span.from.getTime() % dayMs === 0 && span.to.getTime() % dayMs === 0;

/** The UTC day as `2026-01-31`; sorts as text. */
export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

const dayMs = 86_400_000;

/** One metered request, checked. */
export interface MeteredRequest {
  requestId: string;
  userId: string;
  tokenId: string;
  model: string;
  source: string;
  promptTokens: number;
  completionTokens: number;
  cachedTokens: number;
  outcome: string;
  at: Date;
}

/** What a day's row grows by. */
export interface DaySum {
  day: string;
  model: string;
  source: string;
  requests: number;
  promptTokens: number;
  completionTokens: number;
  cachedTokens: number;
}

/** The requests summed by UTC day, model and source, sorted, so that two writers lock their rows in one order. */
export function sumByDay(requests: readonly MeteredRequest[]): DaySum[] {
  const sums = new Map<string, DaySum>();
  for (const { at, model, source, promptTokens, completionTokens, cachedTokens } of requests) {
    const day = dayOf(at);
    const key = JSON.stringify([day, model, source]);
    const sum = sums.get(key) ?? { day, model, source, requests: 0, promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
    sum.requests += 1;
    sum.promptTokens += promptTokens;
    sum.completionTokens += completionTokens;
    sum.cachedTokens += cachedTokens;
    sums.set(key, sum);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

/**
 * An event from the bus as a row. Its organisation must be the one of the subject it came on.
 * @throws AppError for what no retry can mend; the bus then keeps it with the dead letters
 */
export function parseUsageEvent(
  event: Omit<MeteredRequest, 'at'> & { orgId: string; at: string },
  orgId: string,
): MeteredRequest {
  const { orgId: claimed, at, ...counts } = event;
  if (claimed !== orgId)
    throw new AppError('invalid_value', 'The usage belongs to another organisation than its subject says.', { param: 'org_id' });
  if (counts.requestId === '') throw new AppError('missing_field', 'The usage has no request id.', { param: 'request_id' });
  for (const name of ['promptTokens', 'completionTokens', 'cachedTokens'] as const) {
    if (!Number.isSafeInteger(counts[name]) || counts[name] > mostTokens)
      throw new AppError('invalid_value', `The usage has an impossible ${name}.`, { param: name });
  }
  const { requestId, userId, tokenId, model, source, promptTokens, completionTokens, cachedTokens, outcome } = counts;
  return {
    requestId,
    userId,
    tokenId,
    model,
    source,
    promptTokens,
    completionTokens,
    cachedTokens,
    outcome,
    at: parseInstant(at, 'at'),
  };
}

// What a 32-bit column holds; no context comes near.
const mostTokens = 2_147_483_647;
