import type { Pool } from 'pg';

export interface IsolationOptions {
  schema: string;
  /** Names of unique keys that rightly don't start with org_id. */
  keysWithoutOrg: readonly string[];
}

interface Check {
  /** Rows of one column, each a sentence without its full stop. Continues the query that defines `given`. */
  sql: string;
  /** Roles that it applies to. */
  of: readonly ('app' | 'platform')[];
}

const given = 'with given (schema, namespace, allowed_keys) as (select $1::text, to_regnamespace($1)::oid, $2::text[])';
const both = ['app', 'platform'] as const;

/** Every way around the wall that we know, one query each, run as the role itself. */
const checks: readonly Check[] = [
  {
    of: both,
    sql: `select 'the role ' || current_user || ' ' || problem
          from pg_roles, lateral (values
            (rolsuper, 'is a superuser, for whom no policy runs'),
            (rolbypassrls, 'has BYPASSRLS'),
            (rolcreaterole, 'has CREATEROLE and can make itself a member of other roles')) as flags (set, problem)
          where rolname = current_user and set`,
  },
  {
    // Policies and ownership reach through membership, also without SET ROLE.
    of: both,
    sql: `, strong as (
            select oid from pg_roles, given
            where rolsuper or rolbypassrls or rolname in (schema || '_owner', schema || '_app', schema || '_platform', schema || '_lookup')
            union select nspowner from pg_namespace, given where nspname = schema
            union select relowner from pg_class, given where relnamespace = namespace
            union select unnest(polroles) from given, pg_policy join pg_class c on c.oid = polrelid where relnamespace = namespace)
          select 'the role ' || current_user || ' is a member of ' || role.rolname
          from pg_roles role join strong using (oid), pg_roles me
          where me.rolname = current_user and role.oid <> me.oid and not me.rolsuper and pg_has_role(me.oid, role.oid, 'member')`,
  },
  {
    of: both,
    sql: `select 'the schema ' || schema || ' does not exist' from given where namespace is null
          union all
          select 'the role ' || current_user || ' ' || problem
          from given, pg_namespace, lateral (values
            (nspname = schema and pg_get_userbyid(nspowner) = current_user, 'owns the schema ' || nspname),
            (nspname = schema and has_schema_privilege(oid, 'create'), 'may create things in the schema ' || nspname),
            (nspname not in (schema, 'public', 'information_schema') and nspname not like 'pg\\_%' and has_schema_privilege(oid, 'usage'),
              'can use the schema ' || nspname || ', which is not its own')) as flags (set, problem)
          where set`,
  },
  {
    of: both,
    sql: `select 'the role ' || current_user || ' ' || problem
          from given, pg_class, lateral (values
            (pg_get_userbyid(relowner) = current_user, 'owns ' || relname),
            (relkind in ('r', 'p') and has_table_privilege(oid, 'truncate'), 'may TRUNCATE ' || relname || ', which ignores policies')) as flags (set, problem)
          where relnamespace = namespace and relkind in ('r', 'p', 'v', 'm', 'S') and set`,
  },
  {
    of: both,
    sql: `select 'the table ' || relname || ' has org_id but ' || problem
          from given, pg_class c, lateral (values
            (not relrowsecurity, 'row-level security is not enabled'),
            (not relforcerowsecurity, 'row-level security is not forced, so its owner sees everything'),
            (not exists (select from pg_policy where polrelid = c.oid), 'no policy')) as flags (set, problem)
          where relnamespace = namespace and relkind in ('r', 'p') and set
            and exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id' and not attisdropped)`,
  },
  {
    of: ['app'],
    sql: `select 'the policy ' || polname || ' of ' || relname || ' lets ' || current_user || ' in without comparing app.org_id'
          from given, pg_policy join pg_class c on c.oid = polrelid
          where relnamespace = namespace and polpermissive
            and exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id' and not attisdropped)
            and exists (select from unnest(polroles) as role where role = 0 or pg_get_userbyid(role) = current_user)
            and (coalesce(pg_get_expr(polqual, polrelid), 'app.org_id') not like '%app.org_id%'
              or coalesce(pg_get_expr(polwithcheck, polrelid), 'app.org_id') not like '%app.org_id%')`,
  },
  {
    // A key without org_id in front lets one organisation learn that another one's row exists.
    of: ['app'],
    sql: `, org_tables as (
            select c.oid, relname, attnum from given, pg_class c join pg_attribute on attrelid = c.oid and attname = 'org_id' and not attisdropped
            where relnamespace = namespace and relkind in ('r', 'p'))
          select 'the unique key ' || key.relname || ' of ' || t.relname || ' does not start with org_id'
          from given, org_tables t join pg_index on indrelid = t.oid join pg_class key on key.oid = indexrelid
          where indisunique and indkey[0] <> t.attnum and key.relname <> all (allowed_keys)
          union all
          select 'the foreign key ' || conname || ' of ' || t.relname || ' does not start with org_id'
          from given, org_tables t join pg_constraint on conrelid = t.oid
          where contype = 'f' and conkey[1] <> t.attnum and conname <> all (allowed_keys)`,
  },
  {
    of: both,
    sql: `select problem
          from given, pg_class, lateral (values
            (relkind = 'v' and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false),
              'the view ' || relname || ' runs as its owner; make it with (security_invoker = true)'),
            (relkind = 'm', 'the materialized view ' || relname || ' is readable, and policies don''t reach it')) as flags (set, problem)
          where relnamespace = namespace and set and has_table_privilege(oid, 'select')`,
  },
  {
    of: both,
    sql: `select 'the SECURITY DEFINER function ' || proname || ' ' || problem
          from given, pg_proc p join pg_roles owner on owner.oid = proowner, lateral (values
            (not exists (select from unnest(proconfig) as setting where setting like 'search_path=%'), 'does not pin its search_path'),
            (owner.rolsuper or owner.rolbypassrls, 'belongs to ' || owner.rolname || ', for whom no policy runs')) as flags (set, problem)
          where pronamespace = namespace and prosecdef and set and has_function_privilege(p.oid, 'execute')`,
  },
  {
    of: both,
    sql: `select 'the session time zone is ' || current_setting('TimeZone') || ', not UTC; remove "options" from the database URL'
          where current_setting('TimeZone') <> 'UTC'`,
  },
];

/** Everything that would let the given role see or change rows of another organisation, as sentences without a full stop. */
async function isolationProblems(
  pool: Pool,
  role: 'app' | 'platform',
  { schema, keysWithoutOrg }: IsolationOptions,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { of, sql } of checks) {
    if (!of.includes(role)) continue;
    const { rows } = await pool.query<string[]>({ text: `${given} ${sql}`, values: [schema, keysWithoutOrg], rowMode: 'array' });
    problems.push(...rows.flat());
  }
  return problems;
}

/** Refuses roles and tables that row-level security would not hold for, with all problems in one message. */
export async function assertIsolation(app: Pool, platform: Pool | undefined, options: IsolationOptions): Promise<void> {
  const problems = await isolationProblems(app, 'app', options);
  if (platform !== undefined) {
    problems.push(...(await isolationProblems(platform, 'platform', options)));
    if ((await roleOf(app)) === (await roleOf(platform)))
      problems.push(`withOrg and asPlatform use the same role ${await roleOf(app)}`);
  }
  if (problems.length > 0)
    throw new Error(
      `The database does not keep organisations apart:\n${[...new Set(problems)].map((problem) => `  - ${problem}`).join('\n')}`,
    );
}

async function roleOf(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ role: string }>('select current_user as role');
  return rows[0]?.role;
}
