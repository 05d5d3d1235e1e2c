import type { DatabaseLog } from './prisma-client.ts';

/**
 * Makes uses of `asPlatform` visible: every one is counted and logged, the first of each reason louder than the repetitions
 * (a relay that looks every second would drown the log). Reasons are constants, so the set stays small.
 */
export function createPlatformUse(
  log: DatabaseLog | undefined,
  count: ((reason: string) => void) | undefined,
): (reason: string) => void {
  const seen = new Set<string>();
  return (reason) => {
    const level = seen.has(reason) ? 'debug' : 'info';
    seen.add(reason);
    log?.[level]({ reason }, 'Database used as the platform');
    count?.(reason);
  };
}
