import { matchRemote, type NamedRemote, namesOf } from './match-remote.ts';

export interface NamedRow {
  readonly id: string;
  readonly name: string;
}

export type Callable<A, R, F> =
  | { readonly type: 'model_alias'; readonly name: string; readonly row: A }
  | { readonly type: 'api_model'; readonly name: string; readonly row: R }
  | { readonly type: 'local_file'; readonly name: string; readonly row: F };

/**
 * Every name that an asker can call, sorted by its bytes, each once and meaning what it resolves to: own alias before shared
 * alias before remote model before file.
 * @param aliases those that the asker can see
 * @param files newest first
 */
export function visibleNames<A extends NamedRow & { visibility: string }, R extends NamedRemote, F extends NamedRow>(
  aliases: readonly A[],
  remotes: readonly R[],
  files: readonly F[],
): Callable<A, R, F>[] {
  const names = new Map<string, Callable<A, R, F>>();
  const add = (entry: Callable<A, R, F>) => names.has(entry.name) || names.set(entry.name, entry);
  for (const visibility of ['private', 'org']) {
    for (const row of aliases) if (row.visibility === visibility) add({ type: 'model_alias', name: row.name, row });
  }
  for (const name of remotes.flatMap(namesOf)) {
    const match = matchRemote(name, remotes);
    if (match !== undefined) add({ type: 'api_model', name, row: match.remote });
  }
  for (const row of files) add({ type: 'local_file', name: row.name, row });
  return [...names.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}
