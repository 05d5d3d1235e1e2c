import type { Logger } from '@sangha/telemetry';
import type { Exchange } from './exchange.ts';

const everyMs = 10_000;

/** Tells the operator that somebody tries keys at the platform's door: at once, then at most every ten seconds, with how often. */
export function createWrongKeys({ log, clock }: { log: Logger; clock: () => number }) {
  let quietUntilMs = 0;
  let times = 0;
  return {
    note({ req, requestId }: Exchange): void {
      times += 1;
      if (clock() < quietUntilMs) return;
      log.warn({ requestId, address: req.socket.remoteAddress, times }, 'somebody showed a wrong platform key');
      quietUntilMs = clock() + everyMs;
      times = 0;
    },
  };
}
