import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OrgId } from '@sangha/identity';
import SqliteConnection from 'better-sqlite3';
import { longestRestMs } from './backoff.ts';
import type { DeadLetter, DurableSubject, Message } from './messaging.ts';

const hour = 3_600_000;
/** A message id is recognised for this long. */
const duplicateWindowMs = 24 * hour;
/** Delivered messages stay a little, for a person who looks. */
const deliveredMs = hour;
/** Messages of a subject that no durable has asked for. */
const unclaimedMs = 24 * hour;
/** A durable whose consumers stayed away this long is gone: it must not hold back the pruning for ever. */
const forgottenMs = 7 * 24 * hour;
const deadLetterMs = 30 * 24 * hour;
const pruneBatch = 1000;

// position: how far a durable has taken messages of a subject. delivery: what it has taken and not finished; `due_at` is the
// end of the lease while a handler works (leased = 1), else the time of the next try. autoincrement: a number is never used
// again after pruning, or a position would hide the new message.
const schema = `
  create table message (
    seq        integer primary key autoincrement,
    subject    text not null,
    org_id     text not null,
    message_id text not null,
    payload    blob not null,
    at         integer not null
  ) strict;
  create index message_subject on message (subject, seq);
  create index message_at on message (at);
  create table seen (
    subject    text not null,
    org_id     text not null,
    message_id text not null,
    at         integer not null,
    primary key (subject, org_id, message_id)
  ) strict, without rowid;
  create index seen_at on seen (at);
  create table position (
    durable text not null,
    subject text not null,
    seq     integer not null,
    seen_at integer not null,
    primary key (durable, subject)
  ) strict, without rowid;
  create table delivery (
    durable text not null,
    seq     integer not null references message (seq),
    subject text not null,
    attempt integer not null,
    due_at  integer not null,
    leased  integer not null,
    primary key (durable, seq)
  ) strict, without rowid;
  create index delivery_due on delivery (durable, subject, due_at);
  create index delivery_seq on delivery (seq);
  create table dead_letter (
    durable  text not null,
    seq      integer not null references message (seq),
    attempts integer not null,
    reason   text not null,
    at       integer not null,
    primary key (durable, seq)
  ) strict, without rowid;
  create index dead_letter_seq on dead_letter (seq);
  pragma user_version = 1;
`;
const schemaVersion = 1;

export interface Taken {
  seq: number;
  attempt: number;
  message: Message;
}
export interface TakeRequest {
  durable: string;
  subjects: readonly DurableSubject[];
  limit: number;
  now: number;
  ackWaitMs: number;
  maxAttempts: number;
}
interface Row {
  seq: number;
  attempt: number;
  subject: DurableSubject;
  org_id: OrgId;
  message_id: string;
  payload: Buffer;
}
interface DeadRow {
  durable: string;
  attempts: number;
  reason: string;
  at: number;
}
export type SqliteStore = ReturnType<typeof openSqliteStore>;

/** The statements of the queue. One process at a time opens the file: leases that an earlier one left behind end at once. */
export function openSqliteStore(file: string, now: number) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  // What is published survives a power cut. A lease or an end that is lost costs a second delivery, which is promised anyway:
  // not worth a sync each. In WAL mode neither is lost when the process is killed.
  const publishing = connect(file, 'full');
  const working = connect(file, 'normal');
  try {
    prepareSchema(publishing);
  } catch (error) {
    working.close();
    publishing.close();
    throw error;
  }

  const see = publishing.prepare('insert or ignore into seen (subject, org_id, message_id, at) values (?, ?, ?, ?)');
  const insert = publishing.prepare('insert into message (subject, org_id, message_id, payload, at) values (?, ?, ?, ?, ?)');
  const addPosition = working.prepare(
    'insert into position (durable, subject, seq, seen_at) values (?, ?, 0, ?) on conflict do update set seen_at = excluded.seen_at',
  );
  const due = working.prepare<unknown[], Row>(
    `select seq, d.attempt, m.subject, org_id, message_id, payload from delivery d join message m using (seq)
     where d.durable = ? and d.subject = ? and d.due_at <= ? order by d.due_at limit ?`,
  );
  const fresh = working.prepare<unknown[], Row>(
    `select m.seq, 0 as attempt, m.subject, org_id, message_id, payload from position p
     join message m on m.subject = p.subject and m.seq > p.seq
     where p.durable = ? and p.subject = ? order by m.seq limit ?`,
  );
  const advance = working.prepare('update position set seq = ? where durable = ? and subject = ?');
  const lease = working.prepare(
    `insert into delivery (durable, seq, subject, attempt, due_at, leased) values (?, ?, ?, ?, ?, 1)
     on conflict do update set attempt = excluded.attempt, due_at = excluded.due_at, leased = 1`,
  );
  const extend = working.prepare('update delivery set due_at = ? where durable = ? and seq = ? and attempt = ?');
  const rest = working.prepare(
    'update delivery set attempt = ?, due_at = ?, leased = 0 where durable = ? and seq = ? and attempt = ? and leased = 1',
  );
  const remove = working.prepare('delete from delivery where durable = ? and seq = ?');
  const nextDue = working.prepare<unknown[], { due_at: number | null }>(
    'select min(due_at) as due_at from delivery where durable = ? and subject = ?',
  );
  const bury = working.prepare('insert or replace into dead_letter (durable, seq, attempts, reason, at) values (?, ?, ?, ?, ?)');
  const again = working.prepare(
    'insert into delivery (durable, seq, subject, attempt, due_at, leased) select ?, seq, subject, 0, ?, 0 from message where seq = ?',
  );
  const unbury = working.prepare('delete from dead_letter where durable = ? and seq = ?');
  const endLeases = working.prepare('update delivery set due_at = ?, leased = 0 where leased = 1');
  // Later than any rest ends: the clock was ahead when it was written.
  const shorten = working.prepare('update delivery set due_at = :latest where due_at > :latest');
  const deadRows = working.prepare<unknown[], Omit<Row, 'attempt'> & DeadRow>(
    `select durable, seq, attempts, reason, d.at, subject, org_id, message_id, payload
     from dead_letter d join message using (seq) order by d.at, seq limit ?`,
  );
  const deadCount = working.prepare<[], { count: number }>('select count(*) as count from dead_letter');

  const toDeadLetters = (durable: string, seq: number, attempts: number, reason: string, at: number): void => {
    remove.run(durable, seq);
    bury.run(durable, seq, attempts, reason, at);
  };

  endLeases.run(now);
  shorten.run({ latest: now + longestRestMs });

  return {
    /** Stores what is new, all or nothing, and syncs. */
    add: publishing.transaction((messages: readonly Message[], at: number) => {
      for (const { subject, orgId, messageId, payload } of messages) {
        if (see.run(subject, orgId, messageId, at).changes === 1) insert.run(subject, orgId, messageId, payload, at);
      }
    }).immediate,

    join: working.transaction((durable: string, subjects: readonly DurableSubject[], at: number) => {
      for (const subject of subjects) addPosition.run(durable, subject, at);
    }).immediate,

    /** Leases what is due again, then what is new. What was leased for the last time and never ended goes to `dead`. */
    take: working.transaction((request: TakeRequest): { taken: Taken[]; dead: Taken[] } => {
      const { durable, subjects, limit, now, ackWaitMs, maxAttempts } = request;
      const taken: Taken[] = [];
      const dead: Taken[] = [];
      const give = (row: Row): void => {
        if (row.attempt >= maxAttempts) {
          toDeadLetters(durable, row.seq, row.attempt, 'The handler neither finished nor failed in time.', now);
          dead.push(toTaken(row, row.attempt));
        } else {
          lease.run(durable, row.seq, row.subject, row.attempt + 1, now + ackWaitMs);
          taken.push(toTaken(row, row.attempt + 1));
        }
      };
      for (const subject of subjects) for (const row of due.all(durable, subject, now, limit - taken.length)) give(row);
      for (const subject of subjects) {
        const rows = fresh.all(durable, subject, limit - taken.length);
        for (const row of rows) give(row);
        const last = rows.at(-1);
        if (last) advance.run(last.seq, durable, subject);
      }
      return { taken, dead };
    }).immediate,

    /** When something of these subjects is due again, undefined when nothing is under way. */
    nextDueAt(durable: string, subjects: readonly DurableSubject[]): number | undefined {
      const times = subjects.map((subject) => nextDue.get(durable, subject)?.due_at ?? Number.POSITIVE_INFINITY);
      const earliest = Math.min(...times);
      return Number.isFinite(earliest) ? earliest : undefined;
    },
    extend: (durable: string, { seq, attempt }: Taken, until: number) => void extend.run(until, durable, seq, attempt),
    finish: working.transaction((durable: string, ended: readonly Taken[]) => {
      for (const { seq } of ended) remove.run(durable, seq);
    }).immediate,
    retryAt: (durable: string, { seq, attempt }: Taken, at: number) => void rest.run(attempt, at, durable, seq, attempt),
    /** As if it had not been given out. */
    giveBack: (durable: string, { seq, attempt }: Taken, now: number) => void rest.run(attempt - 1, now, durable, seq, attempt),
    giveUp: working.transaction((durable: string, { seq, attempt }: Taken, reason: string, now: number) =>
      toDeadLetters(durable, seq, attempt, reason, now),
    ).immediate,

    deadLetters: (limit: number): DeadLetter[] =>
      deadRows.all(limit).map((row) => ({
        ...toTaken(row, row.attempts).message,
        id: `${row.durable}/${row.seq}`,
        durable: row.durable,
        attempts: row.attempts,
        reason: row.reason,
        at: new Date(row.at),
      })),
    countDeadLetters: (): number => deadCount.get()?.count ?? 0,
    revive: working.transaction((durable: string, seq: number, now: number) => {
      if (unbury.run(durable, seq).changes === 1) again.run(durable, now, seq);
    }).immediate,

    prune: createPrune(working),
    close(): void {
      working.close();
      publishing.close();
    },
  };
}

function connect(file: string, synchronous: 'full' | 'normal'): SqliteConnection.Database {
  const connection = new SqliteConnection(file, { timeout: 2000 });
  connection.pragma('journal_mode = wal');
  connection.pragma(`synchronous = ${synchronous}`);
  connection.pragma('foreign_keys = on');
  return connection;
}

function prepareSchema(connection: SqliteConnection.Database): void {
  connection
    .transaction(() => {
      const version = connection.pragma('user_version', { simple: true });
      if (version === 0) connection.exec(schema);
      else if (version !== schemaVersion)
        throw new Error(
          `The queue file is of version ${version}; this release knows ${schemaVersion}. Start the newer release again.`,
        );
    })
    .immediate();
}

function toTaken({ seq, subject, org_id, message_id, payload }: Omit<Row, 'attempt'>, attempt: number): Taken {
  const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  return { seq, attempt, message: { subject, orgId: org_id, messageId: message_id, payload: bytes } };
}

export interface Pruned {
  /** As many as one call may delete: call again. */
  more: boolean;
  deadLetters: number;
  /** Durables that nobody has consumed for a week, with what they had not finished. */
  durables: { durable: string; unfinished: number }[];
}

export interface PruneRequest {
  /** Durables with a consumer. */
  inUse: readonly string[];
  /** Whether durables may be forgotten: not before this process had time to start all its consumers. */
  forget: boolean;
  now: number;
}

/** Deletes what no promise needs any more; one call deletes a bounded number and is short. */
function createPrune(connection: SqliteConnection.Database): (request: PruneRequest) => Pruned {
  const touch = connection.prepare('update position set seen_at = ? where durable = ?');
  const gone = connection.prepare<unknown[], { durable: string }>(
    'select durable from position group by durable having max(seen_at) < ?',
  );
  const unfinished = connection.prepare<unknown[], { count: number }>(
    `select (select count(*) from delivery where durable = p.durable) +
       (select count(*) from position q join message m on m.subject = q.subject and m.seq > q.seq where q.durable = p.durable) as count
     from (select ? as durable) p`,
  );
  const forgetDeliveries = connection.prepare('delete from delivery where durable = ?');
  const forgetPosition = connection.prepare('delete from position where durable = ?');
  const oldIds = connection.prepare(
    'delete from seen where (subject, org_id, message_id) in (select subject, org_id, message_id from seen where at < ? limit ?)',
  );
  const oldLetters = connection.prepare('delete from dead_letter where at < ?');
  const oldMessages = connection.prepare(
    `delete from message where seq in (
       select seq from message m
       where at < :delivered
         and not exists (select 1 from delivery d where d.seq = m.seq)
         and not exists (select 1 from dead_letter d where d.seq = m.seq)
         and not exists (select 1 from position p where p.subject = m.subject and p.seq < m.seq)
         and (at < :unclaimed or exists (select 1 from position p where p.subject = m.subject))
       order by at limit :limit)`,
  );

  return connection.transaction(({ inUse, forget, now }: PruneRequest): Pruned => {
    for (const durable of inUse) touch.run(now, durable);
    const durables = (forget ? gone.all(now - forgottenMs) : []).map(({ durable }) => {
      const count = unfinished.get(durable)?.count ?? 0;
      forgetDeliveries.run(durable);
      forgetPosition.run(durable);
      return { durable, unfinished: count };
    });
    const ids = oldIds.run(now - duplicateWindowMs, pruneBatch).changes;
    const deadLetters = oldLetters.run(now - deadLetterMs).changes;
    const messages = oldMessages.run({ delivered: now - deliveredMs, unclaimed: now - unclaimedMs, limit: pruneBatch }).changes;
    return { more: ids === pruneBatch || messages === pruneBatch, deadLetters, durables };
  }).immediate;
}
