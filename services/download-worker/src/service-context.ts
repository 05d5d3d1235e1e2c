import type { OrgContext, OrgId } from '@sangha/identity';

/** This service working on its own behalf inside an organisation. */
export const serviceContext = (orgId: OrgId): OrgContext =>
  Object.freeze({ kind: 'service', orgId, userId: 'download-worker', username: 'download-worker', role: 'resource_admin' });
