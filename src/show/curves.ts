import type { TopLevelSpec } from 'vega-lite';
import { figure } from './figure.ts';
import { digits, plain } from './format.ts';
import type { Part } from './parts.ts';
import { table } from './table.ts';

/** What an axis measures. */
interface Axis {
  readonly title: string;
  readonly unit?: string;
  /** Logarithmic: equal steps are equal ratios. */
  readonly log?: boolean;
}

/** Curves through measured points. */
export interface CurveChart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Name to points `[x, y]`; five curves at most can be told apart. */
  readonly curves: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  /** A horizontal line that means something, such as break-even. */
  readonly rule?: { readonly y: number; readonly label: string };
}

const colours = ['run', 'wait', 'reply', 'other', 'start-up'].map((name) => `var(--il-${name})`);
const dashes = [
  [1, 0],
  [6, 3],
  [2, 3],
  [8, 3, 2, 3],
  [12, 4],
];
const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross'];

export async function drawCurves(chart: CurveChart): Promise<Part> {
  const { title, x, y, curves, rule } = chart;
  const facts = Object.entries(curves).map(([name, points]) => {
    const pairs = points.map(([a, b]) => `${plain(a)} gives ${digits(b)}`);
    return `${name}: ${pairs.join(', ')}`;
  });
  const line = rule ? ` The line at ${digits(rule.y)} is ${rule.label}.` : '';
  return figure({
    title,
    caption: title,
    description: `${named(y)} by ${named(x)}. ${facts.join('; ')}.${line}`,
    text: curvesAsText(chart),
    spec: (width) => curvesSpec(chart, width),
  });
}

/** The text twin: a table with a row for each x and a column for each curve. */
export function curvesAsText({ x, y, curves, rule }: CurveChart): string {
  const places = [...new Set(Object.values(curves).flatMap((points) => points.map(([place]) => place)))];
  const rows = places
    .sort((a, b) => a - b)
    .map((place) => {
      const values = Object.entries(curves).map(([name, points]) => [name, points.find(([a]) => a === place)?.[1]]);
      return { [named(x)]: place, ...Object.fromEntries(values) };
    });
  const line = rule ? `\n${rule.label}: ${digits(rule.y)}` : '';
  return `${named(y)}\n${table(rows)}${line}`;
}

function named({ title, unit }: Axis): string {
  return unit === undefined ? title : `${title} (${unit})`;
}

function curvesSpec({ x, y, curves, rule }: CurveChart, width: number): TopLevelSpec {
  const narrow = width < 500;
  const names = Object.keys(curves);
  const values = names.flatMap((name) => curves[name]!.map(([a, b]) => ({ name, x: a, y: b })));
  const axis = (field: 'x' | 'y', of: Axis) => ({
    field,
    type: 'quantitative',
    scale: of.log ? { type: 'log' } : { zero: field === 'y', nice: true },
    axis: {
      title: named(of),
      tickCount: narrow ? 4 : 7,
      labelExpr: "abs(datum.value) >= 1e4 ? format(datum.value, '~s') : format(datum.value, '~r')",
      labelOverlap: true,
      titlePadding: 6,
      ...(of.log && { values: logTicks(values.map((point) => point[field])) }),
    },
  });
  const scale = (range: readonly unknown[]) => ({
    domain: names,
    range: names.map((_, index) => range[index % range.length]),
  });
  const legend = names.length > 1 ? { orient: 'top', title: null, columns: narrow ? 2 : 5, symbolSize: 80 } : null;
  const stroke = { field: 'name', type: 'nominal', scale: scale(colours), legend };
  const place = { x: axis('x', x), y: axis('y', y) };
  const at = rule && { data: { values: [{ y: rule.y, label: rule.label }] } };
  return {
    width,
    height: narrow ? 230 : 300,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { ...place, stroke, strokeDash: { field: 'name', type: 'nominal', scale: scale(dashes), legend } },
      },
      {
        mark: { type: 'point', size: 50, strokeWidth: 2, fill: 'var(--il-bg)', opacity: 1 },
        encoding: { ...place, stroke, shape: { field: 'name', type: 'nominal', scale: scale(shapes), legend } },
      },
      ...(at
        ? [
            { ...at, mark: { type: 'rule', stroke: 'var(--il-ink)', strokeDash: [3, 3] }, encoding: { y: place.y } },
            {
              ...at,
              mark: { type: 'text', align: 'right', dy: -7, x: 'width' },
              encoding: { y: place.y, text: { field: 'label', type: 'nominal' } },
            },
          ]
        : []),
    ],
  } as unknown as TopLevelSpec;
}

/** Powers of ten; where there are fewer than three, also their 2 and 5 folds. */
function logTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, index) => 10 ** (first + index));
  const inside = powers.filter((tick) => tick >= low && tick <= high);
  if (inside.length >= 3) return inside;
  return powers.flatMap((tick) => [tick, 2 * tick, 5 * tick]).filter((tick) => tick >= low && tick <= high);
}
