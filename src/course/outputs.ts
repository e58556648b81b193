import { joined, type Output } from './notebook.ts';

/** What of an IOPub message matters here. */
export interface Message {
  readonly header: { readonly msg_type: string };
  readonly content: unknown;
}

interface Bundle {
  data: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  transient?: { display_id?: string };
}

/** All displays of a notebook that have a name, because a later cell may update an earlier cell's. */
export type Displays = Map<string, Output[]>;

/** Collects a cell's outputs from the kernel's messages, the way JupyterLab does for the file that it saves. */
export class Outputs {
  readonly outputs: Output[] = [];
  readonly #displays: Displays;
  readonly #count: number;
  /** Set by `clear_output(wait)`: the next output takes the place of all before. */
  #clearFirst = false;

  /**
   * @param displays shared by the cells of a notebook
   * @param count the cell's number, which its result gets as well
   */
  constructor(displays: Displays, count: number) {
    this.#displays = displays;
    this.#count = count;
  }

  /** Takes one message in. Messages that are no output are ignored. */
  take({ header, content }: Message): void {
    switch (header.msg_type) {
      case 'stream':
        this.#addStream(content as { name: string; text: string });
        break;
      case 'display_data':
        this.#addBundle('display_data', content as Bundle);
        break;
      case 'execute_result':
        this.#addBundle('execute_result', content as Bundle);
        break;
      case 'update_display_data':
        this.#update(content as Bundle);
        break;
      case 'error': {
        const { ename, evalue, traceback } = content as { ename: string; evalue: string; traceback: string[] };
        this.#add({ output_type: 'error', ename, evalue, traceback });
        break;
      }
      case 'clear_output':
        if ((content as { wait?: boolean }).wait) this.#clearFirst = true;
        else this.outputs.length = 0;
    }
  }

  #add(output: Output): void {
    if (this.#clearFirst) this.outputs.length = 0;
    this.#clearFirst = false;
    this.outputs.push(output);
  }

  #addStream({ name, text }: { name: string; text: string }): void {
    const last = this.#clearFirst ? undefined : this.outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text = overwritten(joined(last.text) + text);
    else this.#add({ output_type: 'stream', name, text: overwritten(text) });
  }

  #addBundle(output_type: 'display_data' | 'execute_result', { data, metadata = {}, transient }: Bundle): void {
    const result = output_type === 'execute_result' ? { execution_count: this.#count } : {};
    const output: Output = { output_type, data, metadata, ...result };
    this.#add(output);
    const id = transient?.display_id;
    if (id !== undefined) this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
  }

  #update({ data, metadata = {}, transient }: Bundle): void {
    for (const output of this.#displays.get(transient?.display_id ?? '') ?? [])
      Object.assign(output, { data, metadata });
  }
}

/** Lets a carriage return overwrite its line, as a terminal and JupyterLab do; HTML made from the file cannot. */
function overwritten(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => {
      const isOpen = line.endsWith('\r');
      const parts = (isOpen ? line.slice(0, -1) : line).split('\r');
      // What is still open keeps its return: the next text of this stream overwrites it.
      return parts.reduce((old, part) => part + old.slice(part.length)) + (isOpen ? '\r' : '');
    })
    .join('\n');
}
