import { AppError } from '@sangha/errors';
import { type Role, roleAtLeast } from '@sangha/identity';

/** Who stands where in an organisation. The platform operator acts with the highest role. */
export interface Standing {
  readonly userId: string;
  readonly role: Role;
}

const memberRoles: ReadonlySet<string> = new Set<Role>([
  'resource_user',
  'resource_power_user',
  'resource_manager',
  'resource_admin',
]);

/** A role that a member can have. @throws AppError invalid_value */
export function parseMemberRole(text: string): Role {
  if (!memberRoles.has(text))
    throw new AppError('invalid_value', `role is one of ${[...memberRoles].join(', ')}.`, { param: 'role' });
  return text as Role;
}

/** @throws AppError insufficient_role when `role` is above the actor's own */
export function checkAssign(actor: Standing, role: Role): void {
  if (!roleAtLeast(actor.role, role))
    throw new AppError('insufficient_role', 'Nobody can give a role above their own.', { param: 'role' });
}

/** @throws AppError insufficient_role when the target stands above the actor */
export function checkActOn(actor: Standing, target: Standing): void {
  if (!roleAtLeast(actor.role, target.role))
    throw new AppError('insufficient_role', 'Nobody can change a member whose role is above their own.');
}

/**
 * What must hold before a member's role changes (`role`) or the member leaves (`undefined`).
 * @param admins how many admins the organisation has now, counted under the lock that serialises such changes
 * @throws AppError last_admin
 */
export function checkAdminRemains(target: Standing, role: Role | undefined, admins: number): void {
  if (target.role === 'resource_admin' && role !== 'resource_admin' && admins <= 1) {
    throw new AppError('last_admin', 'An organisation needs an admin. Make someone else admin first.');
  }
}
