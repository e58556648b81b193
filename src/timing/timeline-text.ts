import { duration, plain } from '../show/format.ts';
import { textWidth } from '../show/table.ts';
import { columnsOf, type State, segmentsOf, states } from './states.ts';
import type { Group } from './timeline-picture.ts';

const signs: Record<State, string> = { 'start-up': '/', wait: 'w', run: '█', reply: '>', queue: '·' };
const drawn = 48;

/** The text twin of a timeline: a line for each lane, a sign for each state, and a legend of the signs that occur. */
export function timelinesAsText(groups: readonly Group[], most: number): string {
  const span = Math.max(...groups.map(({ timeline }) => timeline.span), 1e-6);
  const labels = groups.flatMap(({ timeline }) => timeline.lanes.slice(0, most).map((lane) => lane.name));
  const width = Math.max(4, ...labels.map(textWidth));
  const used = new Set<State>();
  const lines: string[] = [];
  for (const { title, timeline, noun = 'task' } of groups) {
    if (title !== undefined) lines.push(`${title}: ${duration(timeline.span)}`);
    for (const lane of timeline.lanes.slice(0, most)) {
      const columns = columnsOf(segmentsOf(lane, timeline.start, timeline.end), span, drawn);
      for (const state of columns) if (state) used.add(state);
      const failed = lane.tasks.filter((task) => !task.ok).length;
      const notes = [lane.tasks.length > 0 && count(lane.tasks.length, noun), failed > 0 && `${failed} failed`];
      const bar = columns.map((state) => (state ? signs[state] : ' ')).join('');
      const name = lane.name + ' '.repeat(width - textWidth(lane.name));
      lines.push(`${name} │${bar}│ ${notes.filter(Boolean).join(', ')}`.trimEnd());
    }
    if (timeline.lanes.length === 0) lines.push('(no task, worker or lock reported anything)');
    const rest = timeline.lanes.length - most;
    if (rest > 0) lines.push(`… and ${rest} more lanes`);
    if (timeline.dropped > 0) lines.push(`${timeline.dropped} events were dropped: the recorder was full`);
  }
  const end = duration(span);
  lines.push(`${' '.repeat(width)}  0${end.padStart(drawn - 1)}`);
  if (used.size > 0) {
    lines.push(
      states
        .filter((state) => used.has(state))
        .map((state) => `${signs[state]} ${state}`)
        .join('   '),
    );
  }
  return lines.join('\n');
}

function count(tasks: number, noun: string): string {
  return tasks === 1 ? `1 ${noun}` : `${plain(tasks)} ${noun}s`;
}
