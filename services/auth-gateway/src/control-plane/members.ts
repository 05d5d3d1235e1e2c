import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { askedBy, idOf } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';
import { orNull, type PageQuery, pageBody, pageRequest } from './paging.ts';

const role = z.enum(['resource_user', 'resource_power_user', 'resource_manager', 'resource_admin']);

export const addMemberSchema = z.object({
  user_id: z.string().min(1).max(255),
  username: z.string().min(1).max(255),
  email: z.string().max(320).nullish(),
  role,
});
export const memberRoleSchema = z.object({ role });

export async function listMembers({ clients }: ControlPlane, call: ControlCall<PageQuery>): Promise<Answer> {
  const page = await clients.members.listMembers(pageRequest(call.query), askedBy(call));
  return { body: pageBody(page.members.map(memberBody), page) };
}

export async function addMember(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof addMemberSchema>>,
): Promise<Answer> {
  const { user_id: userId, username, email, role } = call.body;
  return { body: memberBody(await clients.members.addMember({ userId, username, email: email ?? '', role }, askedBy(call))) };
}

export async function setMemberRole(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof memberRoleSchema>>,
): Promise<Answer> {
  return { body: memberBody(await clients.members.setMemberRole({ userId: idOf(call), role: call.body.role }, askedBy(call))) };
}

export async function removeMember({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  await clients.members.removeMember({ userId: idOf(call) }, askedBy(call));
  return {};
}

type Member = Awaited<ReturnType<ControlPlane['clients']['members']['addMember']>>;

const memberBody = ({ userId, username, email, role, createdAt, updatedAt }: Member) => ({
  user_id: userId,
  username,
  email: orNull(email),
  role,
  created_at: createdAt,
  updated_at: updatedAt,
});
