/** Patterns beside the colours, so that no state is told by its colour alone. Each stands on a pale ground of its own hue. */
const lines: Readonly<Record<string, { readonly size: number; readonly path: string; readonly turn?: number }>> = {
  'start-up': { size: 6, path: 'M0 3H6', turn: 45 },
  queue: { size: 6, path: 'M2 2h1.6M5 5h1.6' },
  wait: { size: 5, path: 'M0 2.5H5M2.5 0V5', turn: 45 },
  reply: { size: 5, path: 'M2.5 0V5' },
};

/** The definitions of those patterns that a drawing uses. */
export function patterns(drawing: string, id: string): string {
  const used = Object.entries(lines).filter(([name]) => drawing.includes(`url(#${id}-${name})`));
  if (used.length === 0) return '';
  const all = used.map(([name, { size, path, turn }]) => {
    const colour = `var(--il-${name})`;
    const rotate = turn === undefined ? '' : ` patternTransform="rotate(${turn})"`;
    return (
      `<pattern id="${id}-${name}" width="${size}" height="${size}" patternUnits="userSpaceOnUse"${rotate}>` +
      `<rect width="${size}" height="${size}" fill="${colour}" opacity=".18"/>` +
      `<path d="${path}" stroke="${colour}" stroke-width="1.8" fill="none"/></pattern>`
    );
  });
  return `<defs>${all.join('')}</defs>`;
}
