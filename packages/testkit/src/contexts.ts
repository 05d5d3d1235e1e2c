import { newUlid, type OrgContext, parseOrgId } from '@sangha/identity';

/** An administrator of a fresh organisation, signed in through the browser; say what differs. */
export const orgContext = (differences: Partial<OrgContext> = {}): OrgContext =>
  Object.freeze({
    kind: 'session',
    orgId: parseOrgId(newUlid()),
    userId: 'user-1',
    username: 'someone@example.test',
    role: 'resource_admin',
    ...differences,
  } satisfies OrgContext);

/** Two organisations; every isolation test needs a victim and a stranger. */
export const twoOrganizations = (): { victim: OrgContext; stranger: OrgContext } => ({
  victim: orgContext({ userId: 'victim' }),
  stranger: orgContext({ userId: 'stranger' }),
});
