export type Capability = 'chat' | 'embeddings' | 'tool_use' | 'vision' | 'reasoning';

const encoders = new Set([
  'bert',
  'modern-bert',
  'nomic-bert',
  'nomic-bert-moe',
  'neo-bert',
  'jina-bert-v2',
  'jina-bert-v3',
  'eurobert',
  'gemma-embedding',
  't5encoder',
]);
const seeing = new Set(['qwen2vl', 'qwen3vl', 'qwen3vlmoe', 'hunyuan_vl', 'cogvlm', 'deepseek2-ocr', 'chameleon']);
const embeddingPoolings = new Set(['mean', 'cls', 'last']);

/** Whether the file makes vectors instead of text. A generating architecture with a pooling was trained into an embedder. */
export const isEmbedder = (facts: { architecture: string; pooling: string | undefined }): boolean =>
  facts.pooling === 'rank' ? false : encoders.has(facts.architecture) || embeddingPoolings.has(facts.pooling ?? 'none');

/**
 * What the model can be asked for, as far as its file tells: the architecture, the pooling and what its chat template
 * mentions. A guess for lists and filters; whether a request works is decided when it is made.
 */
export function capabilitiesOf(facts: { architecture: string; pooling: string | undefined; template: string }): Capability[] {
  if (isEmbedder(facts)) return ['embeddings'];
  if (facts.pooling === 'rank' || facts.template === '') return [];
  return [
    'chat',
    ...(/\btools\b/.test(facts.template) ? (['tool_use'] as const) : []),
    ...(seeing.has(facts.architecture) || /image_pad|<image>|<start_of_image>/.test(facts.template) ? (['vision'] as const) : []),
    ...(/<think>|enable_thinking|reasoning_content|<\|channel\|>analysis/.test(facts.template) ? (['reasoning'] as const) : []),
  ];
}
