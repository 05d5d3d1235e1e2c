import type { OrgId } from '@sangha/identity';
import type { Db } from '../db.ts';
import { dayOf, type MeteredRequest, type Span, sumByDay } from '../domain/usage.ts';

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
    /** Stores the requests that were not counted before and adds them to their days. Answers the ids of those. */
    async addAll(requests: readonly MeteredRequest[]): Promise<Set<string>> {
      const known = await db.usageEvent.findMany({
        where: { orgId, requestId: { in: requests.map(({ requestId }) => requestId) } },
        select: { requestId: true },
      });
      const seen = new Set(known.map(({ requestId }) => requestId));
      const fresh = requests.filter(({ requestId }) => !seen.has(requestId) && seen.add(requestId));
      if (fresh.length === 0) return new Set();
      await db.usageEvent.createMany({ data: fresh.map((request) => ({ ...request, orgId })) });
      for (const { day, model, source, ...sums } of sumByDay(fresh)) {
        const key = { orgId, day, model, source };
        await db.usageDaily.upsert({
          where: { orgId_day_model_source: key },
          create: { ...key, ...sums },
          update: {
            requests: { increment: sums.requests },
            promptTokens: { increment: sums.promptTokens },
            completionTokens: { increment: sums.completionTokens },
            cachedTokens: { increment: sums.cachedTokens },
          },
        });
      }
      return new Set(fresh.map(({ requestId }) => requestId));
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
