import { AppError } from '@sangha/errors';

export type OrganizationStatus = 'active' | 'suspended' | 'deleted';

/**
 * The status that a change asks for. Deletion is final: the slug stays taken and nothing of the organisation serves again,
 * so that an old link or token never reaches someone else's organisation of the same name.
 * @throws AppError invalid_value, wrong_state
 */
export function nextStatus(current: string, wanted: string): OrganizationStatus {
  if (wanted !== 'active' && wanted !== 'suspended' && wanted !== 'deleted') {
    throw new AppError('invalid_value', 'status is active, suspended or deleted.', { param: 'status' });
  }
  if (current === 'deleted')
    throw new AppError('wrong_state', 'The organisation is deleted, which is final. Create another one.');
  return wanted;
}
