/** A page of a list: `page` from 1 (default 1), `pageSize` 1..100 (default 30; larger is capped). 0 on the wire means "not given". */
export interface Page {
  readonly page: number;
  readonly pageSize: number;
}

// Beyond this an OFFSET is only work for the database.
const lastPage = 1_000_000;

export const parsePage = (request: { page: number; pageSize: number }): Page => ({
  page: Math.min(request.page || 1, lastPage),
  pageSize: Math.min(request.pageSize || 30, 100),
});

export const skipTake = ({ page, pageSize }: Page): { skip: number; take: number } => ({
  skip: (page - 1) * pageSize,
  take: pageSize,
});
