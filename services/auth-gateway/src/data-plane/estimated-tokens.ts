/** A guess that errs on the small side for text; counts of those who tokenise settle it where there are any. */
const bytesPerToken = 4;

export const estimatedTokens = (bytes: number): number => Math.ceil(bytes / bytesPerToken);
