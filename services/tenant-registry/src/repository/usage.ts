import type { OrgId } from '@sangha/identity';
import type { Db } from '../db.ts';
import { dayOf, type Span } from '../domain/usage.ts';

export type UsageRow = Awaited<ReturnType<Db['usageEvent']['findUniqueOrThrow']>>;

export interface UsageSum {
  model: string;
  source: string;
  requests: number;
  promptTokens: number;
  completionTokens: number;
}

/** Metered use of one organisation. */
export function usageOf(db: Db, orgId: OrgId) {
  return {
    /** Stores the event and adds it to its day. Answers false, changing nothing, when its request was counted before. */
    async add(event: Omit<UsageRow, 'orgId'>): Promise<boolean> {
      const known = await db.usageEvent.findUnique({
        where: { orgId_requestId: { orgId, requestId: event.requestId } },
        select: { requestId: true },
      });
      if (known !== null) return false;
      await db.usageEvent.create({ data: { ...event, orgId } });
      const { model, source, promptTokens, completionTokens, cachedTokens } = event;
      const key = { orgId, day: dayOf(event.at), model, source };
      await db.usageDaily.upsert({
        where: { orgId_day_model_source: key },
        create: { ...key, requests: 1, promptTokens, completionTokens, cachedTokens },
        update: {
          requests: { increment: 1 },
          promptTokens: { increment: promptTokens },
          completionTokens: { increment: completionTokens },
          cachedTokens: { increment: cachedTokens },
        },
      });
      return true;
    },
    async sumDays({ from, to }: Span): Promise<UsageSum[]> {
      const sums = await db.usageDaily.groupBy({
        by: ['model', 'source'],
        where: { orgId, day: { gte: dayOf(from), lt: dayOf(to) } },
        _sum: { requests: true, promptTokens: true, completionTokens: true },
        orderBy: [{ model: 'asc' }, { source: 'asc' }],
      });
      return sums.map(({ model, source, _sum: sum }) => ({
        model,
        source,
        requests: Number(sum.requests),
        promptTokens: Number(sum.promptTokens),
        completionTokens: Number(sum.completionTokens),
      }));
    },
    async sumEvents({ from, to }: Span): Promise<UsageSum[]> {
      const sums = await db.usageEvent.groupBy({
        by: ['model', 'source'],
        where: { orgId, at: { gte: from, lt: to } },
        _count: true,
        _sum: { promptTokens: true, completionTokens: true },
        orderBy: [{ model: 'asc' }, { source: 'asc' }],
      });
      return sums.map(({ model, source, _count: requests, _sum: sum }) => ({
        model,
        source,
        requests,
        promptTokens: sum.promptTokens ?? 0,
        completionTokens: sum.completionTokens ?? 0,
      }));
    },
  };
}
