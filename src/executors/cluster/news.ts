import type { Parcel } from './parcel.ts';

/**
 * What a worker says about a job at once, so that its caller need not wait for the server's own events: its answer, why
 * it failed, or neither while it runs. All this the job says as well, should the news be lost.
 */
export interface News {
  readonly id: string;
  readonly answer?: Parcel;
  readonly failed?: string;
}

/**
 * Where a caller hears that. Ids are `caller.number`; jobs with a key have no such id, as many callers may wait for one:
 * all hear of them.
 */
export function newsChannel({ prefix, queue }: { readonly prefix: string; readonly queue: string }, id = ''): string {
  const [caller, number] = id.split('.');
  return `${prefix}:${queue}:news:${number === undefined ? 'keys' : caller}`;
}

/** Of a text that is no news, there is no job. */
export function readNews(text: string): News {
  try {
    const { id = '', answer, failed } = Object(JSON.parse(text)) as Partial<News>;
    return { id, ...(answer !== undefined && { answer }), ...(failed !== undefined && { failed }) };
  } catch {
    return { id: '' };
  }
}
