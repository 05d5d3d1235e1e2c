import { median, medianRatio } from './rounds.ts';

export interface Row {
  what: string;
  unit: string;
  floor: number | undefined;
  ours: number;
  ratio: number | undefined;
  aim: string;
}

/** A row of medians; the ratio is the median of the rounds' own ratios. */
export function ratioRow(
  what: string,
  unit: string,
  figures: { floor: number[]; ours: number[] },
  { aim = '' }: { aim?: string },
): Row {
  return {
    what,
    unit,
    floor: median(figures.floor),
    ours: median(figures.ours),
    ratio: medianRatio(figures.ours, figures.floor),
    aim,
  };
}

/** A row without a reference. */
export const plainRow = (what: string, unit: string, ours: number, aim = ''): Row => ({
  what,
  unit,
  floor: undefined,
  ours,
  ratio: undefined,
  aim,
});

export function printTable(rows: readonly Row[]): void {
  const number = (value: number | undefined) => (value === undefined ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(1));
  const cells = rows.map(({ what, unit, floor, ours, ratio, aim }) => [
    what,
    number(floor),
    number(ours),
    unit,
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    aim,
  ]);
  const all = [['', 'reference', 'ours', '', 'ratio', 'aim'], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of all)
    console.log(
      row
        .map((cell, column) =>
          column === 0 || column === 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    );
}
