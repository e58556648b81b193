import { type Bar, barsAsText, drawBars } from './bars.ts';
import { type CurveChart, curvesAsText, drawCurves } from './curves.ts';
import { digits } from './format.ts';
import { escapeHtml, type Part, Shown } from './parts.ts';
import { showsPictures } from './show.ts';

/** Bars from zero, each with its name, its value and, where there is one, its spread. */
export interface BarChart {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Written after each value. */
  readonly unit?: string;
}

/**
 * Draws a chart: bars with their spread, or curves.
 *
 * Curves are told apart by dash and shape as well as by colour; either axis may be logarithmic. The text twin of a
 * chart holds the same numbers.
 *
 * @throws RangeError when there is nothing to draw, or a value that is no finite number
 * @example
 * await chart({ title: 'Memory of one', unit: 'kB', bars: [{ name: 'thread', value: 10_600 }] })
 * await chart({
 *   title: 'Speed-up by task length',
 *   x: { title: 'task', unit: 'ms', log: true },
 *   y: { title: 'speed-up' },
 *   curves: { threads: [[0.1, 0.4], [1, 1.5], [10, 1.9]] },
 *   rule: { y: 1, label: 'break-even' },
 * })
 */
export async function chart(what: BarChart | CurveChart): Promise<Chart> {
  if ('bars' in what) {
    const { title, bars, unit } = what;
    if (bars.length === 0) throw new RangeError(`The chart ${JSON.stringify(title)} has no bars.`);
    for (const { name, value } of bars) finite(title, name, value);
    const format = (value: number) => `${digits(value)}${unit === undefined ? '' : ` ${unit}`}`;
    if (showsPictures()) return new Chart(await drawBars(bars, { title, caption: title, format }));
    return new Chart(textOnly(title, barsAsText(bars, format)));
  }
  const points = Object.entries(what.curves).flatMap(([name, curve]) => curve.map((point) => ({ name, point })));
  if (points.length === 0) throw new RangeError(`The chart ${JSON.stringify(what.title)} has no points.`);
  for (const { name, point } of points) for (const value of point) finite(what.title, name, value);
  const logX = what.x.log && points.find(({ point }) => point[0] <= 0);
  const logY = what.y.log && points.find(({ point }) => point[1] <= 0);
  const wrong = logX || logY;
  if (wrong) throw new RangeError(`A logarithmic axis has no place for ${wrong.point.join(', ')} of ${wrong.name}.`);
  return new Chart(showsPictures() ? await drawCurves(what) : textOnly(what.title, curvesAsText(what)));
}

/** A chart that shows itself. */
export class Chart extends Shown {
  readonly #part: Part;

  constructor(part: Part) {
    super();
    this.#part = part;
  }

  protected override parts(): readonly Part[] {
    return [this.#part];
  }
}

function finite(title: string, name: string, value: number): void {
  if (!Number.isFinite(value))
    throw new RangeError(`The chart ${JSON.stringify(title)} cannot draw ${value} of ${name}.`);
}

function textOnly(title: string, text: string): Part {
  return { text: `${title}\n${text}`, html: `<p>${escapeHtml(title)}</p><pre>${escapeHtml(text)}</pre>` };
}
