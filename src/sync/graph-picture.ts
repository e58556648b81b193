import { escapeHtml, type Part, uniqueId } from '../show/parts.ts';
import type { GraphEdge, WaitForGraph } from './graph.ts';

type Facts = Pick<WaitForGraph, 'holds' | 'waits' | 'cycles'>;

const rowHeight = 46;
const boxHeight = 28;

/** The facts in lines: what the picture shows too. */
function textOf({ holds, waits, cycles }: Facts): string {
  const whos = unique([...holds, ...waits].map(({ who }) => who));
  const list = (edges: readonly GraphEdge[], who: string): string =>
    unique(edges.filter((edge) => edge.who === who).map(({ what }) => what)).join(' and ');
  const lines = whos.map((who) => {
    const [held, awaited] = [list(holds, who), list(waits, who)];
    const parts = [held && `holds ${held}`, awaited && `waits for ${awaited}`].filter(Boolean);
    return `${who} ${parts.join(' and ')}`;
  });
  const verdict =
    cycles.length === 0
      ? 'No cycle.'
      : cycles.map((cycle) => `Deadlock: ${[...cycle, cycle[0]].join(' → ')}. None of them can go on.`).join('\n');
  return whos.length === 0 ? 'Nobody holds anything, and nobody waits.' : [...lines, verdict].join('\n');
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** Two columns: who on the left, what on the right, in the order of waiting, so that a cycle is a ladder. */
export function drawGraph(facts: Facts): Part {
  const { holds, waits, cycles } = facts;
  const text = textOf(facts);
  const whos = unique([...cycles.flatMap((cycle) => even(cycle)), ...[...waits, ...holds].map(({ who }) => who)]);
  if (whos.length === 0) return { text, html: `<p>${escapeHtml(text)}</p>` };
  const whats = unique([...cycles.flatMap((cycle) => odd(cycle)), ...[...waits, ...holds].map(({ what }) => what)]);
  const title = cycles.length === 0 ? 'Who waits for whom' : 'Who waits for whom: a deadlock';
  const pictures = [
    ['wide', 700],
    ['narrow', 340],
  ] as const;
  const drawings = pictures.map(([name, width]) => {
    const drawing = draw(facts, whos, whats, width);
    const height = Math.max(whos.length, whats.length) * rowHeight + 34;
    const id = uniqueId(drawing);
    return (
      `<div class="il-picture il-${name}" hidden><svg xmlns="http://www.w3.org/2000/svg" role="img" ` +
      `aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${width} ${height}" style="max-width:${width}px">` +
      `<title id="${id}-t">${title}</title><desc id="${id}-d">${escapeHtml(text)}</desc>${drawing}</svg></div>`
    );
  });
  const [cycle] = cycles;
  const verdict =
    cycles.length === 1 && cycle!.length > 4
      ? `Deadlock: ${cycle!.length / 2} wait in a circle, and none of them can go on.`
      : text.slice(text.lastIndexOf('\n') + 1);
  const html =
    `<figure><figcaption>${escapeHtml(verdict)}</figcaption>${drawings.join('')}` +
    `<pre class="il-twin">${escapeHtml(text)}</pre></figure>`;
  return { html, text };
}

const even = (cycle: readonly string[]): string[] => cycle.filter((_, index) => index % 2 === 0);
const odd = (cycle: readonly string[]): string[] => cycle.filter((_, index) => index % 2 === 1);

function draw({ holds, waits, cycles }: Facts, whos: string[], whats: string[], width: number): string {
  const isWide = width > 500;
  const box = Math.round(width * (isWide ? 0.34 : 0.46));
  const rightBox = Math.round(width * (isWide ? 0.3 : 0.25));
  const right = width - rightBox - 2;
  const y = (row: number): number => row * rowHeight + 4;
  const inCycle = new Set(cycles.flat());
  const boxes = (names: string[], x: number, box: number, radius: number): string =>
    names
      .map((name, row) => {
        const colour = inCycle.has(name) ? 'fail' : 'soft';
        const most = Math.floor((box - 10) / 6.1);
        const label = name.length > most ? `${name.slice(0, most - 1)}…` : name;
        return (
          `<g><title>${escapeHtml(name)}</title><rect x="${x}" y="${y(row)}" width="${box}" height="${boxHeight}" ` +
          `rx="${radius}" fill="none" stroke="var(--il-${colour})" stroke-width="${inCycle.has(name) ? 2.5 : 1.2}"/>` +
          `<text x="${x + box / 2}" y="${y(row) + 18}" text-anchor="middle" fill="var(--il-ink)">` +
          `${escapeHtml(label)}</text></g>`
        );
      })
      .join('');
  /** Whether an arrow is one of a cycle's: from one of its names to the next. */
  const marked = (from: string, to: string): boolean =>
    cycles.some((cycle) => cycle.some((name, at) => name === from && cycle[(at + 1) % cycle.length] === to));
  // A wait leaves its box above the middle and a hold arrives below it, so that the two never lie on each other.
  const arrows = [
    ...waits.map(({ who, what }) =>
      arrow(box + 2, y(whos.indexOf(who)) + 10, right, y(whats.indexOf(what)) + 10, 'wait', marked(who, what)),
    ),
    ...holds.map(({ who, what }) =>
      arrow(right, y(whats.indexOf(what)) + 19, box + 2, y(whos.indexOf(who)) + 19, 'hold', marked(what, who)),
    ),
  ];
  const foot = Math.max(whos.length, whats.length) * rowHeight + 14;
  const at = isWide ? [2, 180, 360] : [2, 110, 222];
  const legend =
    `${arrow(at[0]!, foot, at[0]! + 30, foot, 'wait', false)}<text x="${at[0]! + 36}" y="${foot + 4}" ` +
    `fill="var(--il-ink)">waits for</text>${arrow(at[1]!, foot, at[1]! + 30, foot, 'hold', false)}` +
    `<text x="${at[1]! + 36}" y="${foot + 4}" fill="var(--il-ink)">is held by</text>` +
    (cycles.length === 0
      ? ''
      : `${arrow(at[2]!, foot, at[2]! + 30, foot, 'hold', true)}<text x="${at[2]! + 36}" y="${foot + 4}" ` +
        `fill="var(--il-ink)">the cycle</text>`);
  return unique(arrows).join('') + boxes(whos, 1, box, 14) + boxes(whats, right + 1, rightBox, 3) + legend;
}

function arrow(x1: number, y1: number, x2: number, y2: number, kind: 'wait' | 'hold', isMarked: boolean): string {
  const colour = isMarked ? 'fail' : kind === 'wait' ? 'wait' : 'run';
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const size = isMarked ? 10 : 8;
  const [bx, by] = [x2 - ux * size, y2 - uy * size];
  const n = (value: number): number => Math.round(value * 10) / 10;
  const head = [
    [x2, y2],
    [bx - uy * size * 0.45, by + ux * size * 0.45],
    [bx + uy * size * 0.45, by - ux * size * 0.45],
  ];
  const dash = kind === 'wait' ? ' stroke-dasharray="6 4"' : '';
  return (
    `<path d="M${n(x1)} ${n(y1)}L${n(bx)} ${n(by)}" stroke="var(--il-${colour})" fill="none" ` +
    `stroke-width="${isMarked ? 3 : 1.4}"${dash}/>` +
    `<path d="M${head.map(([x, y]) => `${n(x!)} ${n(y!)}`).join('L')}Z" fill="var(--il-${colour})"/>`
  );
}
