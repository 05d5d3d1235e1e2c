import { z } from 'zod';

const whole = (max: number) => z.coerce.number().int().min(1).max(max);

/** `page` from 1, `page_size` up to 100 (larger is capped), `sort`, `sort_order` (contract §4). */
export const pageQuery = z.object({
  page: whole(1_000_000).default(1),
  page_size: whole(1_000_000)
    .default(30)
    .transform((size) => Math.min(size, 100)),
  sort: z.string().max(40).optional(),
  sort_order: z.enum(['asc', 'desc'], 'must be asc or desc').optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

export const pageRequest = ({ page, page_size }: PageQuery) => ({ page, pageSize: page_size });

/** The body of every list. */
export const pageBody = <Row>(rows: Row[], { total, page, pageSize }: { total: number; page: number; pageSize: number }) => ({
  data: rows,
  total,
  page,
  page_size: pageSize,
});

/** Empty text on the wire between services is nothing at all outside. */
export const orNull = (text: string): string | null => (text === '' ? null : text);
