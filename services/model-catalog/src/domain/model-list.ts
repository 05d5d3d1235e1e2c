import { AppError } from '@sangha/errors';
import { type Page, parsePage } from '@sangha/paging';

export interface ModelQuery {
  readonly page: Page;
  readonly sort: 'name' | 'size' | 'created_at' | 'updated_at';
  readonly descending: boolean;
  /** Empty = every type, every format, every capability. */
  readonly type: string;
  readonly apiFormat: string;
  readonly capability: string;
  readonly sizeMin: number | undefined;
  readonly sizeMax: number | undefined;
  /** Lower case; empty = everything. */
  readonly search: string;
}

interface Request {
  page: number;
  pageSize: number;
  sort: string;
  sortOrder: string;
  type: string;
  apiFormat: string;
  capability: string;
  sizeMin?: number;
  sizeMax?: number;
  search: string;
}

/** @throws AppError invalid_value for anything that is not on the lists below */
export function parseModelQuery(request: Request): ModelQuery {
  return {
    page: parsePage(request),
    sort: oneOf('sort', request.sort || 'name', ['name', 'size', 'created_at', 'updated_at']),
    descending: oneOf('sort_order', request.sortOrder || 'asc', ['asc', 'desc']) === 'desc',
    type: oneOf('type', request.type, ['', 'local_file', 'model_alias', 'api_model', 'fallback']),
    apiFormat: oneOf('api_format', request.apiFormat, ['', 'openai', 'openai_responses', 'anthropic', 'gemini']),
    capability: oneOf('capability', request.capability, ['', 'chat', 'embeddings', 'tool_use', 'vision', 'reasoning']),
    sizeMin: request.sizeMin,
    sizeMax: request.sizeMax,
    search: parseSearch(request.search),
  };
}

function oneOf<const T extends string>(param: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined)
    throw new AppError('invalid_value', `${param} is one of ${allowed.filter((value) => value !== '').join(', ')}.`, { param });
  return found;
}

function parseSearch(text: string): string {
  if (text.length > 100) throw new AppError('invalid_value', 'search has more than 100 characters.', { param: 'search' });
  return text.toLowerCase();
}
