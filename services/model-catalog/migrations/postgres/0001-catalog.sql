-- What an organisation can call. catalog_app sees one organisation at a time (app.org_id of its transaction);
-- no job crosses organisations, so catalog_platform is granted nothing.
-- Names that lists are sorted by compare bytes (collate "C"), so that both engines sort alike.

create table user_aliases (
  org_id text not null,
  id text not null,
  user_id text not null,
  visibility text not null check (visibility in ('private', 'org')),
  alias text collate "C" not null,
  repo text not null,
  filename text not null,
  snapshot text not null,
  request_params text not null,
  context_params text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (org_id, id)
);
create unique index user_aliases_org_id_user_id_alias_key on user_aliases (org_id, user_id, alias) where visibility = 'private';
create unique index user_aliases_org_id_alias_key on user_aliases (org_id, alias) where visibility = 'org';
alter table user_aliases enable row level security;
alter table user_aliases force row level security;
create policy org on user_aliases to catalog_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
grant select, insert, update, delete on user_aliases to catalog_app;

create table api_model_aliases (
  org_id text not null,
  id text not null,
  user_id text not null,
  visibility text not null check (visibility in ('private', 'org')),
  name text collate "C" not null,
  api_format text not null,
  base_url text not null,
  models text not null,
  prefix text not null,
  forward_all_with_prefix boolean not null,
  encrypted_api_key text,
  extra_headers text not null,
  extra_body text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (org_id, id)
);
create unique index api_model_aliases_org_id_prefix_key on api_model_aliases (org_id, prefix) where prefix <> '';
alter table api_model_aliases enable row level security;
alter table api_model_aliases force row level security;
create policy org on api_model_aliases to catalog_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
grant select, insert, update, delete on api_model_aliases to catalog_app;

create table model_metadata (
  org_id text not null,
  id text not null,
  source text not null check (source in ('hub', 'local')),
  repo text not null,
  filename text not null,
  snapshot text not null,
  name text collate "C" not null,
  sha256 text not null,
  size_bytes bigint not null,
  architecture text not null,
  parameters bigint not null,
  quantization text not null,
  context_length integer not null,
  chat_template text not null,
  chat_template_source text not null check (chat_template_source in ('file', 'family', 'none')),
  capabilities text not null,
  license text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (org_id, id),
  unique (org_id, source, repo, filename, snapshot)
);
create index model_metadata_by_name on model_metadata (org_id, name);
alter table model_metadata enable row level security;
alter table model_metadata force row level security;
create policy org on model_metadata to catalog_app
  using (org_id = (select nullif(current_setting('app.org_id', true), '')))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')));
grant select, insert, update, delete on model_metadata to catalog_app;
