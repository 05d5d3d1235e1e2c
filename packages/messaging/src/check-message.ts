import { AppError } from '@sangha/errors';
import { isUlid } from '@sangha/identity';
import type { BroadcastSubject, ConsumeOptions, DurableSubject, Message } from './messaging.ts';

export const durableSubjects: readonly DurableSubject[] = [
  'downloads.requested',
  'downloads.progress',
  'downloads.finished',
  'usage.recorded',
  'audit.recorded',
];
export const broadcastSubjects: readonly BroadcastSubject[] = ['registry.changed', 'catalog.changed'];

export const defaultAckWaitMs = 30_000;

/** Events are small; what is larger belongs into a row or a file that the event names. As large as NATS takes by default. */
const maxPayloadBytes = 1024 ** 2;

/**
 * Refuses what a bus would misread: an organisation with `.`, `*` or `>` in its id would reach other subjects, an id with a
 * line break other headers.
 * @throws AppError invalid_value
 */
export function checkMessage({ subject, orgId, messageId, payload }: Message): void {
  if (!durableSubjects.includes(subject)) throw refuse('subject', `one of ${durableSubjects.join(', ')}`);
  if (typeof orgId !== 'string' || !isUlid(orgId)) throw refuse('orgId', 'an upper-case ULID');
  if (typeof messageId !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(messageId))
    throw refuse('messageId', '1 to 200 visible ASCII characters');
  if (!(payload instanceof Uint8Array) || payload.byteLength > maxPayloadBytes) throw refuse('payload', 'at most 1 MiB of bytes');
}

/** @throws AppError invalid_value */
export function checkBroadcast(subject: BroadcastSubject, orgId: string): void {
  if (!broadcastSubjects.includes(subject)) throw refuse('subject', `one of ${broadcastSubjects.join(', ')}`);
  if (typeof orgId !== 'string' || !isUlid(orgId)) throw refuse('orgId', 'an upper-case ULID');
}

/** @throws AppError invalid_value */
export function checkConsumer({
  durable,
  subjects,
  concurrency = 1,
  lingerMs = 0,
  ackWaitMs = defaultAckWaitMs,
  maxAttempts = 1,
}: ConsumeOptions): void {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(durable)) throw refuse('durable', 'lower-case letters, digits, hyphens; at most 64');
  if (subjects.length === 0 || !subjects.every((subject) => durableSubjects.includes(subject))) {
    throw refuse('subjects', `one or more of ${durableSubjects.join(', ')}`);
  }
  for (const [name, value] of Object.entries({ concurrency, ackWaitMs, maxAttempts })) {
    if (!Number.isSafeInteger(value) || value < 1) throw refuse(name, 'a whole number, at least 1');
  }
  // Ends wait as long as messages do: a lease that ran out meanwhile would hand an ended message to another consumer.
  if (!Number.isSafeInteger(lingerMs) || lingerMs < 0 || lingerMs >= ackWaitMs)
    throw refuse('lingerMs', 'a whole number, less than ackWaitMs');
}

const refuse = (param: string, expected: string): AppError =>
  new AppError('invalid_value', `The ${param} of a message must be ${expected}.`, { param });
