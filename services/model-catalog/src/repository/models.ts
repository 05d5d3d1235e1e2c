import type { OrgContext } from '@sangha/identity';
import type { Db } from '../db.ts';
import type { ModelQuery } from '../domain/model-list.ts';

export interface ListedModel {
  type: 'local_file' | 'model_alias' | 'api_model';
  id: string;
}

/**
 * One page of everything that a user can see, and how much there is in all. The three tables are filtered and sorted as
 * one list by the database; what the page holds is read afterwards, by id. Casts tell Postgres the types of bound values.
 */
export async function pageOfModels(
  db: Db,
  { orgId, userId }: Pick<OrgContext, 'orgId' | 'userId'>,
  query: ModelQuery,
): Promise<{ rows: ListedModel[]; total: number }> {
  const { type, apiFormat, capability, sort, descending, page } = query;
  const order = `${sort} ${descending ? 'desc' : 'asc'}`;
  const search = `%${query.search.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const wanted = capability === '' ? '%' : `%"${capability}"%`;
  const [min, max] = [query.sizeMin ?? -1, query.sizeMax ?? Number.MAX_SAFE_INTEGER];
  const bySize = query.sizeMin !== undefined || query.sizeMax !== undefined ? 1 : 0;

  const rows = await db.$queryRaw<(ListedModel & { total: number | bigint })[]>`
    with visible as (
      select 'local_file' as type, id, name, size_bytes as size, created_at, updated_at, '' as api_format, capabilities, repo
      from model_metadata
      where org_id = ${orgId}
      union all
      select 'model_alias', a.id, a.alias, coalesce(f.size_bytes, 0), a.created_at, a.updated_at, '', coalesce(f.capabilities, '[]'), a.repo
      from user_aliases a
      left join model_metadata f on f.org_id = a.org_id and f.id = (
        select m.id from model_metadata m
        where m.org_id = a.org_id and m.repo = a.repo and m.filename = a.filename and (a.snapshot = '' or m.snapshot = a.snapshot)
        order by m.created_at desc, m.id desc limit 1)
      where a.org_id = ${orgId} and (a.user_id = ${userId} or a.visibility = 'org')
      union all
      select 'api_model', id, name, 0, created_at, updated_at, api_format, '[]', prefix
      from api_model_aliases
      where org_id = ${orgId} and (user_id = ${userId} or visibility = 'org')
    )
    select type, id, count(*) over () as total
    from visible
    where (cast(${type} as text) = '' or type = cast(${type} as text))
      and (cast(${apiFormat} as text) = '' or api_format = cast(${apiFormat} as text))
      and capabilities like cast(${wanted} as text)
      and (cast(${bySize} as integer) = 0 or (type <> 'api_model' and size between cast(${min} as bigint) and cast(${max} as bigint)))
      and (lower(name) like cast(${search} as text) escape '\\' or lower(repo) like cast(${search} as text) escape '\\')
    order by
      case when ${order} = 'name asc' then name end asc,
      case when ${order} = 'name desc' then name end desc,
      case when ${order} = 'size asc' then size end asc,
      case when ${order} = 'size desc' then size end desc,
      case when ${order} = 'created_at asc' then created_at end asc,
      case when ${order} = 'created_at desc' then created_at end desc,
      case when ${order} = 'updated_at asc' then updated_at end asc,
      case when ${order} = 'updated_at desc' then updated_at end desc,
      id asc
    limit cast(${page.pageSize} as bigint) offset cast(${(page.page - 1) * page.pageSize} as bigint)`;

  // A page beyond the end has no row to carry the total.
  if (rows.length === 0 && page.page > 1)
    return { rows: [], total: (await pageOfModels(db, { orgId, userId }, { ...query, page: { page: 1, pageSize: 1 } })).total };
  return { rows: rows.map(({ type, id }) => ({ type, id })), total: Number(rows[0]?.total ?? 0) };
}
