import type { ApiClient } from '../api-client.ts';
import { megabytes } from '../progress.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface Row {
  type: string;
  name: string;
  access: boolean;
  size?: number;
  quantization?: string;
  context_length?: number;
  license?: string;
  base_url?: string;
  repo?: string;
}

/** `sangha models`: everything the asker's organisation can call. */
export async function models(api: ApiClient, terminal: Terminal): Promise<void> {
  const { data } = await api.get<{ data: Row[]; total: number }>('/bodhi/v1/models?page_size=100');
  if (data.length === 0) {
    terminal.answer([], 'No model yet. Fetch one: sangha pull Qwen/Qwen3-0.6B-GGUF:Q8_0');
    return;
  }
  const rows = data.map((row) => [
    row.name,
    row.type.replaceAll('_', ' '),
    row.size ? megabytes(row.size) : '',
    row.context_length ? String(row.context_length) : '',
    row.license ?? row.base_url ?? '',
  ]);
  terminal.answer(data, table([['NAME', 'KIND', '>SIZE', '>CONTEXT', 'LICENCE / ADDRESS'], ...rows]));
}
