import type { Timeline } from './timeline.ts';

/**
 * The Chrome trace format: complete events (`ph: 'X'`) with `ts` and `dur` in µs, one `tid` for each lane.
 * Queue and reply overlap the runs of the same worker, so they are asynchronous events (`b` and `e`).
 *
 * Source: "Trace Event Format", Google, the document that the Chromium project publishes.
 */
export function chromeTrace({ lanes, start, dropped }: Timeline): object {
  const micros = (time: number) => Math.max(0, Math.round((time - start) * 1000));
  const events: object[] = [];
  const add = (tid: number, name: string, cat: string, from?: number, to?: number, args: object = {}) => {
    if (from === undefined || to === undefined) return;
    const ts = micros(from);
    events.push({ name, cat, ph: 'X', ts, dur: Math.max(0, micros(to) - ts), pid: 1, tid, args });
  };
  const span = (tid: number, id: number, name: string, from?: number, to?: number) => {
    if (from === undefined || to === undefined) return;
    const common = { name, cat: 'task', id, pid: 1, tid };
    events.push({ ...common, ph: 'b', ts: micros(from) }, { ...common, ph: 'e', ts: micros(to) });
  };
  for (const [index, lane] of lanes.entries()) {
    const tid = index + 1;
    events.push({ name: 'thread_name', ph: 'M', pid: 1, tid, args: { name: lane.name } });
    for (const { spawned, ready } of lane.lives) add(tid, 'start-up', 'worker', spawned, ready);
    for (const task of lane.tasks) {
      span(tid, task.id, 'queue', task.submitted, task.started);
      add(tid, task.name ?? `task ${task.id}`, 'task', task.started, task.finished, { id: task.id, ok: task.ok });
      span(tid, task.id, 'reply', task.finished, task.received);
    }
    for (const wait of lane.waits) {
      add(tid, `wait: ${wait.name ?? 'lock'}`, 'wait', wait.waiting, wait.acquired);
      add(tid, `held: ${wait.name ?? 'lock'}`, 'wait', wait.acquired, wait.released);
    }
  }
  return { traceEvents: events, displayTimeUnit: 'ms', otherData: { dropped } };
}
