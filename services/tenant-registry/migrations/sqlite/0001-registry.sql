-- Organisations and what belongs to them. The same tables as on the other engine, without its second wall: here every
-- statement of the repositories names org_id, and nothing else keeps organisations apart. Times are RFC 3339 text.

create table organisations (
  id text primary key,
  slug text not null unique,
  display_name text not null,
  client_id text not null unique,
  wrapped_key text not null,
  key_version integer not null,
  status text not null check (status in ('active', 'suspended', 'deleted')),
  created_by text not null,
  members_changed_at datetime not null,
  created_at datetime not null,
  updated_at datetime not null
);

create table memberships (
  org_id text not null references organisations (id),
  user_id text not null,
  username text not null,
  email text,
  role text not null check (role in ('resource_user', 'resource_power_user', 'resource_manager', 'resource_admin')),
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, user_id)
);

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
  expires_at datetime,
  last_used_at datetime,
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, id),
  unique (org_id, token_prefix),
  unique (org_id, token_hash)
);
create index api_tokens_of_user on api_tokens (org_id, user_id, id);

-- org_id is an organisation's id, or the word 'platform' for rows that apply to all of them.
create table settings (
  org_id text not null,
  key text not null,
  value text not null,
  updated_by text not null,
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, key)
);

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
  at datetime not null,
  primary key (org_id, request_id)
);
create index usage_events_by_time on usage_events (org_id, at);

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

create table audit_events (
  org_id text not null,
  id text not null,
  at datetime not null,
  actor_kind text not null,
  actor text not null,
  action text not null,
  resource text not null,
  details text not null,
  primary key (org_id, id)
);
create trigger audit_events_stay before update on audit_events begin select raise(abort, 'audit events are append-only'); end;
create trigger audit_events_remain before delete on audit_events begin select raise(abort, 'audit events are append-only'); end;
