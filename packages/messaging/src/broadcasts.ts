import type { OrgId } from '@sangha/identity';
import type { Logger } from '@sangha/telemetry';
import { checkBroadcast } from './check-message.ts';
import type { BroadcastSubject, Messaging } from './messaging.ts';

type Handler = (orgId: OrgId, payload: Uint8Array) => void;

/** Broadcasts inside this process, after the current task. A listener that fails is logged and disturbs no one. */
export function createBroadcasts(log: Pick<Logger, 'error'>): Pick<Messaging, 'broadcast' | 'listen'> & { close(): void } {
  const handlers = new Map<BroadcastSubject, Set<Handler>>();

  const call = async (subject: BroadcastSubject, handler: Handler, orgId: OrgId, payload: Uint8Array): Promise<void> => {
    await undefined;
    if (!handlers.get(subject)?.has(handler)) return;
    try {
      await handler(orgId, payload);
    } catch (err) {
      log.error({ err, subject, orgId }, 'A listener failed');
    }
  };

  return {
    broadcast(subject, orgId, payload) {
      try {
        checkBroadcast(subject, orgId);
      } catch (err) {
        log.error({ err }, 'A broadcast was dropped');
        return;
      }
      // A copy for each: the sender may reuse its bytes, and no listener sees another's changes.
      for (const handler of handlers.get(subject) ?? []) void call(subject, handler, orgId, new Uint8Array(payload));
    },
    listen(subject, handler) {
      // One function may listen twice and stop once.
      const own: Handler = (orgId, payload) => handler(orgId, payload);
      const listeners = handlers.get(subject) ?? new Set();
      handlers.set(subject, listeners.add(own));
      return { close: () => void listeners.delete(own) };
    },
    close: () => handlers.clear(),
  };
}
