import type { ServerResponse } from 'node:http';

/**
 * Cuts the connection of a caller who takes nothing of what waits for it during `ms`: without an end, its answer would hold a
 * sequence of an engine or a connection to a provider for ever. Called only when something waits. Answers how to stop watching.
 */
export function cutWhenStalled(res: ServerResponse, ms: number): () => void {
  const timer = setTimeout(() => res.destroy(), ms);
  return () => clearTimeout(timer);
}
