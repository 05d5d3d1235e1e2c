import type { EngineSpec } from '../../engine.ts';
import { embedAll } from './child/embed.ts';
import { generate } from './child/generate.ts';
import { type LoadedModel, loadModel } from './child/load-model.ts';
import { createOutbox } from './child/outbox.ts';
import { watchForStall } from './child/stall-watch.ts';
import type { FromChild, ToChild } from './protocol.ts';
import { toWireError } from './wire-error.ts';

/**
 * The engine process. It holds one model, answers the messages of `protocol.ts` and lives exactly as long as its parent's
 * channel: an orphan would keep gigabytes.
 */
const send = (message: FromChild) => void process.send?.(message, undefined, undefined, () => {});
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0); // it went while this file's imports were read
// A terminal and a service manager send these to every process of a node at once; the parent decides when answers may end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const outbox = createOutbox(send);
const running = new Map<number, AbortController>();
const stall = watchForStall();
let model: LoadedModel | undefined;

process.on('message', (message: ToChild) => {
  switch (message.type) {
    case 'load':
      void load(message.spec);
      break;
    case 'generate':
      void run(message.id, (loaded, signal) =>
        generate({ model: loaded, channel: outbox.open(message.id), stall }, message.request, signal),
      );
      break;
    case 'embed':
      void run(message.id, async (loaded, signal) =>
        outbox.put({ id: message.id, embedded: await embedAll(loaded, message.request, signal) }),
      );
      break;
    case 'taken':
      outbox.credit(message.id, message.chunks);
      break;
    case 'abort':
      running.get(message.id)?.abort();
      break;
  }
});

async function load(spec: EngineSpec): Promise<void> {
  try {
    model = await loadModel(spec, (fraction) => send({ type: 'progress', fraction }));
    send({ type: 'ready', facts: model.facts });
  } catch (error) {
    send({ type: 'load-failed', error: toWireError(error) });
  }
}

async function run(id: number, work: (model: LoadedModel, signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    if (!model) throw new Error('a request arrived before the model was loaded');
    await work(model, controller.signal);
  } catch (error) {
    outbox.put({ id, error: toWireError(error) });
  } finally {
    running.delete(id);
    outbox.close(id);
  }
}
