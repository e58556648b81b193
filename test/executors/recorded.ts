import { channels, type RecordedEvent } from '../../src/timing/events.ts';

/** The events of tasks and workers while `use` runs. */
export async function recorded(use: () => Promise<unknown>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const hear = (event: unknown) => events.push(event as RecordedEvent);
  channels.task.subscribe(hear);
  channels.worker.subscribe(hear);
  try {
    await use();
  } finally {
    channels.task.unsubscribe(hear);
    channels.worker.unsubscribe(hear);
  }
  return events;
}
