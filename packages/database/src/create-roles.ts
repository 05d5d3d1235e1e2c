import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface RolePasswords {
  owner: string;
  app: string;
  platform: string;
}

export interface RoleUrls {
  /** For migrations only. */
  ownerUrl: string;
  /** For `openPostgres({ url })`. */
  url: string;
  /** For `openPostgres({ platformUrl })`. */
  platformUrl: string;
}

const loginRoles = ['owner', 'app', 'platform'] as const;
// Roles belong to the whole server: two starters in different databases meet here, and no advisory lock spans databases.
const lostRace = ['XX000', '23505', '42710'];

/**
 * Makes an owner's schema and its roles (`<schema>_owner`, `_app`, `_platform`, and `_lookup` without login), or brings
 * their passwords and attributes up to date. Safe to repeat and to run at once. The admin may be a superuser or a role with CREATEROLE that owns the database.
 */
export async function createRoles(adminUrl: string, schema: string, passwords: RolePasswords): Promise<RoleUrls> {
  if (!/^[a-z][a-z_]{0,40}$/.test(schema)) throw new Error(`"${schema}" can't be a schema: use small letters and underscores.`);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const role of loginRoles)
      await createRole(client, `${schema}_${role}`, `login password ${pg.escapeLiteral(passwords[role])}`);
    await createRole(client, `${schema}_lookup`, 'nologin');
    await insist(() => client.query(schemaSql(schema)));
  } finally {
    await client.end();
  }
  return roleUrls(adminUrl, schema, passwords);
}

/** The database's URL as each of the schema's roles. */
export function roleUrls(adminUrl: string, schema: string, passwords: RolePasswords): RoleUrls {
  const urlOf = (role: (typeof loginRoles)[number]) => {
    const url = new URL(adminUrl);
    url.username = `${schema}_${role}`;
    url.password = encodeURIComponent(passwords[role]);
    return url.href;
  };
  return { ownerUrl: urlOf('owner'), url: urlOf('app'), platformUrl: urlOf('platform') };
}

async function createRole(client: pg.Client, role: string, attributes: string) {
  await insist(async () => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
    // A role without CREATEROLE or superuser attributes is the default; naming those needs a superuser.
    await client.query(`${rowCount === 0 ? 'create' : 'alter'} role ${role} ${attributes}`);
  });
}

/** The lookup role owns definer functions, for which Postgres wants CREATE on the schema; it can't log in. */
const schemaSql = (schema: string) => `
  do $$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then grant ${schema}_owner to current_user; end if;
    execute format('revoke create, temporary on database %I from public', current_database());
  end $$;
  revoke create on schema public from public;
  create schema if not exists ${schema} authorization ${schema}_owner;
  grant usage on schema ${schema} to ${schema}_app, ${schema}_platform;
  grant usage, create on schema ${schema} to ${schema}_lookup;
  grant ${schema}_lookup to ${schema}_owner;`;

async function insist(work: () => Promise<unknown>) {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 10 || !lostRace.includes((error as { code?: string }).code ?? '')) throw error;
      await delay(20 * attempt * Math.random());
    }
  }
}
