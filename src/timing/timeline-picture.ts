import { figure } from '../show/figure.ts';
import { duration, percent, plain } from '../show/format.ts';
import { escapeHtml, type Part } from '../show/parts.ts';
import { sumOfRuns } from './lanes.ts';
import { merged, segmentsOf } from './states.ts';
import type { Timeline } from './timeline.ts';
import { type Row, timelineSpec } from './timeline-spec.ts';
import { timelinesAsText } from './timeline-text.ts';

/** One timeline of several that share an axis. */
export interface Group {
  readonly title?: string;
  readonly timeline: Timeline;
  /** What its tasks are called; `task` if absent. */
  readonly noun?: string;
}

const mostLanes = 16;
/** All bars of a picture: with more, an output would weigh too much for a notebook. */
const mostBars = 160;

/** Timelines above each other on one axis. */
export async function drawTimelines(groups: readonly Group[], title: string, caption?: string): Promise<Part> {
  const text = timelinesAsText(groups, mostLanes);
  const span = Math.max(...groups.map(({ timeline }) => timeline.span), 1e-6);
  const bars = barsOf(groups, span);
  const drawn = bars.flat().reduce((sum, row) => sum + row.bars.length, 0);
  const tasks = groups.reduce((sum, { timeline }) => sum + timeline.tasks.length, 0);
  const notes = [
    caption,
    tasks > drawn && `${plain(tasks)} ${groups[0]?.noun ?? 'task'}s drawn as ${drawn} bars`,
    ...groups.map(
      ({ timeline: { lanes } }) => lanes.length > mostLanes && `${lanes.length - mostLanes} more lanes not drawn`,
    ),
    ...groups.map(
      ({ timeline }) => timeline.dropped > 0 && `${timeline.dropped} events dropped: the recorder was full`,
    ),
  ].filter((note) => typeof note === 'string');
  return figure({
    title,
    description: groups.map(describe).join(' '),
    text,
    spec: (width) => timelineSpec(groups, bars, span, width),
    ...(notes.length > 0 && { caption: notes.join('; ') }),
  });
}

/** A timeline that nobody has drawn, for places that show text only. */
export function textOnly(groups: readonly Group[]): Part {
  const text = timelinesAsText(groups, mostLanes);
  return { text, html: `<pre>${escapeHtml(text)}</pre>` };
}

function barsOf(groups: readonly Group[], span: number): Row[][] {
  const exact = groups.map(({ timeline }) =>
    timeline.lanes.slice(0, mostLanes).map((lane) => ({
      lane: lane.name,
      // A sliver that is no task is not worth its bar.
      bars: segmentsOf(lane, timeline.start, timeline.end).filter(
        ({ state, from, to }) => state === 'run' || to - from > span / 1500,
      ),
      failedAt: lane.tasks.flatMap(({ ok, finished }) => (ok || !finished ? [] : [finished - timeline.start])),
    })),
  );
  const total = (rows: Row[][]) => rows.flat().reduce((sum, row) => sum + row.bars.length, 0);
  let rows: Row[][] = exact;
  for (let columns = 350; total(rows) > mostBars && columns >= 10; columns = Math.floor(columns / 1.5)) {
    rows = exact.map((group) => group.map((row) => ({ ...row, bars: merged(row.bars, span, columns) })));
  }
  return rows;
}

function describe({ title, timeline, noun = 'task' }: Group): string {
  const { lanes, tasks, span, maxConcurrency, workTime } = timeline;
  const of = title === undefined ? '' : `${title}: `;
  const busy = lanes
    .filter((lane) => lane.tasks.length > 0)
    .slice(0, mostLanes)
    .map(
      (lane) =>
        `${lane.name} ran ${lane.tasks.length} ${noun}s and was busy ${percent(sumOfRuns(lane.tasks) / span)} of the time`,
    );
  const work =
    tasks.length > 0
      ? `${tasks.length} ${noun}s, ${duration(workTime)} of work, ${maxConcurrency} at once at most; `
      : '';
  return `${of}${work}${duration(span)} in all${busy.length > 0 ? `; ${busy.join('; ')}` : ''}.`;
}
