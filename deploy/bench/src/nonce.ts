/** Eight digits that no earlier prompt began with, so that nothing of it is remembered; the same number of tokens each time. */
export const nonce = (): string => String(Math.floor(1e7 + Math.random() * 9e7));
