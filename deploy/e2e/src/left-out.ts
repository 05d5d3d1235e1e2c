/**
 * Something that a test needs from outside (a real model, Python). Where it can't be had, the test is left out and says why;
 * where everything must run (CI), that is a failure.
 */
export async function orLeaveOut<T>(
  what: string,
  get: () => Promise<T>,
): Promise<{ value: T; skip: false } | { value: undefined; skip: string }> {
  try {
    return { value: await get(), skip: false };
  } catch (error) {
    if (process.env.CI) throw error;
    return { value: undefined, skip: `left out: ${what} can't be had here (${error instanceof Error ? error.message : error})` };
  }
}
