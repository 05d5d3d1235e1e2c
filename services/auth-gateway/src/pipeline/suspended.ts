import { AppError } from '@sangha/errors';

/** The refusal of an organisation that the operator has suspended. */
export const suspended = (): AppError =>
  new AppError('org_suspended', 'This organisation is suspended. Ask the operator of the platform.');
