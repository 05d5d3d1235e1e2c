export type {
  BroadcastSubject,
  ConsumeOptions,
  Consumer,
  DeadLetter,
  DeadLetters,
  Delivery,
  DurableSubject,
  Message,
  Messaging,
  Subscription,
} from './messaging.ts';
export {
  addToOutbox,
  createOutboxRelay,
  type OutboxReader,
  type OutboxRelay,
  type OutboxRelayDeps,
  type OutboxWriter,
} from './outbox.ts';
export { openSqliteQueue, type SqliteQueueOptions } from './sqlite-queue.ts';
