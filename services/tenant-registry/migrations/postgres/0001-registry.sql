-- Organisations and what belongs to them. registry_app sees one organisation at a time (app.org_id of its transaction),
-- registry_platform what the operator's work needs, registry_lookup owns the functions that ask before the organisation is known.

create table organisations (
  id text primary key,
  slug text not null unique,
  display_name text not null,
  client_id text not null unique,
  wrapped_key text not null,
  key_version integer not null,
  status text not null check (status in ('active', 'suspended', 'deleted')),
  created_by text not null,
  members_changed_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
alter table organisations enable row level security;
alter table organisations force row level security;
create policy own on organisations to registry_app
  using (id = (select nullif(current_setting('app.org_id', true), '')))
  with check (id = (select nullif(current_setting('app.org_id', true), '')));
create policy platform on organisations to registry_platform using (true) with check (true);
create policy lookup on organisations for select to registry_lookup using (true);
grant select, update (members_changed_at) on organisations to registry_app;
grant select, insert, update on organisations to registry_platform;
grant select on organisations to registry_lookup;

create table memberships (
  org_id text not null references organisations (id),
  user_id text not null,
  username text not null,
  email text,
  role text not null check (role in ('resource_user', 'resource_power_user', 'resource_manager', 'resource_admin')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (org_id, user_id)
);
alter table memberships enable row level security;
alter table memberships force row level security;
create policy org on memberships to registry_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
-- The operator makes an organisation's first admin and sees no members afterwards.
create policy platform on memberships for insert to registry_platform with check (true);
create policy lookup on memberships for select to registry_lookup using (true);
grant select, insert, update, delete on memberships to registry_app;
grant insert on memberships to registry_platform;
grant select on memberships to registry_lookup;

create table api_tokens (
  org_id text not null references organisations (id),
  id text not null,
  user_id text not null,
  name text not null,
  token_prefix text not null,
  token_hash text not null,
  scope text not null check (scope in ('scope_token_user', 'scope_token_power_user')),
  status text not null check (status in ('active', 'inactive')),
  grants text not null,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (org_id, id),
  unique (org_id, token_prefix),
  unique (org_id, token_hash)
);
create index api_tokens_of_user on api_tokens (org_id, user_id, id);
alter table api_tokens enable row level security;
alter table api_tokens force row level security;
create policy org on api_tokens to registry_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
create policy lookup on api_tokens for select to registry_lookup using (true);
grant select, insert, update, delete on api_tokens to registry_app;
grant select on api_tokens to registry_lookup;

-- org_id is an organisation's id, or the word 'platform' for rows that apply to all of them: everyone reads those, the operator writes them.
create table settings (
  org_id text not null,
  key text not null,
  value text not null,
  updated_by text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (org_id, key)
);
alter table settings enable row level security;
alter table settings force row level security;
create policy read on settings for select to registry_app
  using (org_id in ((select nullif(current_setting('app.org_id', true), '')), 'platform'));
create policy add on settings for insert to registry_app with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
create policy change on settings for update to registry_app using (org_id = (select nullif(current_setting('app.org_id', true), ''))) with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
create policy remove on settings for delete to registry_app using (org_id = (select nullif(current_setting('app.org_id', true), '')));
create policy platform on settings to registry_platform using (org_id = 'platform') with check (org_id = 'platform');
grant select, insert, update, delete on settings to registry_app;
grant select, insert, update, delete on settings to registry_platform;

create table usage_events (
  org_id text not null,
  request_id text not null,
  user_id text not null,
  token_id text not null,
  model text not null,
  source text not null,
  prompt_tokens integer not null,
  completion_tokens integer not null,
  cached_tokens integer not null,
  outcome text not null,
  at timestamptz(3) not null,
  primary key (org_id, request_id)
);
create index usage_events_by_time on usage_events (org_id, at);
alter table usage_events enable row level security;
alter table usage_events force row level security;
create policy org on usage_events to registry_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
grant select, insert on usage_events to registry_app;

-- One row per UTC day, model and source; written in the transaction that stores the event.
create table usage_daily (
  org_id text not null,
  day text not null,
  model text not null,
  source text not null,
  requests bigint not null,
  prompt_tokens bigint not null,
  completion_tokens bigint not null,
  cached_tokens bigint not null,
  primary key (org_id, day, model, source)
);
alter table usage_daily enable row level security;
alter table usage_daily force row level security;
create policy org on usage_daily to registry_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
grant select, insert, update on usage_daily to registry_app;

-- Append only: nobody is granted more than reading and adding. org_id as in settings.
create table audit_events (
  org_id text not null,
  id text not null,
  at timestamptz(3) not null,
  actor_kind text not null,
  actor text not null,
  action text not null,
  resource text not null,
  details text not null,
  primary key (org_id, id)
);
alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy org on audit_events to registry_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
create policy platform on audit_events for insert to registry_platform with check (true);
grant select, insert on audit_events to registry_app;
grant insert on audit_events to registry_platform;

-- An organisation by exactly one of its names; the others are null.
create function find_organisation(p_id text, p_slug text, p_client_id text)
  returns table (id text, slug text, display_name text, client_id text, status text, created_ms bigint, updated_ms bigint)
  language sql stable security definer set search_path = registry, pg_temp
  as $$
    select o.id, o.slug, o.display_name, o.client_id, o.status,
           (extract(epoch from o.created_at) * 1000)::bigint, (extract(epoch from o.updated_at) * 1000)::bigint
    from organisations o
    where o.status <> 'deleted' and (o.id = p_id or o.slug = p_slug or o.client_id = p_client_id)
  $$;
revoke all on function find_organisation(text, text, text) from public;
grant execute on function find_organisation(text, text, text) to registry_app;
alter function find_organisation(text, text, text) owner to registry_lookup;

-- The one named "default" first; two rows are enough to tell whether there is only one.
create function find_only_organisation()
  returns table (id text, slug text, display_name text, client_id text, status text, created_ms bigint, updated_ms bigint)
  language sql stable security definer set search_path = registry, pg_temp
  as $$
    select o.id, o.slug, o.display_name, o.client_id, o.status,
           (extract(epoch from o.created_at) * 1000)::bigint, (extract(epoch from o.updated_at) * 1000)::bigint
    from organisations o
    where o.status <> 'deleted'
    order by (o.slug = 'default') desc
    limit 2
  $$;
revoke all on function find_only_organisation() from public;
grant execute on function find_only_organisation() to registry_app;
alter function find_only_organisation() owner to registry_lookup;

-- A token with its owner's role now. No row when the token, its organisation or its owner's membership is gone.
create function find_token(p_hash text, p_client_id text)
  returns table (token_id text, org_id text, org_slug text, org_status text, user_id text, username text, role text, scope text,
                 status text, grants text, name text, expires_ms bigint, used_ms bigint)
  language sql stable security definer set search_path = registry, pg_temp
  as $$
    select t.id, t.org_id, o.slug, o.status, t.user_id, m.username, m.role, t.scope,
           t.status, t.grants, t.name, (extract(epoch from t.expires_at) * 1000)::bigint, (extract(epoch from t.last_used_at) * 1000)::bigint
    from organisations o
    join api_tokens t on t.org_id = o.id and t.token_hash = p_hash
    join memberships m on m.org_id = t.org_id and m.user_id = t.user_id
    where o.client_id = p_client_id and o.status <> 'deleted'
  $$;
revoke all on function find_token(text, text) from public;
grant execute on function find_token(text, text) to registry_app;
alter function find_token(text, text) owner to registry_lookup;
