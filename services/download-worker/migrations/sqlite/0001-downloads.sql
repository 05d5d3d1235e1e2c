-- Model files on their way, and who holds which.

create table download_requests (
  org_id text not null,
  id text not null,
  user_id text not null,
  repo text not null,
  filename text not null,
  revision text not null,
  snapshot text not null,                       -- the commit that the revision meant when it was asked
  status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled', 'archived')),
  error_code text not null default '',
  error_message text not null default '',
  total_bytes bigint,
  downloaded_bytes bigint not null default 0,   -- on the disk, fsynced; never ahead of the part file
  etag text not null default '',                -- of the answer that the bytes so far came from
  sha256 text not null default '',              -- what the hub says; after completion what was checked
  attempt integer not null,                     -- of the message: every re-publication has a new one
  fence bigint not null default 0,              -- grows with every change of owner; a writer with an older one has lost
  lease_owner text,
  lease_until datetime,
  retry_at datetime,                      -- queued, but not before
  waits integer not null default 0,             -- times put back to wait for a hub, since the last byte gained
  refetches integer not null default 0,
  stalls integer not null default 0,            -- leases lost in a row without a byte gained
  leased_bytes bigint not null default 0,       -- downloaded_bytes when the lease began
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, id)
);
-- One active job per file.
create unique index download_requests_org_id_repo_filename_revision_key on download_requests (org_id, repo, filename, revision)
  where status in ('queued', 'running');
create index download_requests_by_status on download_requests (org_id, status, created_at);
create index download_requests_active on download_requests (status, org_id) where status in ('queued', 'running');

-- One row per organisation: its lock while a job of it is chosen, and when it was served last.
create table download_lanes (
  org_id text not null primary key,
  served_at datetime not null
);

-- Facts about content; they belong to no organisation. That one of them is here says nothing about who holds it.
create table blobs (
  sha256 text primary key,
  size_bytes bigint not null,
  created_at datetime not null,
  updated_at datetime not null
);

create table org_blobs (
  org_id text not null,
  repo text not null,
  filename text not null,
  snapshot text not null,
  source text not null check (source in ('hub', 'local')),
  sha256 text not null,
  created_at datetime not null,
  updated_at datetime not null,
  primary key (org_id, repo, filename, snapshot)
);

-- Events of the transactions above, on their way to the bus.
create table outbox (
  org_id text not null,
  id text not null,
  subject text not null,
  message_id text not null,
  payload blob not null,
  primary key (org_id, id)
);
create index outbox_in_order on outbox (id);
