/** Names of the metadata that every call carries. */
export const contextKey = 'sangha-context';
export const requestIdKey = 'x-request-id';
/** The trailer of a failed call. */
export const errorKey = 'sangha-error';

/** Messages in either direction, unless told otherwise. */
export const defaultMaxMessageBytes = 16 * 1024 * 1024;

const plainId = /^[\x21-\x7e]{1,128}$/;

/** The request id if it is fit for metadata and logs (1 to 128 printable ASCII characters). */
export const usableRequestId = (id: string | undefined): string | undefined =>
  id !== undefined && plainId.test(id) ? id : undefined;
