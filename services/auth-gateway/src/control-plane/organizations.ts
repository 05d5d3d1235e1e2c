import { AppError } from '@sangha/errors';
import { newUlid, type OrgContext, parseOrgId } from '@sangha/identity';
import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { askedByOperator, idOf } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';
import { type PageQuery, pageBody, pageRequest } from './paging.ts';

export const createOrganizationSchema = z.object({
  slug: z.string().min(1).max(63),
  display_name: z.string().min(1).max(200).optional(),
  admin: z.object({
    /** The subject at the identity provider; made up where accounts are local. */
    user_id: z.string().min(1).max(255).optional(),
    username: z.string().min(1).max(255),
    email: z.string().max(320).nullish(),
  }),
});

export const updateOrganizationSchema = z.object({
  display_name: z.string().min(1).max(200).optional(),
  status: z.enum(['active', 'suspended', 'deleted']).optional(),
});

const everything = JSON.stringify({
  version: '1',
  models_list: true,
  models: { type: 'all' },
  toolsets_list: true,
  toolsets: { type: 'all' },
});

/**
 * An organisation with its first admin. Where nobody can sign in with a browser yet, the answer also carries a token of that
 * admin, shown only here.
 */
export async function createOrganization(
  plane: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof createOrganizationSchema>>,
): Promise<Answer> {
  const { slug, display_name: displayName = slug, admin } = call.body;
  const adminUserId = admin.user_id ?? newUlid();
  const asked = askedByOperator(call);
  const made = await plane.clients.organizations.createOrganization(
    { slug, displayName, adminUserId, adminUsername: admin.username, adminEmail: admin.email ?? '' },
    asked,
  );
  if (!plane.config.sessionlessAdministration) return { body: organizationBody(plane, made) };
  const context: OrgContext = Object.freeze({
    kind: 'session',
    orgId: parseOrgId(made.id),
    userId: adminUserId,
    username: admin.username,
    role: 'resource_admin',
  });
  const token = await plane.clients.tokens.createToken(
    { name: 'first token', scope: 'scope_token_power_user', grants: everything, expiresAt: '' },
    { ...asked, context },
  );
  return { body: { ...organizationBody(plane, made), api_token: token.text } };
}

export async function listOrganizations(plane: ControlPlane, call: ControlCall<PageQuery>): Promise<Answer> {
  const page = await plane.clients.organizations.listOrganizations(pageRequest(call.query), askedByOperator(call));
  return {
    body: pageBody(
      page.organizations.map((each) => organizationBody(plane, each)),
      page,
    ),
  };
}

export async function updateOrganization(
  plane: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof updateOrganizationSchema>>,
): Promise<Answer> {
  const { display_name: displayName, status } = call.body;
  if (displayName === undefined && status === undefined)
    throw new AppError('missing_field', 'Say what to change: display_name or status.');
  const changes = { ...(displayName === undefined ? {} : { displayName }), ...(status === undefined ? {} : { status }) };
  return {
    body: organizationBody(
      plane,
      await plane.clients.organizations.updateOrganization({ id: idOf(call), ...changes }, askedByOperator(call)),
    ),
  };
}

type Organization = Awaited<ReturnType<ControlPlane['clients']['organizations']['createOrganization']>>;

const organizationBody = (
  plane: ControlPlane,
  { id, slug, displayName, clientId, status, createdAt, updatedAt }: Organization,
) => ({
  id,
  slug,
  display_name: displayName,
  client_id: clientId,
  status,
  url: addressOf(plane, slug),
  created_at: createdAt,
  updated_at: updatedAt,
});

/** `<slug>.<organisation domain>` at the public scheme and port. */
function addressOf({ config }: ControlPlane, slug: string): string {
  const url = new URL(config.publicUrl);
  if (config.orgDomain !== undefined) url.hostname = `${slug}.${config.orgDomain}`;
  return url.origin;
}
