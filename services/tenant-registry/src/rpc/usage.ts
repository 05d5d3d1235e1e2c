import type { Database } from '@sangha/database';
import { Usage } from '@sangha/protos';
import { type Implementation, implement } from '@sangha/rpc';
import type { Db } from '../db.ts';
import { requireManagement } from '../domain/access.ts';
import { isWholeDays, parseSpan } from '../domain/usage.ts';
import { usageOf } from '../repository/usage.ts';

/** Metered use, for an organisation's admins. Whole UTC days come from the daily sums, anything else from the events. */
export function usageRpc({ database }: { database: Database<Db> }): Implementation {
  return implement(Usage, {
    async summarizeUsage(request, { context }) {
      const org = requireManagement(context, 'resource_admin');
      const span = parseSpan(request);
      const rows = await database.withOrg(org, (db) => {
        const usage = usageOf(db, org.orgId);
        return isWholeDays(span) ? usage.sumDays(span) : usage.sumEvents(span);
      });
      return { rows };
    },
  });
}
