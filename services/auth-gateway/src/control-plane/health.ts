import { AppError } from '@sangha/errors';
import type { Answer } from '../route.ts';
import type { ControlPlane } from './control-plane.ts';

/** Alive: the event loop turns. Depends on nothing else, so that an outage elsewhere restarts nobody. */
export const live = (): Answer => ({ body: { status: 'ok' } });

export const ping = (): Answer => ({ body: { message: 'pong' } });

/** Ready: the directory answers. */
export async function ready(plane: ControlPlane): Promise<Answer> {
  if (!(await plane.ready()))
    throw new AppError('unavailable', 'The directory of organisations does not answer yet. Try again.', { retryAfterSecs: 2 });
  return { body: { status: 'ok' } };
}
