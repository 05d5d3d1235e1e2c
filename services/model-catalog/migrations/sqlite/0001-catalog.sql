-- What an organisation can call. The same tables as on the other engine, without its second wall: here every statement of
-- the repositories names org_id, and nothing else keeps organisations apart. Times are RFC 3339 text.

create table user_aliases (
  org_id text not null,
  id text not null,
  user_id text not null,
  visibility text not null check (visibility in ('private', 'org')),
  alias text not null,
  repo text not null,
  filename text not null,
  snapshot text not null,
  request_params text not null,
  context_params text not null,
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, id)
);
create unique index user_aliases_org_id_user_id_alias_key on user_aliases (org_id, user_id, alias) where visibility = 'private';
create unique index user_aliases_org_id_alias_key on user_aliases (org_id, alias) where visibility = 'org';

create table api_model_aliases (
  org_id text not null,
  id text not null,
  user_id text not null,
  visibility text not null check (visibility in ('private', 'org')),
  name text not null,
  api_format text not null,
  base_url text not null,
  models text not null,
  prefix text not null,
  forward_all_with_prefix boolean not null,
  encrypted_api_key text,
  extra_headers text not null,
  extra_body text not null,
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, id)
);
create unique index api_model_aliases_org_id_prefix_key on api_model_aliases (org_id, prefix) where prefix <> '';

create table model_metadata (
  org_id text not null,
  id text not null,
  source text not null check (source in ('hub', 'local')),
  repo text not null,
  filename text not null,
  snapshot text not null,
  name text not null,
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
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, id),
  unique (org_id, source, repo, filename, snapshot)
);
create index model_metadata_by_name on model_metadata (org_id, name);
