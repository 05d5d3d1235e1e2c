// Original file: inference/v1/inference.proto

import type { ToolCall as _sangha_inference_v1_ToolCall, ToolCall__Output as _sangha_inference_v1_ToolCall__Output } from '../../../sangha/inference/v1/ToolCall.ts';

export interface ChatMessage {
  /**
   * system | developer | user | assistant | tool
   */
  'role'?: (string);
  /**
   * text parts joined
   */
  'content'?: (string);
  'toolCalls'?: (_sangha_inference_v1_ToolCall)[];
  'toolCallId'?: (string);
  'name'?: (string);
  'reasoning'?: (string);
}

export interface ChatMessage__Output {
  /**
   * system | developer | user | assistant | tool
   */
  'role': (string);
  /**
   * text parts joined
   */
  'content': (string);
  'toolCalls': (_sangha_inference_v1_ToolCall__Output)[];
  'toolCallId': (string);
  'name': (string);
  'reasoning': (string);
}
