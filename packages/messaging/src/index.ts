export type { BroadcastSubject, ConsumeOptions, Consumer, Delivery, DurableSubject, Message, Messaging, Subscription } from './messaging.ts';
export { addToOutbox, createOutboxRelay, type OutboxRelay } from './outbox.ts';
export { openSqliteQueue } from './sqlite-queue.ts';
