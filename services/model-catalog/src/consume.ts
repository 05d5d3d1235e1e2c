import { AppError } from '@sangha/errors';
import type { Consumer, Messaging } from '@sangha/messaging';
import { events } from '@sangha/protos';
import type { Logger } from '@sangha/telemetry';
import type { RegisterFile } from './register-file.ts';
import { serviceContext } from './service-context.ts';

export interface ConsumeDeps {
  messaging: Messaging;
  registerFile: RegisterFile;
  log: Logger;
  countFile: (outcome: 'registered' | 'failed') => void;
}

/** Registers what has been downloaded or imported. A file that can't be read goes to the dead letters after its last try. */
export function consumeDownloads({ messaging, registerFile, log, countFile }: ConsumeDeps): Consumer {
  return messaging.consume(
    { durable: 'model-catalog-files', subjects: ['downloads.finished'] },
    async ({ orgId, payload, attempt }) => {
      const file = events.downloadFinished.decode(payload);
      try {
        if (file.orgId !== orgId)
          throw new AppError('invalid_value', 'The file belongs to another organisation than its subject says.');
        await registerFile(serviceContext(orgId), file);
        countFile('registered');
      } catch (err) {
        countFile('failed');
        log.error({ err, orgId, repo: file.repo, filename: file.filename, attempt }, 'A finished download was not registered');
        throw err;
      }
    },
  );
}
