import type { ContextParams } from './context-params.ts';
import { exactFileName } from './file-name.ts';

interface TemplateOf {
  readonly chatTemplate: string;
  readonly chatTemplateSource: string;
  readonly capabilities: readonly string[];
}

/** The template that a model is rendered with (alias before file before family), and what it can then do. */
export function effective(
  file: TemplateOf,
  context: ContextParams,
): { chatTemplate: string; chatTemplateSource: string; capabilities: string[] } {
  const { chatTemplate } = context;
  if (chatTemplate === undefined)
    return { chatTemplate: file.chatTemplate, chatTemplateSource: file.chatTemplateSource, capabilities: [...file.capabilities] };
  const embeds = file.capabilities.includes('embeddings');
  const capabilities = embeds || file.capabilities.includes('chat') ? [...file.capabilities] : ['chat', ...file.capabilities];
  return { chatTemplate, chatTemplateSource: 'alias', capabilities };
}

/**
 * The ids by which grants can name a row, besides a name that means it: the row's id, what it is called, and for a file the
 * name that it always has.
 */
export function grantIds(
  row: { id: string } & ({ alias: string } | { models: readonly string[] } | { name: string; repo: string; filename: string }),
): string[] {
  if ('models' in row) return [row.id];
  if ('alias' in row) return [row.id, row.alias];
  return [row.id, row.name, exactFileName(row)];
}
