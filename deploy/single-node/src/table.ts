/** Rows as aligned columns; the first row is the heading. Columns whose heading starts with `>` are right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const [heading = []] = rows;
  const right = heading.map((cell) => cell.startsWith('>'));
  const clean = [heading.map((cell) => cell.replace(/^>/, '')), ...rows.slice(1)];
  const widths = heading.map((_, column) => Math.max(...clean.map((row) => [...(row[column] ?? '')].length)));
  return clean
    .map((row) =>
      row
        .map((cell, column) => (right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
