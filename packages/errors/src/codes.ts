/**
 * Every code that a caller may meet, with its type. Codes are a promise to clients: add, never rename.
 * The HTTP status follows from the type (contract §4), the gRPC status from `grpc-status.ts`.
 */
export const codes = {
  // 400: the request can't be understood or can't be served as asked
  invalid_request: 'invalid_request_error',
  invalid_json: 'invalid_request_error',
  duplicate_key: 'invalid_request_error',
  missing_field: 'invalid_request_error',
  invalid_value: 'invalid_request_error',
  conflicting_credentials: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  no_chat_template: 'invalid_request_error',
  template_failed: 'invalid_request_error',
  schema_unsupported: 'invalid_request_error',
  grammar_invalid: 'invalid_request_error',
  not_an_embedding_model: 'invalid_request_error',
  not_a_chat_model: 'invalid_request_error',
  unsupported_content: 'invalid_request_error',
  model_unusable: 'invalid_request_error',
  not_a_gguf: 'invalid_request_error',
  file_ambiguous: 'invalid_request_error',
  setting_not_editable: 'invalid_request_error',
  key_origin_changed: 'invalid_request_error',
  address_refused: 'invalid_request_error',
  body_too_large: 'payload_too_large_error',
  // 401
  credential_missing: 'authentication_error',
  token_malformed: 'authentication_error',
  token_invalid: 'authentication_error',
  token_expired: 'authentication_error',
  token_revoked: 'authentication_error',
  context_invalid: 'authentication_error',
  wrong_organization: 'authentication_error',
  // 403
  forbidden: 'forbidden_error',
  insufficient_role: 'forbidden_error',
  insufficient_scope: 'forbidden_error',
  model_not_granted: 'forbidden_error',
  org_suspended: 'forbidden_error',
  hub_not_allowed: 'forbidden_error',
  // 404
  not_found: 'not_found_error',
  route_not_found: 'not_found_error',
  org_not_found: 'not_found_error',
  model_not_found: 'not_found_error',
  method_not_allowed: 'method_not_allowed_error',
  // 409
  conflict: 'conflict_error',
  org_slug_taken: 'conflict_error',
  alias_taken: 'conflict_error',
  prefix_taken: 'conflict_error',
  member_exists: 'conflict_error',
  last_admin: 'conflict_error',
  wrong_state: 'conflict_error',
  home_in_use: 'conflict_error',
  port_in_use: 'conflict_error',
  // 422
  unprocessable: 'unprocessable_entity_error',
  // 429
  rate_limited: 'rate_limit_error',
  queue_full: 'rate_limit_error',
  // hub and upstream
  hub_gated: 'forbidden_error',
  hub_not_found: 'not_found_error',
  hub_rate_limited: 'rate_limit_error',
  hub_unreachable: 'service_unavailable',
  hash_mismatch: 'service_unavailable',
  disk_full: 'service_unavailable',
  upstream_failed: 'bad_gateway_error',
  upstream_unreachable: 'bad_gateway_error',
  upstream_timeout: 'gateway_timeout_error',
  // 499 / 503
  cancelled: 'cancelled_error',
  deadline_exceeded: 'gateway_timeout_error',
  engine_crashed: 'service_unavailable',
  no_memory: 'service_unavailable',
  model_load_failed: 'service_unavailable',
  unavailable: 'service_unavailable',
  shutting_down: 'service_unavailable',
  // 500: shown as nothing, logged whole
  internal: 'internal_error',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof codes;
export type ErrorType = (typeof codes)[ErrorCode];

const statuses: Record<ErrorType, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  forbidden_error: 403,
  not_found_error: 404,
  method_not_allowed_error: 405,
  conflict_error: 409,
  payload_too_large_error: 413,
  unprocessable_entity_error: 422,
  rate_limit_error: 429,
  cancelled_error: 499,
  internal_error: 500,
  bad_gateway_error: 502,
  service_unavailable: 503,
  gateway_timeout_error: 504,
};

export const typeOf = (code: ErrorCode): ErrorType => codes[code];
export const httpStatusOf = (code: ErrorCode): number => statuses[codes[code]];
