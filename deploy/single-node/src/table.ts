/** Rows as aligned columns; the first row is the heading. Columns whose heading starts with `>` are right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const [heading = []] = rows;
  const right = heading.map((cell) => cell.startsWith('>'));
  const clean = [heading.map((cell) => cell.replace(/^>/, '')), ...rows.slice(1)];
  const widths = heading.map((_, column) => Math.max(...clean.map((row) => lengthOf(row[column] ?? ''))));
  return clean
    .map((row) =>
      row
        .map((cell, column) => {
          const room = ' '.repeat((widths[column] ?? 0) - lengthOf(cell));
          return right[column] ? room + cell : cell + room;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** In characters; `padEnd` would count some twice. */
const lengthOf = (cell: string): number => [...cell].length;
