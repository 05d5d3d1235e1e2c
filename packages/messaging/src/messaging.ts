import type { OrgId } from '@sangha/identity';

/** Subjects without the organisation; the organisation is appended by the bus (`downloads.requested.<org>`). */
export type DurableSubject =
  | 'downloads.requested'
  | 'downloads.progress'
  | 'downloads.finished'
  | 'usage.recorded'
  | 'audit.recorded';
export type BroadcastSubject = 'registry.changed' | 'catalog.changed';

export interface Message {
  subject: DurableSubject;
  orgId: OrgId;
  /** Unique per fact; publishing the same id twice stores it once. */
  messageId: string;
  /** Bytes of the event of events.proto that belongs to the subject. */
  payload: Uint8Array;
}

export interface Delivery extends Message {
  /** 1 for the first delivery. */
  attempt: number;
  /** Aborts when the consumer closes. */
  signal: AbortSignal;
  /** Still working: the message is not given to another for another `ackWaitMs`. */
  working(): Promise<void>;
}

export interface ConsumeOptions {
  /** Names the shared position; two consumers of one name share the work. */
  durable: string;
  subjects: readonly DurableSubject[];
  /** Handlers at once. Default 1. */
  concurrency?: number;
  /** Messages may wait so long, so that handlers that work on many together get many. Default 0. */
  lingerMs?: number;
  /** Redelivered when neither finished nor `working` for this long. Default 30 s. */
  ackWaitMs?: number;
  /** After this many failed deliveries the message goes to the dead letters. Default 5. */
  maxAttempts?: number;
}

/**
 * Durable messages, at least once, and broadcasts, at most once.
 * One interface over JetStream + core NATS and over a SQLite table; `contract.test.ts` holds both to the same promises.
 * Handlers must be safe to run twice. A handler that throws is retried with growing delay; one that resolves is done.
 */
export interface Messaging {
  /** Resolves when the message is stored; it then survives a kill. */
  publish(message: Message): Promise<void>;
  consume(options: ConsumeOptions, handler: (delivery: Delivery) => Promise<void>): Consumer;
  /** Tells every process now; losing one costs its receivers at most a TTL. Never throws. */
  broadcast(subject: BroadcastSubject, orgId: OrgId, payload: Uint8Array): void;
  listen(subject: BroadcastSubject, handler: (orgId: OrgId, payload: Uint8Array) => void): Subscription;
  close(): Promise<void>;
}
export interface Consumer {
  close(): Promise<void>;
}
export interface Subscription {
  close(): void;
}

/** A message that was given to a durable `maxAttempts` times and never finished. Kept for 30 days, logged as an error. */
export interface DeadLetter extends Message {
  id: string;
  durable: string;
  attempts: number;
  /** What the last delivery failed with, without secrets. */
  reason: string;
  at: Date;
}

export interface DeadLetters {
  /** Oldest first; at most 100 by default. */
  list(options?: { limit?: number }): Promise<DeadLetter[]>;
  count(): Promise<number>;
  /** Gives it to its durable again, as if for the first time. */
  retry(letter: DeadLetter): Promise<void>;
}
