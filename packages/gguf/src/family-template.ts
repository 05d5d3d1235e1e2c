import { isEmbedder } from './capabilities.ts';

export interface EffectiveTemplate {
  /** Jinja; empty when none is known. */
  template: string;
  source: 'file' | 'family' | 'none';
}

/**
 * The chat template to render with. A file without one gets its family's, where two things agree: the architecture is one
 * whose turns are publicly documented, and the vocabulary has the very tokens that these turns are made of. A template that
 * merely might fit would give bad answers without an error, so everything else has none.
 */
export function effectiveTemplate(meta: {
  architecture: string;
  pooling: string | undefined;
  chatTemplate: string | undefined;
  markers: ReadonlySet<string>;
}): EffectiveTemplate {
  if (meta.chatTemplate !== undefined && meta.chatTemplate.trim() !== '') return { template: meta.chatTemplate, source: 'file' };
  if (isEmbedder(meta)) return { template: '', source: 'none' };
  const family = families.find(
    ({ architectures, markers }) => architectures.has(meta.architecture) && markers.every((marker) => meta.markers.has(marker)),
  );
  return family === undefined ? { template: '', source: 'none' } : { template: family.template, source: 'family' };
}

const lines = (...parts: string[]): string => parts.join('');

/** Gemma: the system text goes into the first user turn, the assistant is called `model`. */
const gemmaTurns = lines(
  '{{ bos_token }}',
  "{%- set ns = namespace(intro='') -%}",
  '{%- for message in messages -%}',
  "{%- if message.role == 'system' or message.role == 'developer' -%}",
  "{%- set ns.intro = ns.intro + message.content + '\\n\\n' -%}",
  '{%- else -%}',
  "{{- '<start_of_turn>' + ('model' if message.role == 'assistant' else 'user') + '\\n' + ns.intro + (message.content | trim) + '<end_of_turn>\\n' -}}",
  "{%- set ns.intro = '' -%}",
  '{%- endif -%}',
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<start_of_turn>model\\n' -}}{%- endif -%}",
);

const chatMl = lines(
  '{%- for message in messages -%}',
  "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}",
);

const llama3Headers = lines(
  '{{ bos_token }}',
  '{%- for message in messages -%}',
  "{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + (message.content | trim) + '<|eot_id|>' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}{%- endif -%}",
);

const phi3Turns = lines(
  '{%- for message in messages -%}',
  "{{- '<|' + message.role + '|>\\n' + message.content + '<|end|>\\n' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|assistant|>\\n' -}}{%- endif -%}",
);

const families: readonly { architectures: ReadonlySet<string>; markers: readonly string[]; template: string }[] = [
  {
    architectures: new Set(['gemma', 'gemma2', 'gemma3', 'gemma3n']),
    markers: ['<start_of_turn>', '<end_of_turn>'],
    template: gemmaTurns,
  },
  {
    architectures: new Set(['qwen2', 'qwen2moe', 'qwen3', 'qwen3moe']),
    markers: ['<|im_start|>', '<|im_end|>'],
    template: chatMl,
  },
  {
    architectures: new Set(['llama']),
    markers: ['<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
    template: llama3Headers,
  },
  { architectures: new Set(['phi3']), markers: ['<|user|>', '<|assistant|>', '<|end|>'], template: phi3Turns },
];
