import { AppError } from '@sangha/errors';

export const statuses = ['queued', 'running', 'completed', 'failed', 'cancelled', 'archived'] as const;
export type Status = (typeof statuses)[number];

/** Work is going on or waiting; a file has at most one such job per organisation. */
export const activeStatuses = ['queued', 'running'] as const satisfies readonly Status[];
export const isResting = (status: string): boolean => !(activeStatuses as readonly string[]).includes(status);
/** What came of them so far is of no use; a failed one is taken up where it ended. */
export const partlessStatuses = ['completed', 'cancelled', 'archived'] as const satisfies readonly Status[];

/** What a person may ask for, and from which states. */
export const transitions = {
  retry: { from: ['failed', 'cancelled'], to: 'queued', advice: 'Only a failed or cancelled download can be retried.' },
  cancel: { from: ['queued', 'running'], to: 'cancelled', advice: 'Only a waiting or running download can be cancelled.' },
  archive: { from: ['completed', 'failed', 'cancelled'], to: 'archived', advice: 'Cancel it first, then archive it.' },
} as const satisfies Record<string, { from: readonly Status[]; to: Status; advice: string }>;
export type Transition = keyof typeof transitions;

/** @throws AppError wrong_state (409) */
export function checkTransition(transition: Transition, status: string): void {
  const { from, advice } = transitions[transition];
  if ((from as readonly string[]).includes(status)) return;
  throw new AppError('wrong_state', `The download is ${status}. ${advice}`, { params: { status } });
}
