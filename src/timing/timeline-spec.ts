import type { TopLevelSpec } from 'vega-lite';
import { duration } from '../show/format.ts';
import { type Segment, type State, states } from './states.ts';
import type { Group } from './timeline-picture.ts';

/** One lane as it is drawn; times in ms from the start. */
export interface Row {
  readonly lane: string;
  readonly bars: readonly Segment[];
  readonly failedAt: readonly number[];
}

const fills: Record<State, string> = {
  'start-up': 'url(#il-start-up)',
  wait: 'url(#il-wait)',
  run: 'var(--il-run)',
  reply: 'url(#il-reply)',
  queue: 'url(#il-queue)',
};
const barHeight = 20;

/**
 * A picture of `width` px. Every mark is placed here, at `x` in the unit of the axis and `y` in px from the top;
 * vega-lite brings scale, axis and SVG. On a phone the lanes' names stand above the bars, not beside them.
 */
export function timelineSpec(
  groups: readonly Group[],
  rows: readonly Row[][],
  span: number,
  width: number,
): TopLevelSpec {
  const narrow = width < 500;
  const all = rows.flat();
  const longest = Math.max(4, ...all.map((row) => row.lane.length));
  const gutter = narrow ? 2 : Math.min(160, 14 + 7 * longest);
  const right = 26; // room for half of the last label
  const inner = width - gutter - right;
  const unit = span >= 2000 ? { name: 's', factor: 1e-3 } : { name: 'ms', factor: 1 };
  const time = (ms: number) => ms * unit.factor;
  const px = (left: number) => ((left - gutter) / inner) * time(span);

  const bars: object[] = [];
  const clear: object[] = [];
  const texts: object[] = [];
  const titles: object[] = [];
  const inside: object[] = [];
  const crosses: object[] = [];
  const addBar = (state: State, x: number, x2: number, y: number, height: number) =>
    bars.push({ fill: fills[state], x, x2, y, y2: y + height });

  // Words stand on ground of their own, or the grid would run through them.
  const ground = (from: number, to: number) => clear.push({ x: px(0), x2: px(width), y: from, y2: to });

  let y = 0;
  let left = 2;
  const legend = (word: string, draw: (x: number, y: number) => void) => {
    const room = 28 + word.length * 6.6;
    if (left + room > width) {
      left = 2;
      y += 20;
    }
    draw(left, y);
    texts.push({ x: px(left + 20), y: y + 7, text: word });
    left += room + 8;
  };
  for (const state of states) {
    if (!all.some((row) => row.bars.some((bar) => bar.state === state))) continue;
    legend(state, (x, top) => addBar(state, px(x), px(x + 15), top + 1, 12));
  }
  if (all.some((row) => row.failedAt.length > 0)) {
    legend('failed', (x, top) => crosses.push({ x: px(x + 8), y: top + 7 }));
  }
  y += left > 2 ? 30 : 0;
  ground(-2, y - 6);

  for (const [index, { title, timeline }] of groups.entries()) {
    if (title !== undefined) {
      ground(y - 8, y + 14);
      titles.push({ x: px(2), y: y + 6, text: `${title}: ${duration(timeline.span)}` });
      y += narrow ? 16 : 20;
    }
    for (const { lane, bars: segments, failedAt } of rows[index]!) {
      if (narrow) y += 15;
      texts.push({ x: px(2), y: narrow ? y - 8 : y + barHeight / 2, text: lane });
      for (const { state, from, to, name } of segments) {
        const pixel = span / inner;
        const room = (to - from) / pixel;
        // At least a pixel, or a short task would not be seen; a pixel between tasks, or two would look like one.
        const end = room > 5 ? to - pixel : Math.max(to, from + pixel);
        addBar(state, time(from), time(end), y, barHeight);
        if (state === 'run' && name && name !== 'anonymous' && room > name.length * 7 + 10) {
          inside.push({ x: time((from + to) / 2), y: y + barHeight / 2, text: name });
        }
      }
      for (const at of failedAt.slice(0, 20)) crosses.push({ x: time(at), y: y + barHeight / 2 });
      y += barHeight + 6;
    }
    y += index < groups.length - 1 ? 8 : 0;
  }

  const axis = {
    title: null,
    tickCount: narrow ? 4 : 7,
    labelExpr: `datum.label + ' ${unit.name}'`,
    // Within this many px of an end a label turns inwards, or the last one would be cut.
    labelFlush: 24,
    labelOverlap: true,
  } as const;
  const scale = { domain: [0, time(span)], nice: false } as const;
  const shared = {
    x: { field: 'x', type: 'quantitative', scale, axis },
    y: { field: 'y', type: 'quantitative', scale: null, axis: null },
  } as const;
  const layer = (values: object[], mark: object, encoding: object = {}) =>
    values.length === 0 ? [] : [{ data: { values }, mark, encoding: { ...shared, ...encoding } }];
  const text = { field: 'text', type: 'nominal' };
  const middle = { type: 'text', align: 'center', baseline: 'middle' };
  const cross = { text: '✕', fontSize: 14, fontWeight: 700 };
  const fill = { field: 'fill', type: 'nominal', scale: null, legend: null };
  return {
    width: inner,
    height: Math.max(y, 10),
    padding: { left: gutter, right, top: 2, bottom: 24 },
    autosize: { type: 'none' },
    layer: [
      ...layer(clear, { type: 'rect', fill: 'var(--il-bg)' }, { x2: { field: 'x2' }, y2: { field: 'y2' } }),
      ...layer(bars, { type: 'rect' }, { x2: { field: 'x2' }, y2: { field: 'y2' }, fill }),
      ...layer(inside, { ...middle, fill: 'var(--il-on-run)' }, { text }),
      ...layer(crosses, { ...middle, ...cross, stroke: 'var(--il-bg)', strokeWidth: 5 }),
      ...layer(crosses, { ...middle, ...cross, fill: 'var(--il-fail)' }),
      ...layer(texts, { ...middle, align: 'left' }, { text }),
      ...layer(titles, { ...middle, align: 'left', fontWeight: 600 }, { text }),
    ],
  } as unknown as TopLevelSpec;
}
