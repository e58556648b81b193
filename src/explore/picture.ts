import { escapeHtml, type Part, uniqueId } from '../show/parts.ts';
import { textWidth } from '../show/table.ts';
import type { Schedule } from './schedule.ts';

/** Steps that are drawn: a longer schedule shows its end, where things go wrong. */
const mostSteps = 40;
const widths = { wide: 700, narrow: 340 } as const;
const row = 26;
const top = 24;

/** Letters of a state that stand beside a step whole: of a longer one only what the step changed. */
const mostLetters = 34;

/** What a picture of lanes shows: columns side by side, and moments from top to bottom. */
interface Lanes {
  readonly title: string;
  readonly description: string;
  readonly caption: string;
  readonly lanes: readonly string[];
  readonly rows: readonly LaneRow[];
  /** What the words at the right of each row are. */
  readonly beside: string;
  /** The last row is where it goes wrong. */
  readonly fails: boolean;
}

export interface LaneRow {
  /** The number that stands at its left. */
  readonly number: number;
  /** Index of the lane. */
  readonly lane: number;
  readonly what: string;
  readonly beside: string;
}

/** A schedule as lanes: a column for each thread, time from top to bottom, a box for each step. */
export function drawSchedule(schedule: Schedule, names: readonly string[], caption: string): Part {
  const { steps, why } = schedule;
  const whole = steps.every(({ after }) => after.length <= mostLetters);
  const rows = steps.map(({ thread, what, after, changed }, index) => ({
    number: index + 1,
    lane: names.indexOf(thread),
    what,
    beside: whole ? after : changed,
  }));
  return drawLanes({
    title: `Schedule of ${steps.length} steps by ${names.length} threads`,
    description: `${steps.map(({ thread, what }, index) => `${index + 1}. ${thread}: ${what}`).join('; ')}. In the end: ${why}.`,
    caption,
    lanes: names,
    rows,
    beside: whole ? 'state after it' : 'what it changed',
    fails: true,
  });
}

/** Lanes as inline SVG, wide and narrow, with their text twin. */
export function drawLanes(lanes: Lanes): Part {
  const text = lanesAsText(lanes);
  const drawings = Object.entries(widths).map(
    ([name, width]) => `<div class="il-picture il-${name}" hidden>${svg(lanes, width)}</div>`,
  );
  const html =
    `<figure><figcaption>${escapeHtml(lanes.caption)}</figcaption>${drawings.join('')}` +
    `<pre class="il-twin">${escapeHtml(text)}</pre></figure>`;
  return { html, text: `${lanes.caption}\n${text}` };
}

function shown(rows: readonly LaneRow[]): readonly LaneRow[] {
  return rows.slice(-mostSteps);
}

function svg({ title, description, lanes, rows, beside, fails }: Lanes, width: number): string {
  const id = uniqueId(description);
  const drawn = shown(rows);
  const left = 26;
  // The words beside take their place only where there is some.
  const side = width > 500 ? 230 : 0;
  const lane = (width - left - side) / lanes.length;
  const height = top + drawn.length * row + 4;
  const parts: string[] = [];
  for (const [index, name] of lanes.entries()) {
    const x = left + index * lane;
    parts.push(
      `<text x="${round(x + lane / 2)}" y="14" text-anchor="middle" font-weight="600" fill="var(--il-ink)">${fit(name, lane)}</text>`,
      `<path d="M${round(x + lane / 2)} ${top}V${height}" stroke="var(--il-line)"/>`,
    );
  }
  if (side > 0) parts.push(`<text x="${width - side + 12}" y="14" fill="var(--il-soft)">${escapeHtml(beside)}</text>`);
  let before: LaneRow | undefined;
  for (const [index, step] of drawn.entries()) {
    const y = top + index * row;
    const x = left + step.lane * lane + 3;
    const wrong = fails && index === drawn.length - 1;
    const middle = (one: LaneRow) => round(left + (one.lane + 0.5) * lane);
    if (before && before.lane !== step.lane)
      parts.push(
        `<path d="M${middle(before)} ${y - 3}L${middle(step)} ${y + 3}" stroke="var(--il-wait)" stroke-dasharray="3 2"/>`,
      );
    parts.push(
      `<text x="${left - 8}" y="${y + 17}" text-anchor="end" fill="var(--il-soft)">${step.number}</text>`,
      `<rect x="${round(x)}" y="${y + 3}" width="${round(lane - 6)}" height="${row - 6}" rx="4" fill="var(--il-bg)" ` +
        (wrong ? 'stroke="var(--il-fail)" stroke-width="2.5"/>' : 'stroke="var(--il-run)" stroke-width="1.4"/>'),
      `<text x="${round(x + lane / 2 - 3)}" y="${y + 17}" text-anchor="middle" fill="var(--il-ink)">${wrong ? '✗ ' : ''}${fit(step.what, lane - 14)}</text>`,
    );
    if (side > 0)
      parts.push(
        `<text x="${width - side + 12}" y="${y + 17}" fill="var(--il-ink)">${fit(step.beside, side - 14)}</text>`,
      );
    before = step;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${width} ${height}"` +
    ` style="max-width:${width}px"><title id="${id}-t">${escapeHtml(title)}</title>` +
    `<desc id="${id}-d">${escapeHtml(description)}</desc>${parts.join('')}</svg>`
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** As much of a text as fits into a width of px, a letter of the 12 px font being some 6.4 px wide. */
function fit(text: string, width: number): string {
  const most = Math.max(1, Math.floor(width / 6.4));
  return escapeHtml(text.length > most ? `${text.slice(0, most - 1)}…` : text);
}

/** The text twin: a line for each step, a column for each lane. */
function lanesAsText({ lanes, rows, beside, fails }: Lanes): string {
  const drawn = shown(rows);
  const cells = drawn.map((step, index) => {
    const what = fails && index === drawn.length - 1 ? `✗ ${step.what}` : step.what;
    return [`${step.number}`, ...lanes.map((_, lane) => (lane === step.lane ? what : '·')), step.beside];
  });
  const lines = [['', ...lanes, beside], ...cells];
  const columns = lines[0]!.map((_, column) => Math.max(...lines.map((line) => textWidth(line[column]!))));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell + ' '.repeat(columns[column]! - textWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
  const left = rows.length - drawn.length;
  return (left > 0 ? [`(${left} steps before these)`, ...text] : text).join('\n');
}
