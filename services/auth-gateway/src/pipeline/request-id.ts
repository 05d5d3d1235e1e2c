import { randomBytes } from 'node:crypto';

/**
 * Makes request ids: unique over processes and restarts, sortable inside one, and never taken from the caller, because a
 * repeated id would be metered once only. 96 random bits per process and a counter cost nothing per request.
 */
export function requestIds(): () => string {
  const process = randomBytes(12).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `req_${process}${count.toString(36).padStart(6, '0')}`;
  };
}
