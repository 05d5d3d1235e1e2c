/** Middle value; of two middles the lower. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

/** Runs the sides in turn, round after round, so that a machine that slows down slows all of them; answers each side's figures. */
export async function interleaved<Side extends string>(
  sides: Record<Side, () => Promise<number>>,
  rounds: number,
): Promise<Record<Side, number[]>> {
  const figures = Object.fromEntries(Object.keys(sides).map((side) => [side, [] as number[]])) as Record<Side, number[]>;
  for (let round = 0; round < rounds; round++) {
    const order = Object.keys(sides) as Side[];
    for (const side of round % 2 === 0 ? order : order.reverse()) figures[side].push(await sides[side]());
  }
  return figures;
}

/** The median of the rounds' own ratios: what the machine did in one round happened to both sides. */
export function medianRatio(ours: readonly number[], reference: readonly number[]): number {
  return median(ours.map((value, round) => value / (reference[round] ?? Number.NaN)));
}
