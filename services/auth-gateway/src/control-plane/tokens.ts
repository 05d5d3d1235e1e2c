import { z } from 'zod';
import { type Answer, type ControlCall, principalOf } from '../route.ts';
import { askedBy, idOf } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';
import { orNull, type PageQuery, pageBody, pageRequest } from './paging.ts';

const allowed = z.union([
  z.object({ type: z.literal('all') }).strict(),
  z.object({ type: z.literal('specific'), ids: z.array(z.string().min(1).max(512)).max(1000) }).strict(),
]);

/** What a token may use; what is not named is denied. */
export const grantsSchema = z
  .object({ version: z.literal('1'), models_list: z.boolean(), models: allowed, toolsets_list: z.boolean(), toolsets: allowed })
  .partial({ models_list: true, models: true, toolsets_list: true, toolsets: true })
  .strict();

export const createTokenSchema = z.object({
  name: z.string().min(1).max(100),
  scope: z.enum(['scope_token_user', 'scope_token_power_user']),
  grants: grantsSchema.optional(),
  expires_at: z.iso.datetime({ offset: true }).nullish(),
});

export const updateTokenSchema = z.object({
  name: z.string().min(1).max(100).optional(),
  status: z.enum(['active', 'inactive']).optional(),
  grants: grantsSchema.optional(),
});

/** The text is in this answer and in no other. */
export async function createToken(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof createTokenSchema>>,
): Promise<Answer> {
  const { name, scope, grants, expires_at } = call.body;
  const made = await clients.tokens.createToken(
    { name, scope, grants: grants === undefined ? '' : JSON.stringify(grants), expiresAt: expires_at ?? '' },
    askedBy(call),
  );
  return { body: tokenCreatedBody(made, principalOf(call.exchange).userId) };
}

export async function listTokens({ clients }: ControlPlane, call: ControlCall<PageQuery>): Promise<Answer> {
  const page = await clients.tokens.listTokens(pageRequest(call.query), askedBy(call));
  const { userId } = principalOf(call.exchange);
  return {
    body: pageBody(
      page.tokens.map((token) => tokenBody(token, userId)),
      page,
    ),
  };
}

export async function updateToken(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof updateTokenSchema>>,
): Promise<Answer> {
  const { name, status, grants } = call.body;
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(status === undefined ? {} : { status }),
    ...(grants === undefined ? {} : { grants: JSON.stringify(grants) }),
  };
  const token = await clients.tokens.updateToken({ id: idOf(call), ...changes }, askedBy(call));
  return { body: tokenBody(token, principalOf(call.exchange).userId) };
}

export async function deleteToken({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  await clients.tokens.deleteToken({ id: idOf(call) }, askedBy(call));
  return {};
}

type Token = Awaited<ReturnType<ControlPlane['clients']['tokens']['updateToken']>>;

type Created = Awaited<ReturnType<ControlPlane['clients']['tokens']['createToken']>>;

export const tokenCreatedBody = ({ text, token }: Created, userId: string) => ({
  token: text,
  ...(token ? tokenBody(token, userId) : {}),
});

/** `userId`: tokens are shown to their owner only. */
export const tokenBody = (token: Token, userId: string) => ({
  id: token.id,
  user_id: userId,
  name: token.name,
  token_prefix: token.tokenPrefix,
  scopes: token.scope,
  scope: token.scope,
  status: token.status,
  grants: token.grants === '' ? null : JSON.parse(token.grants),
  expires_at: orNull(token.expiresAt),
  last_used_at: orNull(token.lastUsedAt),
  created_at: token.createdAt,
  updated_at: token.updatedAt,
});
