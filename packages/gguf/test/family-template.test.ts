import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Template } from '@huggingface/jinja';
import { effectiveTemplate } from '../src/index.ts';

const meta = (architecture: string, markers: string[], chatTemplate?: string) => ({
  architecture,
  markers: new Set(markers),
  chatTemplate,
  pooling: undefined,
});
const gemma = meta('gemma3', ['<start_of_turn>', '<end_of_turn>']);
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: ' Hi ' },
  { role: 'assistant', content: 'Hello.' },
  { role: 'user', content: 'Bye' },
];
const render = (template: string): string =>
  new Template(template).render({ messages, add_generation_prompt: true, bos_token: '<bos>', eos_token: '<eos>' });

test("a file's own template wins over its family's", () => {
  assert.deepEqual(effectiveTemplate({ ...gemma, chatTemplate: '{{ messages }}' }), {
    template: '{{ messages }}',
    source: 'file',
  });
});

test('Gemma without a template gets turns with the system text in the first of them', () => {
  const { template, source } = effectiveTemplate(gemma);
  assert.equal(source, 'family');
  assert.equal(
    render(template),
    '<bos><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello.<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n',
  );
});

test('Qwen without a template gets ChatML, Llama 3 its headers, Phi 3 its roles', () => {
  const chatMl = render(effectiveTemplate(meta('qwen3', ['<|im_start|>', '<|im_end|>'])).template);
  assert.ok(chatMl.startsWith('<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n'));
  assert.ok(chatMl.endsWith('<|im_start|>assistant\n'));
  const llama = render(effectiveTemplate(meta('llama', ['<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'])).template);
  assert.ok(llama.startsWith('<bos><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user'));
  const phi = render(effectiveTemplate(meta('phi3', ['<|user|>', '<|assistant|>', '<|end|>'])).template);
  assert.ok(phi.endsWith('<|user|>\nBye<|end|>\n<|assistant|>\n'));
});

test('nothing is guessed: an architecture alone, tokens alone and embedders have no template', () => {
  assert.equal(effectiveTemplate(meta('gemma3', [])).source, 'none');
  assert.equal(effectiveTemplate(meta('llama', ['<|im_start|>', '<|im_end|>'])).source, 'none');
  assert.equal(effectiveTemplate(meta('falcon', ['<start_of_turn>', '<end_of_turn>'])).source, 'none');
  assert.equal(effectiveTemplate({ ...meta('qwen3', ['<|im_start|>', '<|im_end|>']), pooling: 'last' }).source, 'none');
});
