/** A worker in a process of its own, for tests that kill it. Told what to do over IPC. */
import { join } from 'node:path';
import { createBlobStore } from '@sangha/blob-store';
import { openSqliteQueue } from '@sangha/messaging';
import { createLogger, createMetrics } from '@sangha/telemetry';
import { createDownloadWorker, openHubs } from '../src/app.ts';
import { openOnSqlite, quick } from './harness.ts';

const [folder = '', endpoint = '', trustedHost = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit());

const log = createLogger({ service: 'download-worker', level: 'warn' });
const messaging = openSqliteQueue({ file: join(folder, 'queue.db'), log });
const blobs = createBlobStore({ root: join(folder, 'models'), reserveBytes: 0 });
const worker = createDownloadWorker({
  database: await openOnSqlite(join(folder, 'downloads.db')),
  messaging,
  blobs,
  hubs: openHubs({ endpoint, trustedHosts: [trustedHost] }),
  hubSettings: async () => ({ token: undefined, allowedHubs: [] }),
  clock: Date.now,
  log,
  metrics: createMetrics({ service: 'download-worker' }),
  config: { ...quick, workerId: 'the-worker' },
});
messaging.consume({ durable: 'test', subjects: ['downloads.finished'] }, async ({ messageId }) => {
  process.send?.({ finished: messageId });
});
await worker.start();
process.send?.({ ready: true });
