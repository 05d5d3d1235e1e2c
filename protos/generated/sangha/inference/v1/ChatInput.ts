// Original file: inference/v1/inference.proto

import type { ChatMessage as _sangha_inference_v1_ChatMessage, ChatMessage__Output as _sangha_inference_v1_ChatMessage__Output } from '../../../sangha/inference/v1/ChatMessage.ts';
import type { Tool as _sangha_inference_v1_Tool, Tool__Output as _sangha_inference_v1_Tool__Output } from '../../../sangha/inference/v1/Tool.ts';

export interface ChatInput {
  'messages'?: (_sangha_inference_v1_ChatMessage)[];
  'tools'?: (_sangha_inference_v1_Tool)[];
  /**
   * auto | none | required | <function name prefixed with "function:">
   */
  'toolChoice'?: (string);
  'parallelToolCalls'?: (boolean);
  /**
   * JSON object for the template, e.g. {"enable_thinking":false}
   */
  'templateKwargs'?: (string);
}

export interface ChatInput__Output {
  'messages': (_sangha_inference_v1_ChatMessage__Output)[];
  'tools': (_sangha_inference_v1_Tool__Output)[];
  /**
   * auto | none | required | <function name prefixed with "function:">
   */
  'toolChoice': (string);
  'parallelToolCalls': (boolean);
  /**
   * JSON object for the template, e.g. {"enable_thinking":false}
   */
  'templateKwargs': (string);
}
