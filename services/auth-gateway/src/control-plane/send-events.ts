import { once } from 'node:events';
import { AppError, toAppError } from '@sangha/errors';
import type { Exchange } from '../exchange.ts';
import { errorBody } from '../send-error.ts';

/** A list of events as server-sent events; ends with `event: end`, after a failure with `event: error` before it. */
export async function sendEvents(
  { res }: Exchange,
  events: AsyncIterable<{ event: string; data: unknown }>,
  signal: AbortSignal,
): Promise<void> {
  const write = async (event: string, data: unknown): Promise<void> => {
    if (res.destroyed) throw new AppError('cancelled', 'The caller left.');
    if (!res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) await once(res, 'drain', { signal });
  };
  try {
    for await (const { event, data } of events) {
      if (!res.headersSent) {
        res.setHeader('content-type', 'text/event-stream; charset=utf-8');
        res.setHeader('x-accel-buffering', 'no');
      }
      await write(event, data);
    }
  } catch (error) {
    // Before the first event a failure is a plain answer.
    if (!res.headersSent) throw error;
    if (!res.destroyed)
      res.write(`event: error\ndata: ${JSON.stringify(errorBody(toAppError(signal.aborted ? signal.reason : error)))}\n\n`);
  }
  res.end('event: end\ndata: {}\n\n');
}
