import { counter, gauge, type Registry } from '@sangha/telemetry';

export type Ending = 'completed' | 'linked' | 'failed' | 'requeued' | 'lost';

export interface DownloadMetrics {
  running(change: 1 | -1): void;
  received(byteCount: number): void;
  ended(ending: Ending): void;
}

export function createDownloadMetrics(registry: Registry): DownloadMetrics {
  const running = gauge(registry, { name: 'sangha_downloads_running', help: 'Downloads that this process works on.' });
  const received = counter(registry, { name: 'sangha_downloaded_bytes_total', help: 'Bytes of model files received from hubs.' });
  const ended = counter(registry, {
    name: 'sangha_downloads_ended_total',
    help: 'Runs of downloads by how they ended.',
    labels: { ending: ['completed', 'linked', 'failed', 'requeued', 'lost'] },
  });
  let count = 0;
  return {
    running: (change) => {
      count += change;
      running.set({}, count);
    },
    received: (byteCount) => received.inc({}, byteCount),
    ended: (ending) => ended.inc({ ending }),
  };
}
