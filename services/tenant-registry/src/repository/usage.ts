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
      const added = new Set((await insertNew(db, orgId, requests)).map(({ request_id: id }) => id));
      // Of two tellings in the same batch the first counts.
      const left = new Set(added);
      const fresh = requests.filter(({ requestId }) => left.delete(requestId));
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
      return added;
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

const columns =
  'org_id, request_id, user_id, token_id, model, source, prompt_tokens, completion_tokens, cached_tokens, outcome, at';
const columnCount = columns.split(',').length;

/**
 * One statement for the whole batch, the same text on both engines: Prisma's own createMany cost more than the requests it counted.
 * Every value is bound; the text depends on the number of rows alone.
 */
function insertNew(db: Db, orgId: OrgId, requests: readonly MeteredRequest[]): Promise<{ request_id: string }[]> {
  const commas = Array<string>(columnCount - 1).fill(', ');
  const parts = [
    ...requests.flatMap((_, index) => [index === 0 ? `insert into usage_events (${columns}) values (` : '), (', ...commas]),
    ') on conflict do nothing returning request_id',
  ];
  const values = requests.flatMap((each) => [
    orgId,
    each.requestId,
    each.userId,
    each.tokenId,
    each.model,
    each.source,
    each.promptTokens,
    each.completionTokens,
    each.cachedTokens,
    each.outcome,
    each.at,
  ]);
  return db.$queryRaw(Object.assign(parts, { raw: parts }), ...values);
}
