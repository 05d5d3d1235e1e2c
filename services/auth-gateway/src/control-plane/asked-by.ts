import type { OrgContext, PlatformContext } from '@sangha/identity';
import { type ControlCall, principalOf } from '../route.ts';

type Asking = Pick<ControlCall, 'exchange' | 'requestId' | 'signal'>;

/** How a handler asks a service: as the principal of the request, under its id, as long as the caller waits. */
export const askedBy = ({
  exchange,
  requestId,
  signal,
}: Asking): { context: OrgContext; requestId: string; signal: AbortSignal } => ({
  context: principalOf(exchange),
  requestId,
  signal,
});

const platform: PlatformContext = Object.freeze({ kind: 'platform' });

/** The same for the platform operator. */
export const askedByOperator = ({
  requestId,
  signal,
}: Asking): { context: PlatformContext; requestId: string; signal: AbortSignal } => ({
  context: platform,
  requestId,
  signal,
});

/** `{id}` of the path. */
export const idOf = ({ params }: Pick<ControlCall, 'params'>): string => params.id ?? '';
