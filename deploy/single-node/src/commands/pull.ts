import { AppError, type ErrorCode } from '@sangha/errors';
import type { ApiClient } from '../api-client.ts';
import { megabytes, showProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

interface Download {
  id: string;
  repo: string;
  filename: string;
  status: string;
  error_code?: string;
  error_message?: string;
  total_bytes?: number;
  downloaded_bytes: number;
}

/** `sangha pull`: asks for the file and follows the job until it rests. Leaving early (Ctrl-C) leaves the job running. */
export async function pull(api: ApiClient, terminal: Terminal, model: string, revision: string): Promise<void> {
  const asked = await api.send<Download>('POST', '/bodhi/v1/models/files/pull', { ...parseModel(model), revision });
  const progress = showProgress(asked.filename, { unit: 'bytes', quiet: terminal.json });
  let last = asked;
  for await (const event of api.events('GET', `/bodhi/v1/models/files/pull/${asked.id}/events`)) {
    if (event.event === 'end') break;
    last = JSON.parse(event.data);
    if (last.total_bytes) progress.update(last.downloaded_bytes, last.total_bytes);
  }
  progress.stop();
  if (last.status !== 'completed') {
    throw new AppError((last.error_code as ErrorCode) || 'wrong_state', last.error_message || `The download is ${last.status}.`);
  }
  terminal.answer(
    last,
    `${last.repo} ${last.filename} is here (${megabytes(last.total_bytes ?? last.downloaded_bytes)}). \`sangha models\` shows its name.`,
  );
}

/** `owner/repo`, `owner/repo:Q4_K_M` or `owner/repo/file.gguf`. */
export function parseModel(text: string): { repo: string; filename: string } {
  const match = /^([^/\s:]+\/[^/\s:]+)(?:[:/](\S+))?$/.exec(text);
  if (!match?.[1]) {
    throw new AppError(
      'invalid_value',
      `"${text}" names no model. Write OWNER/REPO, OWNER/REPO:QUANTIZATION or OWNER/REPO/FILE.gguf, for example Qwen/Qwen3-0.6B-GGUF:Q8_0.`,
    );
  }
  return { repo: match[1], filename: match[2] ?? '' };
}
