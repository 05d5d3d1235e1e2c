import type { Prisma } from '../generated/postgres/client.ts';

/** The transaction client that repositories receive; the other engine's client has the same shape for our models. */
export type Db = Prisma.TransactionClient;
