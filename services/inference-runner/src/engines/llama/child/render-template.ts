import { Worker } from 'node:worker_threads';
import { AppError } from '@sangha/errors';

export interface TemplateRenderer {
  /** The prompt text. Throws `template_failed` with the template's own message, or when it takes too long or too much memory. */
  render(source: string, values: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** A usual template takes well under a millisecond. */
const limitMs = 2_000;
const heapMb = 128;

interface Job {
  id: number;
  source: string;
  values: Record<string, unknown>;
  resolve: (text: string) => void;
  reject: (error: Error) => void;
}

/** One worker, started at once and replaced whenever a template had to be cut off; renderings take turns on it. */
export function createTemplateRenderer(): TemplateRenderer {
  let worker = startWorker();
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  const waiting: Job[] = [];
  let lastId = 0;

  function startWorker(): Worker {
    const started = new Worker(new URL('./template-worker.ts', import.meta.url), {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    started.unref();
    started.on('message', ({ id, text, error }: { id: number; text?: string; error?: string }) => {
      if (current?.id !== id) return;
      const job = finish();
      if (text === undefined)
        job?.reject(
          new AppError('template_failed', `The chat template refused this conversation: ${String(error).slice(0, 500)}`),
        );
      else job?.resolve(text);
    });
    started.on('error', (error: Error) => {
      if (worker !== started) return;
      replace(
        new AppError(
          'template_failed',
          'The chat template needs too much memory for this conversation. Set another chat_template on the alias.',
          { cause: error },
        ),
      );
    });
    return started;
  }

  function replace(reason: AppError): void {
    const broken = worker;
    worker = startWorker();
    finish()?.reject(reason);
    void broken.terminate();
  }

  function finish(): Job | undefined {
    clearTimeout(timer);
    const job = current;
    current = undefined;
    setImmediate(startNext);
    return job;
  }

  function startNext(): void {
    if (current) return;
    current = waiting.shift();
    if (!current) return;
    const { id, source, values } = current;
    timer = setTimeout(
      () =>
        replace(
          new AppError(
            'template_failed',
            `The chat template did not end within ${limitMs / 1000} seconds. Set another chat_template on the alias.`,
          ),
        ),
      limitMs,
    );
    worker.postMessage({ id, source, values });
  }

  return {
    render(source, values) {
      return new Promise((resolve, reject) => {
        lastId += 1;
        waiting.push({ id: lastId, source, values, resolve, reject });
        startNext();
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}
