import { codes, type ErrorCode, type ErrorType } from './codes.ts';

// Numbers of google.rpc.Code; written out so that this package depends on no transport.
const statuses: Record<ErrorType, number> = {
  cancelled_error: 1, // CANCELLED
  invalid_request_error: 3, // INVALID_ARGUMENT
  payload_too_large_error: 3, // INVALID_ARGUMENT
  gateway_timeout_error: 4, // DEADLINE_EXCEEDED
  not_found_error: 5, // NOT_FOUND
  forbidden_error: 7, // PERMISSION_DENIED
  rate_limit_error: 8, // RESOURCE_EXHAUSTED
  conflict_error: 9, // FAILED_PRECONDITION
  unprocessable_entity_error: 9, // FAILED_PRECONDITION
  method_not_allowed_error: 12, // UNIMPLEMENTED
  internal_error: 13, // INTERNAL
  bad_gateway_error: 14, // UNAVAILABLE
  service_unavailable: 14, // UNAVAILABLE
  authentication_error: 16, // UNAUTHENTICATED
};

/** The gRPC status of a code. The code itself travels in the trailer `sangha-error` (see @sangha/rpc). */
export const grpcStatusOf = (code: ErrorCode): number => statuses[codes[code]];
