import type { ContextParams } from './context-params.ts';

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

/** The ids by which grants can name something: what callers write, and the row that stands behind it. */
export const grantIds = (row: { id: string }, ...names: string[]): string[] => [...new Set([...names, row.id])];
