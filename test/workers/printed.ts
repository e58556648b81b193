/** What is written to stdout and stderr while `use` runs, and is kept off the terminal. */
export async function printedBy(use: () => Promise<unknown>): Promise<{ out: string; err: string }> {
  const streams = { out: process.stdout, err: process.stderr };
  const text = { out: '', err: '' };
  const writes = { out: process.stdout.write, err: process.stderr.write };
  for (const name of ['out', 'err'] as const) {
    streams[name].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      text[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      for (const last of rest) if (typeof last === 'function') last();
      return true;
    }) as typeof process.stdout.write;
  }
  try {
    await use();
  } finally {
    for (const name of ['out', 'err'] as const) streams[name].write = writes[name];
  }
  return text;
}
