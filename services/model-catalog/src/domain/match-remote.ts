/** A remote model, as far as names depend on it. */
export interface NamedRemote {
  readonly id: string;
  readonly models: readonly string[];
  readonly prefix: string;
  readonly forwardAllWithPrefix: boolean;
}

export interface RemoteMatch<R> {
  readonly remote: R;
  /** What the upstream is asked for: the name without the prefix. */
  readonly upstreamModel: string;
}

/**
 * The remote model that a name means. The longest prefix that fits decides alone: when its remote does not know the rest
 * of the name there is no match, so that a more general prefix can't catch what a special one refuses. Without a
 * prefix the exact model id decides; of several remotes with the same id, the oldest.
 */
export function matchRemote<R extends NamedRemote>(name: string, remotes: readonly R[]): RemoteMatch<R> | undefined {
  const prefixed = remotes.filter(({ prefix }) => prefix !== '' && name.length > prefix.length && name.startsWith(prefix));
  const longest = prefixed.toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
  if (longest !== undefined) {
    const upstreamModel = name.slice(longest.prefix.length);
    return longest.forwardAllWithPrefix || longest.models.includes(upstreamModel)
      ? { remote: longest, upstreamModel }
      : undefined;
  }
  const exact = remotes.filter(({ prefix, models }) => prefix === '' && models.includes(name));
  const oldest = exact.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0];
  return oldest && { remote: oldest, upstreamModel: name };
}

/** The names that a remote model adds to the list; what it forwards beyond them can't be listed. */
export const namesOf = ({ prefix, models }: NamedRemote): string[] => models.map((id) => `${prefix}${id}`);
