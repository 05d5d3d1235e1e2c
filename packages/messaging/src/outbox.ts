import type { Database } from '@sangha/database';
import { newUlid, type OrgId } from '@sangha/identity';
import type { Logger } from '@sangha/telemetry';
import { checkMessage } from './check-message.ts';
import type { DurableSubject, Message, Messaging } from './messaging.ts';

/** What of a Prisma transaction client is needed to write; both flavours have it. */
export interface OutboxWriter {
  $executeRaw(statement: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
}
/** And to relay. */
export interface OutboxReader extends OutboxWriter {
  $queryRaw(statement: TemplateStringsArray, ...values: unknown[]): PromiseLike<unknown>;
}

/**
 * Writes an event in the transaction that causes it: both are there or neither is. Call the relay's `wake` after the commit.
 * @throws AppError invalid_value for a message that no bus would take
 */
export async function addToOutbox(db: OutboxWriter, message: Message): Promise<void> {
  checkMessage(message);
  const { orgId, subject, messageId, payload } = message;
  await db.$executeRaw`insert into outbox (org_id, id, subject, message_id, payload) values (${orgId}, ${newUlid()}, ${subject}, ${messageId}, ${payload})`;
}

export interface OutboxRelayDeps<Db extends OutboxReader> {
  database: Pick<Database<Db>, 'asPlatform'>;
  messaging: Pick<Messaging, 'publish'>;
  log: Pick<Logger, 'warn'>;
  /** Milliseconds since 1970. */
  clock?: () => number;
  /** How often it looks for what another process left behind. */
  sweepMs?: number;
}

export interface OutboxRelay {
  /** Relays what an earlier process left, and from now on sweeps. */
  start(): void;
  /** Something was committed. Returns at once; the relay works until the outbox is empty. */
  wake(): void;
  /** Waits for the batch under way. What is left stays in the outbox. */
  close(): Promise<void>;
}

interface Row {
  org_id: OrgId;
  id: string;
  subject: DurableSubject;
  message_id: string;
  payload: Uint8Array;
}

const batchSize = 100;
const longestRestMs = 30_000;
/** A sweep leaves younger rows to the relay of the process that wrote them; transactions take at most half of this. */
const graceMs = 10_000;
/** Sorts after every ULID, in every collation. */
const afterAll = 'Z';

/**
 * Publishes the outbox and empties it. Reads and deletes are transactions of their own: none is held while the bus is slow.
 * A kill between publishing and deleting, or two relays at one row, publish twice, and the message id makes that once.
 */
export function createOutboxRelay<Db extends OutboxReader>(deps: OutboxRelayDeps<Db>): OutboxRelay {
  const { log, clock = Date.now, sweepMs = 60_000 } = deps;
  let working: Promise<void> | undefined;
  let wanted = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  const wake = (): void => {
    wanted = true;
    work();
  };

  const work = (): void => {
    if (closed || working) return;
    clearTimeout(timer);
    working = relay().finally(() => {
      working = undefined;
      if (!closed) timer = setTimeout(work, restMs()).unref();
    });
  };

  const relay = async (): Promise<void> => {
    try {
      do {
        const before = wanted ? afterAll : newUlid(() => clock() - graceMs);
        wanted = false;
        while (!closed && (await relayBatch(deps, before)) === batchSize);
      } while (wanted && !closed);
      failures = 0;
    } catch (err) {
      wanted = true;
      failures += 1;
      log.warn({ err, failures }, 'The outbox could not be relayed and will be tried again');
    }
  };

  // Spread, so that replicas do not sweep in step.
  const restMs = (): number =>
    (failures > 0 ? Math.min(longestRestMs, 250 * 2 ** failures) : sweepMs) * (0.8 + 0.4 * Math.random());

  return {
    start: wake,
    wake,
    async close() {
      closed = true;
      clearTimeout(timer);
      await working;
    },
  };
}

/** How many rows it found. What can't be published stays; the first failure is thrown after the others are done. */
async function relayBatch<Db extends OutboxReader>(
  { database, messaging }: OutboxRelayDeps<Db>,
  before: string,
): Promise<number> {
  const rows = await database.asPlatform('relay the outbox', (db) => readBatch(db, before));
  if (rows.length === 0) return 0;
  const outcomes = await Promise.allSettled(
    rows.map(({ org_id, subject, message_id, payload }) =>
      messaging.publish({ subject, orgId: org_id, messageId: message_id, payload }),
    ),
  );
  const published = rows.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  await database.asPlatform('relay the outbox', async (db) => {
    for (const { org_id, id } of published) await db.$executeRaw`delete from outbox where org_id = ${org_id} and id = ${id}`;
  });
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
  return rows.length;
}

const readBatch = async (db: OutboxReader, before: string): Promise<Row[]> =>
  (await db.$queryRaw`select org_id, id, subject, message_id, payload from outbox where id < ${before} order by id limit ${batchSize}`) as Row[];
